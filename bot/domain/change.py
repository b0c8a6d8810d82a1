"""A change to production: planned, agreed to, carried out once, and looked at afterwards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.change_stage import Stage
from bot.domain.errors import Refused
from bot.domain.expiry import Expiry
from bot.domain.follow_up import FollowUp
from bot.domain.loan import Loan
from bot.domain.message import Person
from bot.domain.plan import Plan, Risk
from bot.domain.stoppable import Stoppable

AGREED_FOR = timedelta(minutes=5)
"""How long after the last agreement a change may begin; later, the world may be another."""
URGENT_WITHIN = timedelta(minutes=10)
WITHIN = timedelta(minutes=30)
"""How long a plan waits for agreement: for an incident of high or critical severity, and else."""
SHORTEST_REASON = 20
"""Characters of a reason that is more than an excuse."""
REVIEW_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class ChangeKey:
    """Which change something is about."""

    number: int

    def __str__(self) -> str:
        return f"CHG-{self.number}"


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Somebody agreed to the plan of this digest, in a role that may."""

    by: str
    at: datetime
    digest: str
    role: str


@dataclass(kw_only=True)
class Change(Loan, FollowUp, Stoppable, Expiry):
    """One change, `number` of its own. `place` is where its card stands, `incident` what it is for, if anything.

    People are Slack user ids. `requested_by` is whoever asked; that counts as the first of the agreements that a
    plan needs, so that a safe plan needs one press and a disruptive one a second person.
    """

    number: int = 0
    kind: str
    parameters: Mapping[str, str]
    requested_by: str
    requested_at: datetime
    place: str
    incident: int | None = None
    urgent: bool = False
    """Whether it is for an open incident of high or critical severity."""
    stage: Stage = Stage.PLANNING
    plan: Plan | None = None
    agreements: list[Agreement] = field(default_factory=list)
    agreed_at: datetime | None = None
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    """What came of it, in one sentence."""
    found: tuple[str, ...] = ()
    """What was looked at afterwards."""
    broke_glass: str = ""
    """Why somebody went ahead alone."""
    review_due: datetime | None = None
    reviewed_by: str = ""
    review_overdue: bool = False
    undoes: int | None = None
    undone_by: int | None = None
    round: int = 0
    """How often it was planned; a button of an earlier plan is out of date."""
    private: bool = False
    """Whether it is for an incident that only some people may know of."""
    threaded: bool = False
    """Whether its card stands in a thread."""
    carried_out_at: datetime | None = None
    proof: str = ""
    """How whoever asked was shown what others would get of it."""
    shown: set[str] = field(default_factory=set)
    """The names of the messages that are kept up to date: "card", "mirror", "ask/U0BEN"."""
    version: int = 0

    @property
    def key(self) -> str:
        return str(ChangeKey(number=self.number))

    @property
    def target(self) -> str:
        """What is changed; empty until that was found out."""
        return self.plan.target if self.plan else ""

    @property
    def target_name(self) -> str:
        """The name of the target alone; whoever agrees to something destructive has to type it."""
        return self.target.rpartition("/")[2]

    @property
    def needed(self) -> int:
        """How many people besides the requester have to agree."""
        match self.plan.risk if self.plan else Risk.DISRUPTIVE:
            case Risk.SAFE:
                return 0
            case Risk.DISRUPTIVE:
                return 1
            case Risk.DESTRUCTIVE:
                return 2

    @property
    def missing(self) -> int:
        """How many more people have to agree; the requester's own press is not one of them."""
        return max(0, self.needed - len(self.others))

    @property
    def others(self) -> tuple[Agreement, ...]:
        """Agreements of people other than the requester."""
        return tuple(each for each in self.agreements if each.by != self.requested_by)

    def planned(self, plan: Plan, now: datetime) -> None:
        """A plan was found; whatever was agreed to before counts no more."""
        self.plan = plan
        self.round += 1
        self.agreements.clear()
        self.agreed_at = None
        if plan.nothing_to_do:
            self._end(Stage.NOTHING, plan.nothing_to_do, now)
            return
        self.stage = Stage.WAITING
        self.wait_until(now + (URGENT_WITHIN if self.urgent else WITHIN))

    def unplannable(self, why: str, now: datetime) -> None:
        """No plan could be made."""
        self._end(Stage.FAILED, why, now)

    def agree(self, *, by: str, role: str, digest: str, now: datetime, typed: str = "") -> bool:
        """Somebody presses; says whether enough people have agreed by now. Refused for whom it does not help.

        What is destructive wants the name of its target `typed`.
        """
        plan = self._waiting(digest, now)
        if plan.risk is Risk.DESTRUCTIVE and typed.strip() != self.target_name:
            raise Refused(f"Type {self.target_name} to agree; nothing else will do.", field="typed")
        if plan.risk is Risk.SAFE:
            self._agreement(by, role, now)
        elif by == self.requested_by:
            raise Refused("You asked for it, so somebody else has to agree.")
        elif any(each.by == by for each in self.agreements):
            raise Refused("You agreed already; somebody else has to, too.")
        else:
            self._agreement(by, role, now)
        if self.missing:
            return False
        self._agreed(now)
        return True

    def break_glass(self, *, by: str, role: str, digest: str, reason: str, now: datetime) -> None:
        """Somebody goes ahead alone, says why, and answers for it afterwards."""
        plan = self._waiting(digest, now)
        if not self.urgent:
            raise Refused("Going ahead alone is for an open incident of critical or high severity.")
        if plan.risk is Risk.DESTRUCTIVE:
            raise Refused("Nobody does this alone: data may be lost for good.")
        if len(reason.strip()) < SHORTEST_REASON:
            raise Refused(f"Say why in {SHORTEST_REASON} characters or more; it is reviewed.", field="reason")
        self.broke_glass = reason.strip()
        self.review_due = now + REVIEW_WITHIN
        self._agreement(by, role, now)
        self._agreed(now)

    def reject(self, *, by: str, now: datetime) -> None:
        """Somebody who may agree says no."""
        self._refuse_when_over()
        if self.stage not in {Stage.WAITING, Stage.BY_HAND, Stage.PLANNING}:
            raise Refused("It has begun already; undo it when it is done.")
        stage = Stage.CANCELLED if by == self.requested_by else Stage.REJECTED
        self._end(stage, "", now)

    def forbid(self, why: str, now: datetime) -> None:
        """It may not be, or not any more; it has not begun."""
        if self.stage.begun:
            raise ValueError(f"{self.key} has begun")
        self._end(Stage.REJECTED, why, now)

    def expire(self, now: datetime) -> bool:
        """Too late: nobody agreed in time, or it did not begin soon enough afterwards."""
        late = self.stage is Stage.WAITING and self.expires_at is not None and self.expires_at <= now
        stale = self.stage is Stage.AGREED and self.agreed_at is not None and self.agreed_at + AGREED_FOR <= now
        if late or stale:
            why = "Nobody agreed in time." if late else "It did not begin within five minutes of the agreement."
            self._end(Stage.EXPIRED, f"{why} Ask for it again.", now)
        return late or stale

    def begin(self, now: datetime) -> None:
        """It is carried out from now on: the world may have been touched."""
        if self.stage is Stage.CARRYING_OUT:
            return
        if self.stage is not Stage.AGREED:
            raise Refused(f"{self.key} is {self.stage}; it cannot begin.")
        self.stage, self.begun_at = Stage.CARRYING_OUT, now

    def get_on(self, says: str) -> None:
        """How far it is, in a sentence that holds until the next."""
        if self.stage is Stage.CARRYING_OUT:
            self.outcome = says

    def carried_out(self, outcome: str, now: datetime) -> None:
        """The world is as it was wanted; now it is looked at whether that helped."""
        self.stage, self.outcome, self.carried_out_at = Stage.VERIFYING, outcome, now

    def verified(self, found: tuple[str, ...], *, helped: bool | None, now: datetime) -> None:
        """What was seen afterwards; `helped` is None when nobody can tell."""
        self.found = found
        stages = {True: Stage.DONE, False: Stage.FAILED, None: Stage.UNCONFIRMED}
        self._end(stages[helped], self.outcome, now)

    def fail(self, why: str, now: datetime) -> None:
        """It could not be carried out."""
        self._end(Stage.FAILED, why, now)

    def supersede(self, why: str, now: datetime) -> None:
        """The world is another than the one that was planned for."""
        self._end(Stage.SUPERSEDED, why, now)

    def leave_to_people(self) -> None:
        """It is not done by the bot here: the command is shown."""
        self.stage, self.expires_at = Stage.BY_HAND, None

    def done_by_hand(self, now: datetime) -> None:
        """Somebody did what the command says."""
        if self.stage is not Stage.BY_HAND:
            raise Refused(f"{self.key} is {self.stage}.")
        self._end(Stage.DONE, "Done by hand.", now)

    def review(self, *, by: str) -> None:
        """Somebody else looked at what was done alone."""
        if self.review_due is None:
            raise Refused(f"{self.key} needs no review.")
        if self.reviewed_by:
            raise Refused(Person(user=self.reviewed_by), " has reviewed it already.")
        if by in {self.requested_by, *(each.by for each in self.agreements)}:
            raise Refused("Whoever did it alone cannot review it.")
        self.reviewed_by = by

    def due(self) -> Iterator[datetime]:
        """When time alone makes something of it."""
        if self.stage is Stage.WAITING and self.expires_at:
            yield self.warning_due or self.expires_at
        if self.stage is Stage.AGREED and self.agreed_at:
            yield self.agreed_at + AGREED_FOR
        if self.awaits_review and self.review_due and not self.review_overdue:
            yield self.review_due
        if self.lent and self.returns_at:
            yield self.returns_at
        if self.follow_up_due:
            yield self.follow_up_due

    @property
    def next_due(self) -> datetime | None:
        """When time alone next makes something of it."""
        return min(self.due(), default=None)

    @property
    def awaits_review(self) -> bool:
        """Whether somebody went ahead alone, and nobody else has looked at it yet."""
        return self.review_due is not None and not self.reviewed_by

    def _waiting(self, digest: str, now: datetime) -> Plan:
        self._refuse_when_over()
        if self.stage is not Stage.WAITING or self.plan is None:
            by = (", agreed to by ", Person(user=self.agreements[-1].by)) if self.agreements else ()
            raise Refused(f"{self.key} is {self.stage} already", *by, ".")
        if self.expires_at and self.expires_at <= now:
            raise Refused("That plan has expired; ask for it again.")
        if digest != self.plan.digest:
            raise Refused("That plan is out of date; look at the newest one.")
        return self.plan

    def _refuse_when_over(self) -> None:
        if self.stage.over:
            raise Refused(f"{self.key} is over: {self.stage}.")

    def _agreement(self, by: str, role: str, now: datetime) -> None:
        assert self.plan
        self.agreements.append(Agreement(by=by, at=now, digest=self.plan.digest, role=role))

    def _agreed(self, now: datetime) -> None:
        self.stage, self.agreed_at = Stage.AGREED, now

    def _end(self, stage: Stage, outcome: str, now: datetime) -> None:
        self.stage, self.outcome, self.ended_at = stage, outcome, now
