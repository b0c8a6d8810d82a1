"""Effects of changes to production: plan one, carry it out, look whether it helped, tell others, see who may agree."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.effect import Effect, Priority


@dataclass(frozen=True, kw_only=True)
class PlanChange(Effect):
    """Look what a change would do; `round` tells planning it anew from planning it again."""

    change: int
    round: int = 0
    rank = Priority.ANSWER
    lifetime = timedelta(minutes=3)

    @property
    def lane(self) -> str:
        return f"plan/{self.change}"


@dataclass(frozen=True, kw_only=True)
class ShowProof(Effect):
    """Show whoever asked for a change what others would get of it, before anybody agrees."""

    change: int
    rank = Priority.ANSWER
    lifetime = timedelta(minutes=10)

    @property
    def lane(self) -> str:
        return f"proof/{self.change}"


@dataclass(frozen=True, kw_only=True)
class CarryOut(Effect):
    """Bring about what was agreed to. Of one target one change is under way at a time."""

    change: int
    target: str
    rank = Priority.ANSWER

    @property
    def lane(self) -> str:
        return f"change/{self.target}"


@dataclass(frozen=True, kw_only=True)
class TakeBack(Effect):
    """Take back what was changed for a while only, as everybody agreed to who agreed to the change."""

    change: int
    target: str

    @property
    def lane(self) -> str:
        return f"change/{self.target}"


@dataclass(frozen=True, kw_only=True)
class VerifyChange(Effect):
    """Look whether a change helped, until that can be told."""

    change: int

    @property
    def lane(self) -> str:
        return f"verify/{self.change}"


@dataclass(frozen=True, kw_only=True)
class RecordChange(Effect):
    """Tell PagerDuty, beside whose alerts it is then seen, that something was changed."""

    change: int
    summary: str
    details: dict[str, str]
    rank = Priority.HOUSEKEEPING
    lifetime = timedelta(hours=12)

    @property
    def lane(self) -> str:
        return f"record/{self.change}"


@dataclass(frozen=True, kw_only=True)
class LookAtMembers(Effect):
    """See who belongs to the groups that may ask and agree; done anew for as long as anybody waits for agreement.

    A group is a Slack user group ("S012AB3CD") or an escalation policy of PagerDuty ("pagerduty/PONCALL1").
    """

    groups: tuple[str, ...]
    rank = Priority.ANSWER

    @property
    def lane(self) -> str:
        return "members"

    @property
    def replaces(self) -> str:
        return "members"
