"""What is said of a maintenance to those whom it touches: which notices there are, on which ways, and what went out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.mail import SendMail
from bot.domain.status_page import OnStatusPage

ON_TIME = timedelta(hours=1)
"""An announcement that goes out within this time after it is due is not late."""


class Notice(StrEnum):
    """What is said of a maintenance to those whom it touches. Each goes out once on each way."""

    TWO_WEEKS = "two-weeks"
    ONE_WEEK = "one-week"
    STARTED = "started"
    EXTENDED = "extended"
    VERIFYING = "verifying"
    ENDED = "ended"
    CANCELLED = "cancelled"


AHEAD: Mapping[Notice, timedelta] = {Notice.TWO_WEEKS: timedelta(days=14), Notice.ONE_WEEK: timedelta(days=7)}
"""How long before it begins a maintenance is announced, in order."""


class Way(StrEnum):
    """How people hear of it."""

    CHANNEL = "channel"
    PAGE = "status-page"
    MAIL = "mail"


class Prompt(StrEnum):
    """What the people who do the maintenance are asked by the clock, each once."""

    DECIDE = "decide"
    REMIND = "remind"
    UNDECIDED = "undecided"
    """It should have begun, and nobody has said go."""
    ENDING = "ending"
    OVER = "over"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A notice that went out on one way. `reached_at` is when it was there, `trouble` why it could not get there.

    One that is `missed` never went out: it was too late for it.
    """

    at: datetime
    late: bool = False
    missed: bool = False
    reached_at: datetime | None = None
    trouble: str = ""


class PageStage(StrEnum):
    """How far it is, in the words of status pages."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"


@dataclass(frozen=True, kw_only=True)
class PageNotice:
    """One text on the status page; customers read it once it is published."""

    number: int
    notice: str
    at: datetime
    stage: PageStage
    text: str
    published_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PublishMaintenance(OnStatusPage):
    """Bring a notice of a maintenance to the status page: once, and not at all when a later one is there already.

    `components` are services by key; they are under maintenance while it goes on.
    """

    maintenance: int
    number: int
    notice: str
    title: str
    stage: PageStage
    text: str
    starts_at: datetime
    ends_at: datetime
    components: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MailNotice(SendMail):
    """Send a notice of a maintenance by mail."""

    maintenance: int
    notice: str
    lifetime = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """An announcement that is due: whether it is the first that is made, and whether it comes late or at short notice."""

    notice: Notice
    first: bool
    late: bool
    short: bool


def mark(notice: str, way: Way) -> str:
    """What a notice on one way is remembered by."""
    return f"{notice}/{way}"


def read_mark(name: str) -> tuple[str, Way]:
    """The notice and the way of a mark."""
    notice, _, way = name.partition("/")
    return notice, Way(way)
