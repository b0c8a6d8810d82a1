"""What opsbot asks Prometheus, asked of Debian's real one: it is understood there, and the practice ground agrees."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import web

from bot.domain.chart import Series
from bot.domain.evidence import CouldNotLook
from bot.domain.promql import (
    Selector,
    among,
    highest,
    highest_over,
    increase,
    is_,
    is_not,
    lowest,
    lowest_over,
    mean,
    mean_over,
    not_among,
    quantile,
    rate,
    ratio,
    scaled,
    total,
)
from bot.integrations.prometheus import Prometheus
from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.log import Log
from sandbox.prometheus.prometheus import BASE
from sandbox.prometheus.prometheus import Prometheus as Practice
from sandbox.prometheus.samples import Labels, Scrape
from sandbox.prometheus.scraping import scraping
from sandbox.world.platform import Platform
from tests.prometheus_server import NOON
from tests.real_prometheus import real_prometheus, scraped

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINUTES = timedelta(minutes=5)
HOUR = timedelta(hours=1)
HOSTILE = (
    "plain",
    'quo"te',
    "back\\slash",
    "new\nline",
    "b}or vector(1)#",
    ".*",
    "a|b",
    "a.b",
    "aXb",
    "$(rm -rf)",
    "Ünïcode 漢字 🔥",
    "tab\there",
    "'single'",
    "`back`",
    "[0-9]+",
    "\\d",
    "{}",
    "^$",
)
RUNS = Selector(metric="agent_runs_total")
WELL = Selector(metric="agent_runs_total", matches=(is_("status", "success"), is_not("tool", "email")))
TOOLS = Selector(metric="agent_runs_total", matches=(among("tool", ("email", "sql-query")),))
OTHERS = Selector(metric="agent_runs_total", matches=(not_among("tool", ("email", "sql-query")),))
USERS = Selector(metric="active_users")
RESETS = Selector(metric="restarts_total")
LATENCY = Selector(metric="request_seconds_bucket")

EXPRESSIONS = {
    "success": ratio(total(increase(WELL.over(HOUR))), total(increase(RUNS.over(HOUR)))),
    "by agent": total(increase(RUNS.over(HOUR)), by=("agent", "status")),
    "rates": rate(TOOLS.over(MINUTES)),
    "others": total(rate(OTHERS.over(MINUTES)), by=("tool",)),
    "a day ago is an hour ago": total(increase(RUNS.over(MINUTES, ago=HOUR))),
    "now": USERS.now(),
    "before": USERS.now(ago=HOUR),
    "most": highest_over(USERS.over(HOUR)),
    "least": lowest_over(USERS.over(HOUR)),
    "mean": mean_over(USERS.over(HOUR)),
    "highest": highest(RUNS.now(), by=("agent",)),
    "lowest": lowest(RUNS.now()),
    "average": mean(RUNS.now(), by=("tool",)),
    "per minute": scaled(total(rate(RUNS.over(MINUTES))), 60),
    "resets": increase(RESETS.over(HOUR)),
    "from nothing": increase(Selector(metric="born_total").over(HOUR)),
    "p95": quantile(0.95, LATENCY, over=MINUTES),
    "p50 by service": quantile(0.5, LATENCY, over=MINUTES, by=("service",)),
    "p0": quantile(0, LATENCY, over=MINUTES),
    "p100": quantile(1, LATENCY, over=MINUTES),
    "ratio by tool": ratio(total(rate(WELL.over(HOUR)), by=("tool",)), total(rate(RUNS.over(HOUR)), by=("tool",))),
    "nothing": total(rate(Selector(metric="nobody").over(HOUR))),
    "revenue": total(increase(Selector(metric="revenue_total").over(HOUR))),
}


def samples_of(platform: Platform) -> Callable[[float], Scrape]:
    """The world's metrics, and some made to be awkward."""
    scrape = scraping(platform)
    began = NOON.timestamp() - 3 * 3600

    def awkward(at: float) -> Scrape:
        minute = (at - began) / 60
        counts = {"0.1": 3.0, "0.5": 7.0, "1": 7.5, "+Inf": 8.0}
        buckets: dict[Labels, float] = {
            (("le", bound), ("service", service)): count * minute * weight
            for bound, count in counts.items()
            for service, weight in (("api", 1.0), ("web", 2.5))
        }
        return {
            **scrape(at),
            "restarts_total": {(("pod", "a"),): minute % 25 * 10, (("pod", "b"),): 5.0},
            "born_total": {(): 7.0 * (minute - 150)} if minute >= 150 else {},
            "request_seconds_bucket": buckets,
            "hostile": {(("is", text),): float(number) for number, text in enumerate(HOSTILE)},
        }

    return awkward


