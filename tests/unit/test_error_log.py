"""The log is grouped beside the event loop, and what nobody read is never called free of errors."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.evidence import Evidence, Subject, Verdict
from bot.domain.log_entry import LogEntry, LogPage
from playbooks.evidence.error_groups import error_groups
from playbooks.evidence.error_log import error_log
from playbooks.evidence.new_errors import new_errors
from playbooks.evidence.permission_errors import permission_errors
from playbooks.world import Logs, World
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
TWO = Subject(services=("control-plane", "billing"), since=NOW - timedelta(hours=1), until=NOW)


class Log:
    """A log that holds these entries, of which there were more when it is `truncated`."""

    def __init__(self, entries: Sequence[LogEntry], *, truncated: bool = False) -> None:
        self._page = LogPage(entries=tuple(entries), truncated=truncated)

    async def errors(self, service: str, *, since: datetime, until: datetime, most: int = 1000) -> LogPage:
        del service, since, most
        return self._page if until == NOW else LogPage(entries=(), truncated=False)

    async def requests(
        self, service: str, *, since: datetime, until: datetime, statuses: tuple[int, int], most: int = 1000
    ) -> LogPage:
        del service, since, statuses, most
        return self._page if until == NOW else LogPage(entries=(), truncated=False)


def world(log: Log) -> World:
    return replace(empty_world(NOW), logs=cast("Logs", log))


def entry(text: str, service: str) -> LogEntry:
    return LogEntry(at=NOW, severity="ERROR", text=text, service=service, revision="r-1")


@pytest.mark.parametrize("look", [error_groups, new_errors, permission_errors])
@pytest.mark.parametrize(("truncated", "verdict"), [(False, Verdict.GREEN), (True, Verdict.COULD_NOT_LOOK)])
async def test_a_loud_neighbour_makes_nobody_free_of_errors(
    look: Callable[[World, Subject], Awaitable[Evidence]], *, truncated: bool, verdict: Verdict
) -> None:
    loud = Log([entry("the tool did not answer", "web")] * 3, truncated=truncated)

    found = await look(world(loud), TWO)

    judged = [each for each in found.findings if "counted" not in each.says]
    assert {each.verdict for each in judged} == {verdict}, [each.says for each in judged]


async def test_a_thousand_long_lines_hold_up_nobody() -> None:
    line = " ".join(f"key{number}=value{number}" for number in range(700))
    long = world(Log([entry(f"{number} {line}", "billing") for number in range(200)]))
    gaps: list[float] = []

    async def beat() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            gaps.append(time.perf_counter() - before)

    beating = asyncio.create_task(beat())
    log = await error_log(long, TWO)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    beating.cancel()

    assert sum(group.count for group in log.groups) == 200
    assert max(gaps) < 0.2, "seconds in which nothing else went on"
