"""Support tickets, as far as operations look at them: how many, and the newest."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Ticket:
    id: str
    subject: str
    priority: str
    created_at: datetime
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Tickets:
    """Tickets of a stretch of time; `opened` may be more than are named."""

    opened: int
    unsolved: int
    newest: tuple[Ticket, ...]
