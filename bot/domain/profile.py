"""How people belong to the workspace, and keeping the mirror of that fresh."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.effect import Effect, Priority


class Standing(StrEnum):
    """How somebody belongs to the workspace; only full members may act."""

    FULL = "full"
    GUEST = "guest"
    BOT = "bot"
    DELETED = "deleted"
    STRANGER = "stranger"
    """Of another workspace, met in a shared channel."""


@dataclass(frozen=True, kw_only=True)
class SetProfile(Effect):
    """Refresh the mirror of a person's Slack profile: whether they are a full member."""

    user: str
    urgency: Priority = Priority.ANSWER
    method = "users.info"

    @property
    def priority(self) -> Priority:
        return self.urgency

    @property
    def lane(self) -> str:
        return f"profile/{self.user}"

    @property
    def replaces(self) -> str:
        return f"profile/{self.user}"
