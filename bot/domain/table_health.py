"""How the tables and indexes of a database do, and what reviewed SQL would mend them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class TableState:
    """A table, by its quoted name, with rows that live and rows that are dead and take room."""

    name: str
    live: int
    dead: int
    vacuumed_at: datetime | None

    @property
    def dead_part(self) -> float:
        """Of all its rows."""
        return self.dead / max(self.live + self.dead, 1)


@dataclass(frozen=True, kw_only=True)
class IndexState:
    """An index, by its quoted name, that is broken, or that nothing has used since the statistics began."""

    name: str
    table: str
    size_bytes: int
    broken: bool


@dataclass(frozen=True, kw_only=True)
class TableHealth:
    """The tables with the most dead rows, indexes that are of no use, and how many transactions back the oldest row may be."""

    tables: tuple[TableState, ...]
    indexes: tuple[IndexState, ...]
    oldest: int
