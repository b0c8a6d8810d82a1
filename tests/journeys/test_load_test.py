"""A service is tested: what may be asked for, what comes of it, and all that ends it before its end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused, Superseded
from bot.domain.load_test import LoadPolicy, LoadTarget
from bot.domain.plan import Risk
from bot.integrations.load_driver import LoadDriver, load_driver
from playbooks.changes.kind import Lacking, Progress
from playbooks.changes.load_test import LOAD_TEST
from sandbox.postgres_server import PostgresServer
from tests.town import Plan, Town, opened
from tests.workshop import Workshop, workshop

PATIENCE = 60.0


def allow(shop: Workshop, policy: LoadPolicy) -> None:
    """The operator's file says so of load tests."""
    organisation = shop.over.world.organisation
    organisation = replace(organisation, changes=replace(organisation.changes, load_tests=policy))
    world = replace(shop.over.world, organisation=organisation)
    shop.over = replace(shop.over, world=world)
    shop.hands = replace(shop.hands, world=world)


@pytest.fixture
async def shop(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Workshop]:
    async with (
        workshop(sqlite_store_url, postgres=postgres_server) as shop,
        load_driver(shop.over.ground.clock) as driver,
    ):
        shop.hands = replace(shop.hands, load_tests=driver)
        staging = shop.over.ground.neighbours.staging_url("control-plane")
        target = LoadTarget(service="control-plane", staging=staging, production=f"{staging}/live", paths=("/a", "/b"))
        allow(shop, LoadPolicy(slowest=timedelta(seconds=10), targets=(target,)))
        yield shop


def first(shop: Workshop) -> Attempt:
    return Attempt(key="try", serial=1, first_at=shop.over.now)


async def ended(shop: Workshop) -> None:
    """Returns once the test that runs has ended."""
    driver = shop.hands.load_tests
    assert isinstance(driver, LoadDriver)
    await asyncio.wait([test.task for test in driver._tests.values() if test.task], timeout=PATIENCE)


REFUSED = {
    "billing": "There is no service that may be load-tested `billing`",
    "control-plane 1000/s": "At most 50 requests a second here",
    "control-plane x0": "At most 20 unanswered requests here",
    "control-plane 10m": "takes at most 2 min",
    "control-plane 2m 50/s production": "At most 30 requests a second here",
    "control-plane 2m production": "takes at most 1 min",
    "control-plane /admin": "There is no page that may be asked for `/admin`",
    "control-plane fast": "“fast” says nothing about a load test",
}


async def test_what_is_out_of_bounds_or_not_named_is_refused_with_what_is_possible(shop: Workshop) -> None:
    for words, why in REFUSED.items():
        with pytest.raises(Refused, match=why):
            await shop.plan(LOAD_TEST, words)


async def test_nobody_is_named_so_nothing_is_tested(shop: Workshop) -> None:
    with pytest.raises(Lacking):
        shop.read(LOAD_TEST, "")
    allow(shop, LoadPolicy())
    with pytest.raises(Refused, match="Nothing may be load-tested"):
        shop.read(LOAD_TEST, "control-plane")


async def test_staging_takes_one_press_and_production_a_second_person(shop: Workshop) -> None:
    staging = await shop.plan(LOAD_TEST, "control-plane 20/s 60s x5 /b")
    assert (staging.risk, staging.target) == (Risk.SAFE, "load-test/control-plane")
    assert staging.after == "20 requests a second for 1 min (1,100 in all), at most 5 at once"
    assert len(staging.differences) == 1
    production = await shop.plan(LOAD_TEST, "control-plane production")
    assert (production.risk, len(production.differences)) == (Risk.DISRUPTIVE, 2)


