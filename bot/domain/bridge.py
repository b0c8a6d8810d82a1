"""The bridge of an incident: a call made for it alone, where the organisation's one link is not enough."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.effect import Effect, Priority

MEETING, URL = "bridge_meeting", "bridge_url"
"""The facts of a receipt that brings a bridge: the meeting's id, and where people join."""


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A meeting that people join at `url`; what would let them lead it is never kept."""

    id: str
    url: str


@dataclass(frozen=True, kw_only=True)
class OnBridge(Effect):
    """Whatever is done about the meeting of an incident, one thing after the other."""

    incident: int

    @property
    def lane(self) -> str:
        return f"bridge/{self.incident}"


@dataclass(frozen=True, kw_only=True)
class OpenBridge(OnBridge):
    """Make a meeting for an incident. Nobody waits for it long: where it fails, the organisation's link is there."""

    topic: str
    mark: str
    """Names the meeting, so that it is found again."""
    rank = Priority.DECLARE
    lifetime = timedelta(seconds=20)


@dataclass(frozen=True, kw_only=True)
class EndBridge(OnBridge):
    """End the meeting of an incident that is over: whoever hosts it can host another."""

    meeting: str
    rank = Priority.REMINDER
    lifetime = timedelta(hours=6)
