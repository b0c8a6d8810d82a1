"""Requests that no instance had room for are counted in the log with few reads, and never hide what numbers say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from bot.domain.log_entry import LogEntry, LogPage
from bot.organisation import Service
from playbooks.evidence.crowd import turned_away
from playbooks.world import Logs, World
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
ABORTED = "The request was aborted because there was no available instance."
KILLED = "Memory limit of 512 MiB exceeded with 520 MiB used."


class Log:
    """A log that counts how often it is read."""

    def __init__(self, asked: Sequence[LogEntry] = (), system: Sequence[LogEntry] = ()) -> None:
        self._asked, self._system = tuple(asked), tuple(system)
        self.reads = 0

    async def requests(
        self, service: str, *, since: datetime, until: datetime, statuses: tuple[int, int], most: int
    ) -> LogPage:
        del service, since, until, statuses, most
        self.reads += 1
        return LogPage(entries=self._asked)

    async def system(self, service: str, *, since: datetime, until: datetime) -> LogPage:
        del service, since, until
        self.reads += 1
        return LogPage(entries=self._system)


class Silent(Log):
    """A log that gives up on its own time, not on ours."""

    async def requests(
        self, service: str, *, since: datetime, until: datetime, statuses: tuple[int, int], most: int
    ) -> LogPage:
        del service, since, until, statuses, most
        raise TimeoutError


def entries(service: str, text: str, number: int) -> list[LogEntry]:
    entry = LogEntry(at=NOW - timedelta(minutes=1), severity="ERROR", text=text, service=service)
    return [entry] * number


def over(log: Log) -> tuple[World, tuple[Service, ...]]:
    world = replace(empty_world(NOW), logs=cast("Logs", log))
    return world, tuple(world.organisation.services.values())


async def test_the_log_is_read_once_for_all_services_on_a_quiet_day() -> None:
    log = Log()

    assert await turned_away(*over(log)) == {}
    assert log.reads == 1


async def test_those_turned_away_are_counted_by_service() -> None:
    log = Log([*entries("control-plane", ABORTED, 7), *entries("web", ABORTED, 2), *entries("web", "Broken", 9)])

    assert await turned_away(*over(log)) == {"control-plane": [NOW - timedelta(minutes=1)] * 7}
    assert log.reads == 2


async def test_instances_that_do_not_start_are_no_want_of_room() -> None:
    both = [*entries("control-plane", ABORTED, 7), *entries("agent-runtime", ABORTED, 8)]
    log = Log(both, entries("agent-runtime", KILLED, 1))

    assert await turned_away(*over(log)) == {"control-plane": [NOW - timedelta(minutes=1)] * 7}


async def test_a_log_that_does_not_answer_in_time_hides_nothing() -> None:
    assert await turned_away(*over(Silent())) == {}
