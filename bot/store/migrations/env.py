"""How Alembic reaches the database: over the connection that `bot.store.migrate` opened and locked."""

from alembic import context

from bot.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
