"""The timeline of an incident: what happened, when, and who did it; only added to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Happening(StrEnum):
    """What kind of thing happened."""

    DECLARED = "declared"
    ALERT = "alert"
    """An alert began, began again or stopped."""
    PAGE = "page"
    ACKNOWLEDGED = "acknowledged"
    ROLE = "role"
    SEVERITY = "severity"
    STATUS = "status"
    UPDATE = "update"
    NOTE = "note"
    STEP = "step"
    ANSWER = "answer"
    ESCALATION = "escalation"
    TROUBLE = "trouble"
    """Something the bot could not do."""
    RESOLVED = "resolved"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the timeline. `by` is a Slack user id, or empty when the bot did it. `text` is plain."""

    incident: int
    at: datetime
    happening: Happening
    text: str
    by: str = ""
