"""Business time: what due times, pacing, settling, deadlines and Slack timestamps follow."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells business time, which the sandbox can make jump."""

    def now(self) -> datetime:
        """The present moment, aware and in UTC."""
        ...

    def on_jump(self, wake: Callable[[], None]) -> None:
        """Have `wake` called whenever time moved other than by passing, so that sleepers look again."""
        ...


class SystemClock:
    """The machine's clock; it never jumps on purpose."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def on_jump(self, wake: Callable[[], None]) -> None:
        del wake