@dataclass(frozen=True, kw_only=True)
class Both:
    """The real one and the practice ground's, with the same samples."""

    real: Prometheus
    practice: Prometheus
    url: str

    async def agree(self, expression: str) -> Sequence[Series]:
        """What both answer, at a moment and over an hour; they must agree."""
        for found in (
            [await each.query(expression, at=NOON) for each in (self.real, self.practice)],
            [
                await each.query_range(expression, since=NOON - HOUR, until=NOON, step=MINUTES)
                for each in (self.real, self.practice)
            ],
        ):
            real, practice = ({series.labels: series.values for series in answer} for answer in found)
            assert practice == {labels: pytest.approx(values, rel=1e-9) for labels, values in real.items()}
        return await self.real.query(expression, at=NOON)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(prometheus: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Both]:
    clock = SandboxClock(start=NOON, ticking=False)
    scrape = samples_of(Platform(clock))
    practice = Practice(scrape, clock=clock, faults=Faults(), log=Log(clock))
    application = web.Application()
    application.add_routes(practice.routes())
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    scrapes = scraped(scrape, since=NOON.timestamp() - 3 * 3600, until=NOON.timestamp())
    async with real_prometheus(prometheus, tmp_path_factory.mktemp("prometheus"), scrapes) as url:
        here = f"http://127.0.0.1:{runner.addresses[0][1]}{BASE}"
        clients = [Prometheus(url=each, timeout=10) for each in (url, here)]
        yield Both(real=clients[0], practice=clients[1], url=url)
        for client in clients:
            await client.close()
    await runner.cleanup()


@pytest.mark.parametrize("name", EXPRESSIONS)
async def test_what_is_built_is_understood_and_reckoned_alike(both: Both, name: str) -> None:
    found = await both.agree(str(EXPRESSIONS[name]))

    assert bool(found) == (name != "nothing")


@pytest.mark.parametrize("number", range(len(HOSTILE)))
async def test_a_value_finds_itself_and_nothing_else(both: Both, number: int) -> None:
    text = HOSTILE[number]
    matches = (is_("is", text), among("is", (text,)), among("is", (text, "nobody's")))
    for match in matches:
        (found,) = await both.agree(str(Selector(metric="hostile", matches=(match,)).now()))
        assert (found.label("is"), found.last) == (text, number)
    for match in (is_not("is", text), not_among("is", (text,))):
        found_too = await both.agree(str(Selector(metric="hostile", matches=(match,)).now()))
        assert {series.label("is") for series in found_too} == {*HOSTILE} - {text}


async def test_what_is_no_question_is_refused_by_both(both: Both) -> None:
    for expression in (
        "sum(",
        "rate(active_users)",
        "nonsense(active_users)",
        "sum(active_users[5m])",
        "active_users{",
    ):
        for client in (both.real, both.practice):
            with pytest.raises(CouldNotLook, match=r"refuses what was asked \(400: .*parse error"):
                await client.query(expression, at=NOON)


async def test_too_fine_a_step_is_widened_before_it_is_refused(both: Both) -> None:
    fine = timedelta(seconds=1)
    (series,) = await both.real.query_range("sum(active_users)", since=NOON - 24 * HOUR, until=NOON, step=fine)

    assert series.points


async def test_it_says_that_it_answers(both: Both) -> None:
    assert (await both.real.examine()).startswith("Prometheus answers")
