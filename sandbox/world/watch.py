"""Watches the platform on business time, and has alerts fire and stop as its rules say."""

import asyncio
import contextlib

from sandbox.alertmanager import Alertmanager
from sandbox.clock import SandboxClock
from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf
from sandbox.world.alarm import ALARMS, Alarm, Crossed
from sandbox.world.past import Past

EVERY = 15.0
"""Seconds of business time between two looks."""


class Watch:
    """One look is a matter of the moment alone, so that a jump of the clock needs just one."""

    def __init__(self, past: Past, alertmanager: Alertmanager, clock: SandboxClock, archive: Archive) -> None:
        self._past = past
        self._alertmanager = alertmanager
        self._clock = clock
        self._firing = Shelf[JsonObject](archive, "world_alert", dict, dict)
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Alerts that fired before a restart still do."""
        for kept in list(self._firing):
            self._alertmanager.fire(kept["labels"], kept["annotations"])
        self._clock.on_jump(self.look)
        self._looking = asyncio.create_task(self._look_on())

    async def stop(self) -> None:
        if self._looking:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    def look(self) -> None:
        """Fires what has been crossed for long enough, and stops what has been well for as long."""
        if self._looking is None:
            return
        now = self._past.now()
        for alarm in ALARMS:
            seen = [alarm.crossed(self._past, at) for at in _moments(now, alarm.holds)]
            self._fire(alarm, seen)
            self._settle(alarm, seen)

    def _fire(self, alarm: Alarm, seen: list[Crossed]) -> None:
        for service, summary in seen[-1].items():
            key = alarm.key(service)
            if key not in self._firing and all(service in crossed for crossed in seen):
                labels = {"alertname": alarm.name, "service": service, "severity": alarm.severity, **alarm.labels}
                annotations = {"summary": summary}
                self._alertmanager.fire(labels, annotations)
                self._firing.put(key, {"labels": labels, "annotations": annotations})

    def _settle(self, alarm: Alarm, seen: list[Crossed]) -> None:
        for kept in list(self._firing):
            labels = kept["labels"]
            service, key = labels["service"], alarm.key(labels["service"])
            told = labels["alertname"] == alarm.name and alarm.labels.items() <= labels.items()
            if told and not any(service in crossed for crossed in seen):
                self._firing.remove(key)
                self._alertmanager.settle(labels)

    async def _look_on(self) -> None:
        while True:
            self.look()
            await self._clock.sleep(EVERY)


def _moments(now: float, holds: float) -> list[float]:
    """When one would have looked, had one looked all the time; the last is now."""
    return [now - EVERY * back for back in range(int(holds // EVERY), -1, -1)]
