"""A maintenance: when it is, what it touches, what is said of it and when, and how far it is; only people end one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import Refused
from bot.domain.maintenance_notice import AHEAD, ON_TIME, Announcement, Notice, PageNotice, Prompt, Sent, Way, mark
from bot.domain.message import Person

DECIDED_BEFORE = timedelta(hours=24)
"""So long before it begins people are asked whether it may."""
REMINDED_BEFORE = timedelta(hours=1)
"""So long before it begins they are asked again, when nobody has said go."""
PROGRESS_EVERY = timedelta(minutes=30)
WARNED_BEFORE = timedelta(minutes=15)
"""So long before its end people are asked whether it takes longer."""
LONGEST = timedelta(hours=24)


class Stage(StrEnum):
    """How far a maintenance is."""

    PLANNED = "planned"
    UNDER_WAY = "under way"
    VERIFYING = "verifying"
    ENDED = "ended"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        return self in {Stage.ENDED, Stage.CANCELLED}

    @property
    def going_on(self) -> bool:
        return self in {Stage.UNDER_WAY, Stage.VERIFYING}


@dataclass(frozen=True, kw_only=True)
class MaintenanceKey:
    """Which maintenance."""

    number: int

    def __str__(self) -> str:
        return f"MNT-{self.number}"


@dataclass(kw_only=True)
class Maintenance:
    """A maintenance. `recurring` names its turn when the clock planned it; people are Slack user ids.

    `announced` is when each announcement is due; `sent` what went out, by notice and way. Its `playbooks` are worked
    through while it goes on, in order.
    """

    number: int = 0
    title: str
    starts_at: datetime
    ends_at: datetime
    services: tuple[str, ...]
    planned_at: datetime
    announced: Mapping[Notice, datetime]
    playbooks: tuple[str, ...] = ()
    recurring: str = ""
    planned_by: str = ""
    posting: str = ""
    """What the status page knows it by; it tells nothing of it."""
    page: tuple[PageNotice, ...] = ()
    why: str = ""
    """What is done, in words for customers."""
    stage: Stage = Stage.PLANNED
    sent: dict[str, Sent] = field(default_factory=dict)
    prompted: set[Prompt] = field(default_factory=set)
    go_by: str = ""
    began_at: datetime | None = None
    began_by: str = ""
    run: int = 0
    windows: tuple[str, ...] = ()
    """The marks of its windows at PagerDuty."""
    hush: str = ""
    """How it stands there, in words."""
    progress_due: datetime | None = None
    over_due: datetime | None = None
    """When people are asked next because it takes longer than it should."""
    said: tuple[str, ...] = ()
    """How it went, in the words of those who did it."""
    extended: int = 0
    verified_by: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""
    summary: str = ""
    """What was done, in words for customers."""
    reason: str = ""
    """Why it was cancelled."""
    shown: bool = False
    """Whether its card stands in Slack."""
    version: int = 0

    @property
    def key(self) -> str:
        return str(MaintenanceKey(number=self.number))

    @property
    def public(self) -> bool:
        """Whether anybody outside knows of it."""
        return any(not self.sent[name].missed for name in self._announcements() if name in self.sent)

    @property
    def next_due(self) -> datetime | None:
        """When the clock next has something to do about it."""
        match self.stage:
            case Stage.PLANNED:
                announcements = [self._expected(notice) for notice in AHEAD if not self._told(notice)]
                return min((*announcements, *self._decisions()), default=None)
            case Stage.UNDER_WAY | Stage.VERIFYING:
                return min(filter(None, (self.progress_due, self.over_due)), default=None)
            case _:
                return None

    def touches(self, service: str) -> bool:
        """Whether what is seen of a service is the maintenance's doing."""
        return self.stage.going_on and service in self.services

    def goes_on_at(self, at: datetime) -> bool:
        """Whether it was under way at a moment."""
        return self.began_at is not None and self.began_at <= at and (self.ended_at is None or at < self.ended_at)

    def announcement(self, now: datetime) -> Announcement | None:
        """The announcement that is due: of several the last one, which says all; none once it should have begun."""
        due = [notice for notice in AHEAD if not self._told(notice) and self._expected(notice) <= now < self.starts_at]
        if not due:
            return None
        notice = due[-1]
        return Announcement(
            notice=notice,
            first=not self.public,
            late=now - self._expected(due[0]) > ON_TIME,
            short=self.announced[notice] < self.planned_at,
        )

    def pass_over(self, now: datetime) -> list[Notice]:
        """Announcements that nobody will make any more; an earlier one is made up for by the one that follows it."""
        latest = max((place for place, notice in enumerate(AHEAD) if self._told(notice)), default=-1)
        missed = [
            notice
            for place, notice in enumerate(AHEAD)
            if not self._told(notice) and (place < latest or now >= self.starts_at)
        ]
        for notice in missed:
            for way in Way:
                self.sent[mark(notice, way)] = Sent(at=now, missed=True)
        return missed if now >= self.starts_at else []

    def send(self, notice: str, way: Way, now: datetime, *, late: bool = False) -> bool:
        """Whether a notice has not gone out on that way before; from now on it has."""
        name = mark(notice, way)
        if name in self.sent:
            return False
        self.sent[name] = Sent(at=now, late=late)
        return True

    def reach(self, notice: str, way: Way, now: datetime) -> None:
        """A notice is where it should be."""
        name = mark(notice, way)
        if name in self.sent:
            self.sent[name] = replace(self.sent[name], reached_at=now, trouble="")

    def fail(self, notice: str, way: Way, trouble: str) -> None:
        """A notice cannot get where it should be."""
        name = mark(notice, way)
        if name in self.sent:
            self.sent[name] = replace(self.sent[name], trouble=trouble)

    def prompt(self, now: datetime) -> Prompt | None:
        """What people are to be asked now about beginning; of several the most urgent one."""
        if self.stage is not Stage.PLANNED:
            return None
        due = [prompt for prompt, at in self._prompts().items() if at <= now and prompt not in self.prompted]
        self.prompted.update(due)
        return due[-1] if due else None

    def go(self, by: str, now: datetime) -> None:
        """Somebody says that it may begin."""
        self._must_be_planned()
        if self.go_by:
            raise Refused("Nothing to do: ", Person(user=self.go_by), " has said go already.")
        if now < self.starts_at - DECIDED_BEFORE:
            raise Refused(f"It is too early for that: say go to {self.key} on the day before it begins.")
        self.go_by = by

    def may_begin(self, now: datetime) -> bool:
        """Whether it is time and somebody has said go."""
        return self.stage is Stage.PLANNED and bool(self.go_by) and self.starts_at <= now < self.ends_at

    def lapsed(self, now: datetime) -> bool:
        """Whether its time has gone by without anybody beginning it."""
        return self.stage is Stage.PLANNED and now >= self.ends_at

    def begin(self, by: str, now: datetime) -> None:
        """It begins; a person may begin it up to an hour early, and says go with it."""
        self._must_be_planned()
        if now < self.starts_at - REMINDED_BEFORE:
            raise Refused(f"It is too early to begin {self.key}: that can be done from an hour before.")
        if now >= self.ends_at:
            raise Refused(f"The time of {self.key} is over. Plan another one.")
        self.go_by = self.go_by or by
        self.stage, self.began_at, self.began_by = Stage.UNDER_WAY, now, by
        self.progress_due = now + PROGRESS_EVERY
        self.over_due = max(self.ends_at - WARNED_BEFORE, now)

    def say(self, text: str, now: datetime) -> None:
        """Somebody says how it goes, which quiets the next question."""
        self._must_go_on()
        self.said = (*self.said, text)
        self.progress_due = now + PROGRESS_EVERY

    def asks_progress(self, now: datetime) -> bool:
        """Whether people are to be asked how it goes."""
        if not self.stage.going_on or self.progress_due is None or self.progress_due > now:
            return False
        self.progress_due = now + PROGRESS_EVERY
        return True

    def overruns(self, now: datetime) -> Prompt | None:
        """What people are to be asked about its end: shortly before it, and then again and again."""
        if not self.stage.going_on or self.over_due is None or self.over_due > now:
            return None
        if now < self.ends_at:
            self.over_due = self.ends_at
            return Prompt.ENDING
        self.over_due = now + PROGRESS_EVERY
        return Prompt.OVER

    def extend(self, length: timedelta, now: datetime) -> None:
        """It takes longer; counted from its end, or from now when that has gone by."""
        self._must_go_on()
        if length <= timedelta() or length > LONGEST:
            raise Refused("Say by how much, up to 24 h: 30m, 1h.")
        self.ends_at = max(self.ends_at, now) + length
        self.extended += 1
        self.over_due = max(self.ends_at - WARNED_BEFORE, now)

    def verify(self, by: str) -> None:
        """The work is done; now it is looked whether all is well."""
        self._must_go_on()
        if self.stage is Stage.VERIFYING:
            raise Refused("Nothing to do: ", Person(user=self.verified_by), " has said that the work is done.")
        self.stage, self.verified_by = Stage.VERIFYING, by

    def end(self, by: str, now: datetime, summary: str = "") -> None:
        """Somebody has looked, and it is over; they say what was done."""
        self._must_go_on()
        if self.stage is Stage.UNDER_WAY:
            raise Refused(f"Say first that the work of {self.key} is done, and look whether all is well.")
        self.summary = summary
        self._close(Stage.ENDED, by, now)

    def cancel(self, by: str, reason: str, now: datetime) -> None:
        """It does not take place."""
        self._must_be_planned()
        self.reason = reason
        self._close(Stage.CANCELLED, by, now)

    def _close(self, stage: Stage, by: str, now: datetime) -> None:
        self.stage, self.ended_by, self.ended_at = stage, by, now
        self.progress_due = self.over_due = None

    def _must_be_planned(self) -> None:
        if self.stage is not Stage.PLANNED:
            raise Refused(f"{self.key} is {self.stage} already.")

    def _must_go_on(self) -> None:
        if not self.stage.going_on:
            raise Refused(f"{self.key} is {self.stage}; that is for one under way.")

    def _announcements(self) -> list[str]:
        return [mark(notice, way) for notice in AHEAD for way in Way]

    def _told(self, notice: Notice) -> bool:
        return any(mark(notice, way) in self.sent for way in Way)

    def _expected(self, notice: Notice) -> datetime:
        """What is planned at short notice is announced at once."""
        return max(self.announced[notice], self.planned_at)

    def _prompts(self) -> Mapping[Prompt, datetime]:
        asked = {
            Prompt.DECIDE: self.starts_at - DECIDED_BEFORE,
            Prompt.REMIND: self.starts_at - REMINDED_BEFORE,
            Prompt.UNDECIDED: self.starts_at,
        }
        return {Prompt.DECIDE: asked[Prompt.DECIDE]} if self.go_by else asked

    def _decisions(self) -> list[datetime]:
        prompts = [at for prompt, at in self._prompts().items() if prompt not in self.prompted]
        return [*prompts, self.starts_at if self.go_by else self.ends_at]
