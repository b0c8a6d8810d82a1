"""An incident: what it is called, how bad it is, who is on it, where it stands and what is due."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import Refused
from bot.domain.message import Code, Person


class Severity(StrEnum):
    """How bad it is, worst first; what each one means here stands in the organisation's file."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Status(StrEnum):
    """Where an incident stands, in the order in which it goes through them."""

    DECLARED = "declared"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATING = "investigating"
    MITIGATING = "mitigating"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def rank(self) -> int:
        return list(Status).index(self)


class Duty(StrEnum):
    """A role that somebody takes for the time of one incident."""

    COMMANDER = "commander"
    COMMUNICATIONS = "communications"
    SCRIBE = "scribe"


class Paging(StrEnum):
    """How far the page to the on-call got."""

    NONE = "none"
    """The playbook pages nobody."""
    SENDING = "sending"
    SENT = "sent"
    """PagerDuty took it; nobody is known to have been notified."""
    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    """Nobody was paged; `why` says why, and people must call."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is known about the page; `who` was notified or has acknowledged, by name."""

    state: Paging = Paging.NONE
    who: str = ""
    at: datetime | None = None
    why: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Update:
    """A status update that somebody posted."""

    at: datetime
    by: str
    text: str


@dataclass(kw_only=True)
class Incident:
    """One incident, `INC-42`. People are Slack user ids, times aware and in UTC.

    What is due is in it: `update_due` (the next reminder of a status update), `response_due` (the next rung of the
    escalation), `watch_until` (the end of the watch over a fix), `late_at` (the next step to run out of its window).
    """

    number: int
    title: str
    severity: Severity
    declared_by: str
    declared_at: datetime
    private: bool = False
    status: Status = Status.DECLARED
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str = ""
    resolution: str = ""
    closed_at: datetime | None = None
    duties: dict[Duty, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    page: Page = field(default_factory=Page)
    last_update: Update | None = None

    update_due: datetime | None = None
    update_asked: datetime | None = None
    """Since when an update is being asked for; None while none is due."""
    response_due: datetime | None = None
    escalated: int = 0
    """How many rungs of the severity's escalation were climbed."""
    watch_until: datetime | None = None
    late_at: datetime | None = None
    posted_at: datetime | None = None
    """When the bot last put a new message into the room by itself."""
    due_message: int = 0
    """The number of the "due now" message that is shown; 0 while nothing is due."""
    due_messages: int = 0
    """How many "due now" messages there have been."""
    version: int = 0

    @property
    def key(self) -> str:
        """What people call it."""
        return f"INC-{self.number}"

    @property
    def code(self) -> Code:
        return Code(text=self.key)

    @property
    def open(self) -> bool:
        return self.status.rank < Status.RESOLVED.rank

    @property
    def commander(self) -> str | None:
        return self.duties.get(Duty.COMMANDER)

    @property
    def spokesperson(self) -> str | None:
        """Who is asked for status updates: communications, else the commander, else nobody in particular."""
        return self.duties.get(Duty.COMMUNICATIONS) or self.commander

    @property
    def answered(self) -> bool:
        """Whether somebody has acknowledged and somebody commands, so that nothing escalates."""
        return self.acknowledged_at is not None and self.commander is not None

    @property
    def next_due(self) -> datetime | None:
        """The earliest moment at which the clock has something to do about it."""
        moments = (self.update_due, self.response_due, self.watch_until, self.late_at)
        return min((moment for moment in moments if moment), default=None)

    def acknowledge(self, by: str, now: datetime) -> bool:
        """Somebody is on it; says whether they are the first. The first one commands, unless somebody does."""
        if self.acknowledged_at is not None:
            return False
        self.acknowledged_at = now
        self.acknowledged_by = by
        self._advance(Status.ACKNOWLEDGED)
        self.duties.setdefault(Duty.COMMANDER, by)
        self._settle_response()
        return True

    def take(self, duty: Duty, user: str, now: datetime) -> str | None:
        """Gives a duty to somebody and returns who had it before; commanding acknowledges."""
        self._refuse_when_closed()
        before = self.duties.get(duty)
        if before == user:
            raise Refused(Person(user=user), f" is {duty} already.")
        self.duties[duty] = user
        if duty is Duty.COMMANDER and self.acknowledged_at is None:
            self.acknowledge(user, now)
        self._settle_response()
        return before

    def move(self, status: Status) -> bool:
        """Moves forward to a status, never back; says whether that changed anything."""
        before = self.status
        self._advance(status)
        return self.status is not before

    def post_update(self, update: Update, due: datetime) -> None:
        """A real update quiets the reminder until the next one is due."""
        self._refuse_when_over("posting an update")
        self.last_update = update
        self.ask_again(due)

    def ask_again(self, due: datetime) -> None:
        """Nobody needs to be asked for an update before `due`."""
        self._refuse_when_over("putting off its reminder")
        self.update_due = due
        self.update_asked = None

    def ask_for_update(self, following: datetime) -> None:
        """The update is due: from now on it is asked for, again at `following` if nothing was posted until then."""
        self.update_asked = self.update_asked or self.update_due
        self.update_due = following

    def mitigate(self, now: datetime, watch: timedelta) -> None:
        """The damage has stopped; the fix is watched for a while."""
        self._refuse_when_over("marking it as mitigated")
        if self.mitigated_at is not None:
            raise Refused(f"{self.key} is marked as mitigated already.")
        self.mitigated_at = now
        self._advance(Status.MONITORING)
        self.watch_until = now + watch

    def resolve(self, by: str, resolution: str, now: datetime) -> None:
        """It is over; nothing is due any more."""
        self._refuse_when_over("resolving it")
        self.mitigated_at = self.mitigated_at or now
        self.resolved_at, self.resolved_by, self.resolution = now, by, resolution
        self.status = Status.RESOLVED
        self.update_due = self.update_asked = self.response_due = self.watch_until = None

    def close(self, now: datetime) -> None:
        """The work after it is done too, or given up."""
        if self.status is Status.CLOSED:
            raise Refused(f"{self.key} is closed already.")
        if self.status is not Status.RESOLVED:
            raise Refused(f"{self.key} is not resolved; resolve it first: /incident resolve.")
        self.closed_at = now
        self.status = Status.CLOSED
        self.late_at = None

    def change_severity(self, severity: Severity, *, update_due: datetime, response_due: datetime | None) -> Severity:
        """Makes it better or worse, and returns what it was; the clocks of the new severity apply from now on."""
        self._refuse_when_over("changing its severity")
        if severity is self.severity:
            raise Refused(f"{self.key} is {severity} already.")
        before, self.severity = self.severity, severity
        self.escalated = 0
        self.ask_again(update_due)
        self.response_due = None if self.answered else response_due
        return before

    def escalate(self, following: datetime | None) -> None:
        """One rung was climbed; the next one, if any, is due at `following`."""
        self.escalated += 1
        self.response_due = following

    def _advance(self, status: Status) -> None:
        if status.rank > self.status.rank:
            self.status = status

    def _settle_response(self) -> None:
        if self.answered:
            self.response_due = None

    def _refuse_when_over(self, doing: str) -> None:
        if not self.open:
            raise Refused(f"{self.key} is {self.status}; declare a new incident instead of {doing}.")

    def _refuse_when_closed(self) -> None:
        if self.status is Status.CLOSED:
            raise Refused(f"{self.key} is closed; its roles are history.")
