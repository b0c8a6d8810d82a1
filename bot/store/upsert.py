"""Inserting what may be there already, in the words that both databases share."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Insert = postgresql.Insert | sqlite.Insert


def insert_into(connection: AsyncConnection, table: Table) -> Insert:
    """An INSERT that takes ON CONFLICT and RETURNING."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
