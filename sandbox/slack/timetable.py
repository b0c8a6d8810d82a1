"""Scheduled messages, told of when business time reaches them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.clock import SandboxClock
from sandbox.slack.scheduled_message import ScheduledMessage
from sandbox.slack.workspace import Workspace


class Timetable:
    """What is to be posted and when; it survives with the workspace."""

    def __init__(self, workspace: Workspace, clock: SandboxClock) -> None:
        self._scheduled = workspace.scheduled
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._listeners: list[Callable[[ScheduledMessage], None]] = []
        clock.on_jump(self._look)

    def on_due(self, listener: Callable[[ScheduledMessage], None]) -> None:
        self._listeners.append(listener)

    def start(self) -> None:
        """From now on what is due is told of, first what became due while nobody looked."""
        self._look()

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()

    def put(self, message: ScheduledMessage) -> None:
        self._scheduled.put(message.id, message)
        self._arm()

    def withdraw(self, message: ScheduledMessage) -> None:
        self._scheduled.remove(message.id)

    def _look(self) -> None:
        now = self._clock.now()
        for message in sorted(self._scheduled, key=lambda each: each.post_at):
            if _moment(message) <= now:
                self.withdraw(message)
                for listener in self._listeners:
                    listener(message)
        self._arm()

    def _arm(self) -> None:
        """While the clock ticks by itself, looks again when the next message is due."""
        self.stop()
        moments = [_moment(message) for message in self._scheduled]
        if moments and self._clock.ticking:
            seconds = (min(moments) - self._clock.now()).total_seconds()
            self._timer = asyncio.get_running_loop().call_later(max(0, seconds), self._look)


def _moment(message: ScheduledMessage) -> datetime:
    return datetime.fromtimestamp(message.post_at, UTC)
