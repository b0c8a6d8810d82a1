"""A status update: what somebody told about an incident, and when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Update:
    """A status update that somebody posted."""

    at: datetime
    by: str
    text: str
