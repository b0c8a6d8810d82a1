"""Counts what a database is asked, transaction by transaction: counts are steady where times are not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import ExecuteStyle, ExecutionContext

from bot.store.database import Cursor, Database


@dataclass(kw_only=True)
class Transaction:
    """One transaction, without its beginning and its end; `committed` unless it only looked."""

    statements: list[str] = field(default_factory=list)
    batches: list[str] = field(default_factory=list)
    """Those of the statements that the driver sends once for each row."""
    committed: bool = False

    def of(self, table: str) -> Sequence[str]:
        """The statements that begin with a table, such as "UPDATE lane"."""
        return [each for each in self.statements if each.startswith(table)]


class Statements:
    """Everything that a database is asked from now on."""

    def __init__(self, database: Database) -> None:
        self.transactions: list[Transaction] = []
        self._open: dict[Connection, Transaction] = {}
        for engine in (database.engine.sync_engine, database.readers.sync_engine):
            event.listen(engine, "begin", self._begin, insert=True)
            event.listen(engine, "before_cursor_execute", self._asked)
            event.listen(engine, "commit", self._committed)
            event.listen(engine, "rollback", self._ended)

    @property
    def written(self) -> Sequence[Transaction]:
        """The transactions that were committed."""
        return [each for each in self.transactions if each.committed]

    def _begin(self, connection: Connection) -> None:
        self._open[connection] = Transaction()

    def _asked(
        self,
        connection: Connection,
        cursor: Cursor,
        statement: str,
        parameters: object,
        context: ExecutionContext | None,
        many: object,
    ) -> None:
        del cursor, parameters, many
        if context and not statement.startswith("BEGIN"):
            asked = " ".join(statement.split())
            self._open[connection].statements.append(asked)
            if context.execute_style is ExecuteStyle.EXECUTEMANY:
                self._open[connection].batches.append(asked)

    def _committed(self, connection: Connection) -> None:
        self._open[connection].committed = True
        self._ended(connection)

    def _ended(self, connection: Connection) -> None:
        self.transactions.append(self._open.pop(connection))
