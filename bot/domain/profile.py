"""Keeping the mirror of people's Slack profiles fresh."""

from dataclasses import dataclass

from bot.domain.effect import Effect, Priority


@dataclass(frozen=True, kw_only=True)
class SetProfile(Effect):
    """Refresh the mirror of a person's Slack profile: name, e-mail, whether they are a full member."""

    user: str
    rank = Priority.ANSWER
    method = "users.info"

    @property
    def lane(self) -> str:
        return f"profile/{self.user}"
