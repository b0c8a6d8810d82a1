"""Looking at everything opsbot depends on, for somebody who asked in Slack."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.effect import Effect, Priority


@dataclass(frozen=True, kw_only=True)
class Examine(Effect):
    """Look at settings, database, Slack, paging and the rest; what was found is in the receipt, and is whispered."""

    user: str
    channel: str
    thread: str = ""
    rank = Priority.ANSWER
    lifetime = timedelta(minutes=5)
    method = "doctor"

    @property
    def lane(self) -> str:
        return f"examine/{self.user}"

    @property
    def replaces(self) -> str:
        return f"examine/{self.user}/{self.channel}/{self.thread}"
