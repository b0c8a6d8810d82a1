"""The platform's log: what services, the platform and those who change it wrote, newest first."""

from collections.abc import Collection, Iterator

from sandbox.world.application_log import MINUTE, ApplicationLog
from sandbox.world.audit_log import audit_entries
from sandbox.world.log_entry import AUDIT, REQUESTS, STDERR, STDOUT, SYSTEM, WorldLogEntry
from sandbox.world.past import Past
from sandbox.world.spec import SERVICES
from sandbox.world.system_log import system_entries

EVERY = frozenset({REQUESTS, STDOUT, STDERR, SYSTEM, AUDIT})
KEPT = 100_000
"""Minutes of services whose entries are kept once they were thought of."""


class Journal:
    """Entries of any stretch of time; whole minutes of the past are kept once they were read."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._applications = ApplicationLog(past)
        self._minutes: dict[tuple[int, str, int, bool], list[WorldLogEntry]] = {}

    def entries(
        self,
        services: Collection[str],
        *,
        since: float,
        until: float,
        logs: Collection[str] = EVERY,
        troubles: bool = False,
    ) -> Iterator[WorldLogEntry]:
        """What was written from `since` to before `until`, about these services and (with none named) databases.

        With `troubles` requests that were not answered 5xx are left out, which is much faster. Newest first and one by
        one, so that whoever needs a few does not pay for all.
        """
        until = min(until, self._past.now())
        audits = self._audits(services, since, until) if AUDIT in logs else []
        if not set(logs) - {AUDIT}:
            yield from reversed(audits)
            return
        if not set(logs) - {SYSTEM}:
            # The platform writes little: weeks of it are read without thinking of what the services wrote.
            yield from self._of_the_platform(services or list(SERVICES), since, until)
            return
        for minute in range(int(until // MINUTE), int(since // MINUTE) - 1, -1):
            found = [
                entry
                for entry in self._minute(services or list(SERVICES), minute, troubles=troubles)
                if entry.log in logs
            ]
            while audits and audits[-1].at >= minute * MINUTE:
                found.append(audits.pop())
            found.sort(key=lambda entry: entry.at, reverse=True)
            yield from (entry for entry in found if since <= entry.at < until)
        yield from reversed(audits)

    def _of_the_platform(self, services: Collection[str], since: float, until: float) -> Iterator[WorldLogEntry]:
        every = (entry for service in services for entry in system_entries(self._past, service, since, until))
        yield from sorted((e for e in every if e.log == SYSTEM), key=lambda entry: entry.at, reverse=True)

    def _minute(self, services: Collection[str], minute: int, *, troubles: bool) -> Iterator[WorldLogEntry]:
        over = (minute + 1) * MINUTE <= self._past.now()
        for service in services:
            key = (self._past.times_back, service, minute, troubles)
            if key not in self._minutes or not over:
                if len(self._minutes) >= KEPT:
                    self._minutes.clear()
                self._minutes[key] = self._written(service, minute, troubles=troubles)
            yield from self._minutes[key]

    def _written(self, service: str, minute: int, *, troubles: bool) -> list[WorldLogEntry]:
        since = minute * MINUTE
        until = min(since + MINUTE, self._past.now())
        written = self._applications.entries(service, minute, troubles=troubles)
        return [*(each for each in written if each.at < until), *system_entries(self._past, service, since, until)]

    def _audits(self, services: Collection[str], since: float, until: float) -> list[WorldLogEntry]:
        found = audit_entries(self._past.events, self._past.states)
        return [entry for entry in found if since <= entry.at < until and (not services or entry.service in services)]