async def test_what_it_bore_is_said_with_charts_and_whether_it_still_answers(shop: Workshop) -> None:
    plan = await shop.plan(LOAD_TEST, "control-plane 25/s 1s")
    with pytest.raises(Progress, match="It begins slowly"):
        await LOAD_TEST.carry_out(shop.hands, plan, first(shop))
    with pytest.raises(Progress, match=r"of 1 s: "):
        await LOAD_TEST.carry_out(shop.hands, plan, replace(first(shop), note={"begun": "yes"}))
    await ended(shop)

    done = await LOAD_TEST.carry_out(shop.hands, plan, replace(first(shop), note={"begun": "yes"}))
    assert done.says.startswith("It bore 25 requests a second for 1 s: ")
    assert "0 % failed" in done.says
    assert done.seen
    assert [chart.unit for chart in done.seen.charts] == ["ms", "%"]
    assert (await shop.verify(LOAD_TEST, plan)).helped


async def test_what_the_file_does_not_allow_any_more_is_not_begun(shop: Workshop) -> None:
    plan = await shop.plan(LOAD_TEST, "control-plane /a")
    allow(shop, LoadPolicy())
    with pytest.raises(Superseded, match="does not allow this test any more"):
        await LOAD_TEST.carry_out(shop.hands, plan, first(shop))
    assert shop.over.ground.neighbours.staging.asked == {}


async def test_what_does_not_run_cannot_be_stopped_and_is_not_begun(shop: Workshop) -> None:
    plan = await shop.plan(LOAD_TEST, "control-plane /a")
    assert LOAD_TEST.stop
    with pytest.raises(GiveUp, match="does not run, and is not begun: changes were frozen"):
        await LOAD_TEST.stop(shop.hands, plan, "changes were frozen")


@pytest.mark.parametrize("lost", [{"look": True}, {"note": {"begun": "yes"}}])
async def test_a_test_that_ended_with_its_process_is_not_begun_again(shop: Workshop, lost: dict[str, object]) -> None:
    plan = await shop.plan(LOAD_TEST, "control-plane 25/s 1s")
    attempt = Attempt(key="try", serial=1, first_at=shop.over.now, **lost)  # type: ignore[arg-type]
    with pytest.raises(GiveUp, match="started anew, which ended the test"):
        await LOAD_TEST.carry_out(shop.hands, plan, attempt)
    assert shop.over.ground.neighbours.staging.asked == {}


async def test_it_ends_when_anybody_says_so_when_changes_are_frozen_and_in_an_incident(
    plan: Plan, postgres_server: PostgresServer
) -> None:
    async with opened(replace(plan, cloud=postgres_server)) as town:
        await begin_test(town, "CHG-1 · ")
        await answered(town)
        await town.press("Stop", by="cho", where="general")
        await town.pass_time(seconds=3)
        assert "Stopped after" in town.read("CHG-1 · ", "general")
        assert "Cho" in town.read("CHG-1 · ", "general")
        await town.pass_time(seconds=30)
        assert "It answers afterwards (200)." in town.read("CHG-1 · ", "general")
        assert len([each for each in town.messages("general") if each.get("files")]) == 2

        await town.pass_time(minutes=31)
        await begin_test(town, "CHG-2 · ")
        await town.slash("/ops freeze on launch", by="cho")
        await town.pass_time(seconds=3)
        assert "because changes were frozen" in town.read("CHG-2 · ", "general")
        await town.slash("/ops freeze off", by="ben")

        await town.pass_time(minutes=31)
        await begin_test(town, "CHG-3 · ")
        await town.slash("/incident declare critical API is down")
        await town.pass_time(seconds=3)
        assert "because an incident of critical severity is open" in town.read("CHG-3 · ", "general")
        await town.slash("/ops load-test control-plane 5/s 5m", where="general")
        await town.settle()
        assert "No load tests while INC-1 is open" in town.read("CHG-4 · ", "general")


async def begin_test(town: Town, change: str) -> None:
    await town.slash("/ops load-test control-plane 5/s 5m")
    await town.settle()
    await town.press("Load test", where="general", near=change)
    await town.settle()
    assert "It begins slowly" in town.read(change, "general")


async def answered(town: Town) -> None:
    """Returns once the test has had some answers."""
    await until(lambda: sum(town.ground.neighbours.staging.asked.values()) > 5)


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not so():  # noqa: ASYNC110  (the world outside tells nobody)
            await asyncio.sleep(0.01)
