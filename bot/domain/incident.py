"""An incident: what it is called, how bad it is, who is on it, where it stands and what is due."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.aftermath import Aftermath
from bot.domain.company import Company
from bot.domain.course import Course
from bot.domain.deadlines import Deadlines
from bot.domain.ending import Ending
from bot.domain.errors import Refused
from bot.domain.message import Code, Person
from bot.domain.outlook import Outlook
from bot.domain.page import Page
from bot.domain.status_page import Public
from bot.domain.trouble import Trouble
from bot.domain.update import Update

REOPEN = Code(text="/incident reopen")
MOST_TROUBLES = 5
"""How many troubles are remembered; the oldest are on the timeline."""


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


@dataclass(kw_only=True)
class Incident(Ending, Aftermath, Company, Course, Deadlines, Outlook):
    """One incident, `INC-42`. People are Slack user ids, times aware and in UTC."""

    number: int
    title: str
    severity: Severity
    severity_since: datetime
    """Since when it is this bad: the clocks of its severity count from here."""
    declared_by: str
    """Empty when no person did; then `rule` says which rule of the operator's."""
    rule: str = ""
    declared_in: str = ""
    """The channel it was declared in, where its declarer looks for an answer."""
    private: bool = False
    room: str = ""
    """The id of its war room's channel, once there is one."""
    status: Status = Status.DECLARED
    acknowledged_by: str = ""
    watched_at: datetime | None = None
    duties: dict[Duty, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    """What was answered to the playbook's questions, by their names."""
    last_update: Update | None = None
    announced: Update | None = None
    """The last update that went into the announcement too."""
    updates: int = 0
    public: Public | None = None
    """What customers are told on the status page; None while nothing was approved for them."""

    alert: str = ""
    """The name of its alert in PagerDuty, the same for ever."""
    page: Page = field(default_factory=Page)
    paged: dict[str, Page] = field(default_factory=dict)
    """The pages of the escalation, by target."""
    troubles: tuple[Trouble, ...] = ()

    escalated: int = 0
    """How many rungs of the severity's escalation were climbed."""

    shown: set[str] = field(default_factory=set)
    """The messages that exist for it or are on their way, by the last parts of their slots ("phase/assess")."""
    posted_at: datetime | None = None
    """When the bot last put a new message into the room by itself."""
    due_message: int = 0
    """The number of the "due now" message that is shown; 0 while nothing is due."""
    due_messages: int = 0
    beside: set[int] = field(default_factory=set)
    """The standalone runs about it that are under way."""
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
    def for_customers(self) -> bool:
        """Whether the status page may speak of it."""
        return not (self.private or self.drill)

    @property
    def commander(self) -> str | None:
        return self.duties.get(Duty.COMMANDER)

    @property
    def spokesperson(self) -> str | None:
        """Who is asked for status updates: communications, else the commander, else nobody in particular."""
        return self.duties.get(Duty.COMMUNICATIONS) or self.commander

    def knows(self, user: str) -> bool:
        """Whether somebody may know of it though it is private."""
        involved = {self.declared_by, self.acknowledged_by, *self.duties.values()}
        return user in involved or user in {*self.invited, *self.members, *self.informed}

    @property
    def answered(self) -> bool:
        """Whether somebody has acknowledged and somebody commands, so that nothing escalates."""
        return self.acknowledged_at is not None and self.commander is not None

    def acknowledge(self, by: str, now: datetime) -> bool:
        """Somebody is on it; says whether they are the first. The first one commands, unless somebody does.

        `by` is empty when it was acknowledged elsewhere by somebody whom nobody here knows. Once it is over, there is
        nothing to acknowledge: what it says of its response stays as it was.
        """
        if self.acknowledged_at is not None or not self.open:
            return False
        self.acknowledged_at = now
        self.acknowledged_by = by
        self.move(Status.ACKNOWLEDGED)
        if by:
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
        if duty is Duty.COMMANDER:
            self.acknowledge(user, now)
        self._settle_response()
        return before

    def move(self, status: Status) -> bool:
        """Moves forward to a status, never back; says whether that changed anything.

        Nothing but a person resolves or closes it.
        """
        if not self.status.rank < status.rank < Status.RESOLVED.rank:
            return False
        self.status = status
        return True

    def post_update(self, update: Update, due: datetime | None, *, announced: bool) -> None:
        """A real update quiets the reminder until the next one is due; without `due` it is still owed to somebody."""
        self._refuse_when_over("posting an update")
        self.last_update = update
        self.announced = update if announced else self.announced
        self.updates += 1
        if due:
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
        self.move(Status.MONITORING)
        self.watch_until = now + watch

    def end_watch(self, now: datetime) -> None:
        """The fix has held for as long as it was to be watched."""
        self.watched_at = now
        self.watch_until = None

    def resolve(self, by: str, resolution: str, now: datetime) -> None:
        """It is over; nothing of it is due any more but the work that follows."""
        self._refuse_when_over("resolving it again")
        self.mitigated_at = self.mitigated_at or now
        self.resolved_at, self.resolved_by, self.resolution = now, by, resolution
        self.status = Status.RESOLVED
        self._stop_clocks()

    def close(self, by: str, now: datetime) -> None:
        """The work after it is done too, or given up."""
        if self.status is Status.CLOSED:
            raise Refused(f"{self.key} ", *self.ended, ".")
        if self.status is not Status.RESOLVED:
            raise Refused(f"{self.key} is not resolved; resolve it first: ", Code(text="/incident resolve"), ".")
        self.closed_at, self.closed_by = now, by
        self.status = Status.CLOSED
        self.report_due = self.report_asked = None
        self.troubles = ()

    def reopen(self, now: datetime, *, update_due: datetime) -> None:
        """It was not over after all: its clocks run again from now, and somebody has to acknowledge it anew."""
        if self.open:
            raise Refused(f"{self.key} is open: it is {self.status}.")
        self.answered_first_at = self.answered_first_at or self.acknowledged_at
        self.reopened, self.reopened_at, self.severity_since = self.reopened + 1, now, now
        self.status = Status.INVESTIGATING
        self.go_on()
        self.acknowledged_at = self.watched_at = None
        self.acknowledged_by = ""
        self.alert = f"{self.alert.partition('-r')[0]}-r{self.reopened}"
        self.page, self.paged, self.escalated = Page(), {}, 0
        self.ask_again(update_due)

    def merge_into(self, number: int, now: datetime) -> None:
        """It is the same as another incident, and goes on as that one; it was never resolved itself."""
        self._refuse_when_over("merging it")
        self.merged_into, self.status, self.closed_at = number, Status.CLOSED, now
        self._stop_clocks()

    def change_severity(self, severity: Severity, now: datetime, *, update_due: datetime) -> Severity:
        """Makes it better or worse, and returns what it was; the clocks of the new severity count from now."""
        self._refuse_when_over("changing its severity")
        if severity is self.severity:
            raise Refused(f"{self.key} is {severity} already.")
        before, self.severity = self.severity, severity
        self.severity_since = now
        self.escalated = 0
        self.response_due = None
        self.ask_again(update_due)
        return before

    def suffer(self, trouble: Trouble) -> None:
        """Something could not be done; people are told until it is tried again."""
        self.troubles = (*self.troubles, trouble)[-MOST_TROUBLES:]

    def forget_trouble(self, serial: int) -> None:
        """It is being tried again."""
        self.troubles = tuple(trouble for trouble in self.troubles if trouble.serial != serial)

    def answer(self, question: str, text: str) -> None:
        """Keeps what somebody answered to a question of the playbook; the last answer stands."""
        self._refuse_when_closed()
        self.answers[question] = text

    def _stop_clocks(self) -> None:
        self.update_due = self.update_asked = self.response_due = self.watch_until = self.paging_due = None
        self.troubles = ()

    def _settle_response(self) -> None:
        if self.answered:
            self.response_due = None

    def _refuse_when_over(self, doing: str) -> None:
        if not self.open:
            raise Refused(f"{self.key} ", *self.ended, f"; reopen it before {doing}: ", REOPEN, ".")

    def _refuse_when_closed(self) -> None:
        if self.status is Status.CLOSED:
            raise Refused(f"{self.key} ", *self.ended, "; reopen it first: ", REOPEN, ".")
