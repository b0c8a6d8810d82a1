"""What every kind of change consists of: how it is asked for, planned, carried out, verified and taken back.

The engine (`playbooks.changing`) does the rest for all of them alike: cards, agreement, freeze, audit, crashes.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.change import Change
from bot.domain.deployment import Shipment
from bot.domain.effect import Attempt
from bot.domain.errors import Refused, Waiting
from bot.domain.evidence import Evidence
from bot.domain.following import Following
from bot.domain.form import Option
from bot.domain.incident import Incident, Severity
from bot.domain.plan import Plan
from bot.organisation import Organisation
from playbooks.changes.shipment import nowhere
from playbooks.hands import Hands
from playbooks.world import World

URGENT = frozenset({Severity.CRITICAL, Severity.HIGH})

Parameters = Mapping[str, str]
"""What a change was asked to do, by the names of its asks; nothing in it has to be understood twice."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks for a change, and in what situation. `incident` is that of the war room where it was asked."""

    by: str
    now: datetime
    organisation: Organisation
    incident: Incident | None = None
    past: tuple[Change, ...] = ()
    """Changes of the last month that have begun, the newest first."""
    undoes: Change | None = None
    """The change that this one takes back."""

    @property
    def urgent(self) -> bool:
        """Whether it is for an open incident of high or critical severity."""
        return self.incident is not None and self.incident.open and self.incident.severity in URGENT


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One thing that a change has to know. The words of a command give them in this order."""

    name: str
    label: str
    hint: str = ""
    optional: bool = False
    long: bool = False
    """Whether it is a text of several lines."""
    choices: Callable[[Asked], Sequence[Option]] | None = None
    """What there is to choose from; without, it is typed."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """It is as it was wanted; `says` tells it in a sentence. Charts of what was `seen` go below the card."""

    says: str
    seen: Evidence | None = None
    brought: Mapping[str, str] = field(default_factory=dict)
    """Facts for whoever hears of it, such as an address."""
    then: tuple[Following, ...] = ()
    """What has to be asked for now, before it is of any use."""


class Progress(Waiting):
    """It is under way, and people are shown how far it is: the sentence of the error."""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was seen afterwards. `helped` is None while nobody can tell: that is never a pass."""

    helped: bool | None
    found: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChangeKind:
    """One kind of change."""

    name: str
    title: str
    sentence: str
    """What it does, for help, lint and `/ops whocan`."""
    command: str
    """How it is typed, without what follows: "/rollback", "/ops restart"."""
    asks: tuple[Ask, ...]
    read: Callable[[Sequence[str], Asked], Parameters]
    """The words of a command, or the answers of a form, as parameters. What a war room's incident tells may be left
    out. Raises `Refused` with the nearest choice, and `Lacking` when something has to be asked."""
    plan: Callable[[World, Parameters, Asked], Awaitable[Plan]]
    """Looks, and says what would be done; changes nothing. Raises `Refused`, `CouldNotLook`, `NotConfigured`."""
    carry_out: Callable[[Hands, Plan, Attempt], Awaitable[Done]]
    """Converges: looks, changes if needed, raises `Waiting` (its note may keep an operation's name) until the world
    agrees. It may run again at any moment, with what happened before unknown (`attempt.look`). The first change is
    made with the plan's fingerprint, so that it happens only to the world that was planned for; `Superseded` when that
    is gone, `GiveUp` when it failed."""
    verify: Callable[[World, Plan, datetime], Awaitable[Verified]]
    """Looks whether it helped since a moment; asked again until it knows, or `verify_within` is over."""
    undo: Callable[[Plan], tuple[str, Parameters] | None]
    """The change, and its parameters, that takes this one back; None when there is none."""
    carry_out_within: timedelta = timedelta(minutes=15)
    """After so long it has failed."""
    verify_within: timedelta = timedelta(minutes=15)
    cool_down: timedelta = timedelta(0)
    """How long the same target is left alone afterwards."""
    freeze_exempt: bool = False
    """Whether it may be done during a freeze."""
    follow_up: str = ""
    """The change that has to follow within a day; it is asked for until it was done."""
    heals: bool = False
    """Whether it is what people do in an incident, so that it is offered there."""
    lent_for: Callable[[Plan], timedelta | None] | None = None
    """How long it holds before it goes back by itself, as its plan says; None is for good."""
    take_back: Callable[[Hands, Plan, Attempt], Awaitable[Done]] | None = None
    """Brings back what was before, like `carry_out`; leaves alone what somebody changed otherwise meanwhile."""
    stop: Callable[[Hands, Plan, str], Awaitable[None]] | None = None
    """Ends what is under way before its end, and why; `carry_out` then returns with how far it got. A kind that has it
    is stopped by a press, by a freeze, and by an incident of high or critical severity."""
    proof: Callable[[Hands, Plan, str], Awaitable[str]] | None = None
    """Shows somebody (a Slack user id) what others would get of it, and says how; called before anybody agrees."""
    ships: Callable[[Plan], Shipment | None] = nowhere
    """Which commit it brings where, for the record that the code's repository keeps; None where it brings none that
    is known."""
    concealed: frozenset[str] = frozenset()
    """Parameters whose values neither people nor the audit are shown."""

    def sayable(self, parameters: Parameters) -> Parameters:
        """What was asked for, without what is concealed."""
        return {name: "…" if name in self.concealed and text else text for name, text in parameters.items()}


def for_good(plan: Plan) -> tuple[str, Parameters] | None:
    """The `undo` of what no other change takes back."""
    del plan
    return None


class Lacking(Refused):
    """Something has to be asked before the change can be planned; `known` is what was told already, by name.

    Where nothing can be asked any more, because the form was sent without it, it is refused in these words.
    """

    def __init__(self, known: Parameters, says: str = "More has to be said.", *, field: str | None = None) -> None:
        super().__init__(says, field=field)
        self.known = known
