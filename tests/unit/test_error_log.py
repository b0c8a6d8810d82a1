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
NOTHING = LogPage(entries=(), truncated=False)


class Log:
    """A log that holds these entries, of which there were more when it is `truncated`; `before` is the day before."""

    def __init__(self, entries: Sequence[LogEntry], *, truncated: bool = False, before: LogPage = NOTHING) -> None:
        self._page = LogPage(entries=tuple(entries), truncated=truncated)
        self._before = before

    async def errors(self, service: str, *, since: datetime, until: datetime, most: int = 1000) -> LogPage:
        del service, since, most
        return self._page if until == NOW else self._before

    async def requests(
        self, service: str, *, since: datetime, until: datetime, statuses: tuple[int, int], most: int = 1000
    ) -> LogPage:
        del service, since, statuses, most
        return self._page if until == NOW else self._before


def world(log: Log) -> World:
    return replace(empty_world(NOW), logs=cast("Logs", log))


def entry(text: str, service: str, at: datetime = NOW) -> LogEntry:
    return LogEntry(at=at, severity="ERROR", text=text, service=service, revision="r-1")


@pytest.mark.parametrize("look", [error_groups, new_errors, permission_errors])
@pytest.mark.parametrize(("truncated", "verdict"), [(False, Verdict.GREEN), (True, Verdict.COULD_NOT_LOOK)])
async def test_a_loud_neighbour_makes_nobody_free_of_errors(
    look: Callable[[World, Subject], Awaitable[Evidence]], *, truncated: bool, verdict: Verdict
) -> None:
    loud = Log([entry("the tool did not answer", "web")] * 3, truncated=truncated)

    found = await look(world(loud), TWO)

    judged = [each for each in found.findings if "counted" not in each.says]
    assert {each.verdict for each in judged} == {verdict}, [each.says for each in judged]


@pytest.mark.parametrize(
    ("ago", "verdict", "says"),
    [(0, Verdict.RED, "new since"), (3, Verdict.AMBER, "new since 07:00 EST, last 07:00 EST, 300 ×")],
)
async def test_what_was_new_and_is_over_says_so_and_is_not_red(ago: int, verdict: Verdict, says: str) -> None:
    night = replace(TWO, since=NOW - timedelta(hours=12))
    loud = Log([entry("rating is missing", "billing", NOW - timedelta(hours=ago))] * 300)

    (found,) = (await new_errors(world(loud), night)).findings

    assert found.verdict is verdict
    assert says in found.says


async def test_nothing_is_called_new_when_the_day_before_was_read_only_in_part() -> None:
    before = LogPage(entries=(entry("something else", "web"),), truncated=True)
    loud = world(Log([entry("permission denied for billing", "billing")] * 60, before=before))

    found = [await look(loud, TWO) for look in (error_groups, new_errors, permission_errors)]

    findings = [each for evidence in found for each in evidence.findings]
    assert not [each.says for each in findings if each.verdict.unhealthy or "new since" in each.says]
    assert found[1].verdict is Verdict.COULD_NOT_LOOK
    assert not [advice for evidence in found for advice in evidence.advice]


async def test_refused_requests_are_not_called_more_than_a_day_that_was_read_only_in_part() -> None:
    refused = replace(entry("", "billing"), status=403, path="/pay")
    some = LogPage(entries=(refused,) * 10, truncated=True)

    found = await permission_errors(world(Log([refused] * 60, before=some)), TWO)

    billing = next(each for each in found.findings if each.subject == "billing" and "(401 or 403)" in each.says)
    assert billing.verdict is Verdict.COULD_NOT_LOOK
    assert "at least 10 the day before" in billing.says


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
