"""A clock that stands still and jumps when a test says so."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""


class ManualClock:
    """Business time in a test's hand."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        return self._now

    def on_jump(self, wake: Callable[[], None]) -> None:
        self._listeners.append(wake)

    def advance(self, seconds: float) -> None:
        """Let time pass; whoever sleeps until some moment looks again."""
        self._now += timedelta(seconds=seconds)
        for wake in self._listeners:
            wake()
