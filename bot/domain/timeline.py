"""The timeline of an incident: what happened, when, and who did it."""

from dataclasses import dataclass, field
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
    MESSAGE = "message"
    """A message of the war room that somebody marked; it follows the message."""
    STEP = "step"
    ANSWER = "answer"
    TASK = "task"
    ESCALATION = "escalation"
    CHANGE = "change"
    """A change to production: asked for, agreed to, done."""
    TROUBLE = "trouble"
    """Something the bot could not do."""
    CORRECTION = "correction"
    """The record itself was put right."""
    RESOLVED = "resolved"
    REPORT = "report"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file or image of a message, where Slack keeps it; `file` is its id there."""

    file: str
    name: str
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the timeline. `by` is a Slack user id, or empty when the bot did it. `text` is plain.

    Notes and marked messages change afterwards, everything else is only added. A marked message says where it is in
    Slack (`source`: channel and ts, and `link`), what its author is called there (`name`), and which files it has.
    """

    incident: int
    at: datetime
    happening: Happening
    text: str
    by: str = ""
    serial: int = field(default=0, compare=False)
    """Its number in the store; 0 before it is there."""
    source: str = ""
    name: str = ""
    link: str = ""
    files: tuple[Attachment, ...] = ()
    corrected_by: str = ""
    """Who last put a note right."""
