"""App Home, and what it shows that only the outside knows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.effect import Effect, Priority


@dataclass(frozen=True, kw_only=True)
class PublishHome(Effect):
    """Show somebody their Home as it is now; rendered when it is sent."""

    user: str
    lifetime = timedelta(minutes=10)
    method = "views.publish"

    @property
    def lane(self) -> str:
        return f"home/{self.user}"

    @property
    def replaces(self) -> str:
        return f"home/{self.user}"


@dataclass(frozen=True, kw_only=True)
class LookOnCall(Effect):
    """Look who is on call in an escalation policy; that one could not look is an answer too."""

    policy: str
    rank = Priority.ANSWER
    lifetime = timedelta(minutes=5)
    method = "pagerduty.rest"

    @property
    def lane(self) -> str:
        return f"on-call/{self.policy}"

    @property
    def replaces(self) -> str:
        return f"on-call/{self.policy}"


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Somebody on call; `pagerduty` and `name` are PagerDuty's. Without `until`, always."""

    level: int
    pagerduty: str
    name: str
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OnCallNow:
    """Who was on call when it was looked; `why` it could not be looked, in words that follow a colon."""

    at: datetime
    shifts: tuple[Shift, ...] = ()
    why: str = ""
