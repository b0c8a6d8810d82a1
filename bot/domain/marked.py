"""Messages of a war room that people put on its timeline with a reaction."""

from dataclasses import dataclass

from bot.domain.effect import Effect, Priority


@dataclass(frozen=True, kw_only=True)
class ReadMessage(Effect):
    """Read a message as it is now, and whether it is still marked; what it says is in the receipt's facts."""

    incident: int
    channel: str
    ts: str
    emoji: str
    rank = Priority.UPDATE
    method = "conversations.history"

    @property
    def lane(self) -> str:
        return f"read/{self.source}"

    @property
    def replaces(self) -> str:
        return f"read/{self.source}"

    @property
    def source(self) -> str:
        """Which message it is, on the timeline."""
        return f"{self.channel}/{self.ts}"
