"""Load tests against the practice ground's staging: paced, bounded, stopped by what they measure, and by people."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.load_test import LoadOrder, Measured
from bot.integrations.load_driver import LoadDriver
from tests.neighbours_server import NeighboursServer

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def driver(server: NeighboursServer) -> AsyncIterator[LoadDriver]:
    driver = LoadDriver(server.clock, longest=2)
    yield driver
    await driver.close()


def order(server: NeighboursServer, path: str = "/agents", *, rate: float = 25, seconds: float = 1) -> LoadOrder:
    return LoadOrder(
        mark="abc123",
        urls=(f"{server.neighbours.staging_url('control-plane')}{path}",),
        rate=rate,
        at_once=20,
        lasts=timedelta(seconds=seconds),
        errors=0.02,
        slowest=timedelta(seconds=20),
    )


async def over(driver: LoadDriver) -> Measured:
    """Waits for the end of the only test."""
    [test] = driver._tests.values()
    assert test.task
    await asyncio.wait([test.task])
    found = driver.measured("abc123")
    assert found
    return found


async def test_it_asks_as_often_as_it_was_told_and_marks_every_request(
    server: NeighboursServer, driver: LoadDriver
) -> None:
    wanted = order(server)
    driver.begin(wanted)
    driver.begin(wanted)
    found = await over(driver)

    assert found.failures == {}
    assert found.answered + found.unsent == wanted.requests
    assert (found.failed, found.over, found.stopped) == (0, True, "")
    assert 0 < found.p50 <= found.p95 <= found.p99
    assert sum(spell.answered for spell in found.spells) == found.answered
    assert server.neighbours.staging.asked == {"abc123": found.answered}


async def test_it_stops_by_itself_when_too_much_fails(server: NeighboursServer, driver: LoadDriver) -> None:
    driver.begin(order(server, "/../../nowhere/agents", rate=100, seconds=60))
    found = await over(driver)

    assert found.stopped == "100 % of the last 20 requests failed"
    assert found.failures == {"HTTP 404": found.answered}
    assert found.unsent == 0


async def test_it_stops_by_itself_when_answers_are_too_slow(server: NeighboursServer, driver: LoadDriver) -> None:
    wanted = order(server, rate=100, seconds=60)
    driver.begin(LoadOrder(**{**vars(wanted), "slowest": timedelta(milliseconds=1)}))
    assert (await over(driver)).stopped.startswith("the p95 of the last 20 requests was ")


async def test_somebody_stops_it(server: NeighboursServer, driver: LoadDriver) -> None:
    driver.begin(order(server, seconds=600))
    driver.stop("abc123", "ana stopped it")
    found = await over(driver)
    assert (found.stopped, found.over) == ("ana stopped it", True)


async def test_nobody_answers(server: NeighboursServer, driver: LoadDriver) -> None:
    wanted = order(server, rate=100, seconds=60)
    driver.begin(LoadOrder(**{**vars(wanted), "urls": ("http://127.0.0.1:1/",)}))
    assert set((await over(driver)).failures) == {"no answer (ConnectError)"}


async def test_it_ends_with_its_process_and_no_other_knows_of_it(server: NeighboursServer, driver: LoadDriver) -> None:
    driver.begin(order(server, seconds=600))
    await driver.close()
    found = driver.measured("abc123")
    assert found
    assert (found.over, found.stopped) == (True, "opsbot was stopped")
    assert LoadDriver(server.clock).measured("abc123") is None
