"""What a service wrote into its log, as it was read; scrubbed before anybody sees it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One entry. `text` is what it says, of whatever form it was; `log` the short name of the log it stands in."""

    at: datetime
    severity: str
    text: str
    service: str = ""
    revision: str = ""
    log: str = ""
    status: int = 0
    """The HTTP status, of a request's entry."""
    path: str = ""
    principal: str = ""
    """Who did it, of an audit entry."""
    method: str = ""


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """Entries, newest first; `truncated` when there were more than were read."""

    entries: tuple[LogEntry, ...]
    truncated: bool = False
