"""Maintenance windows of PagerDuty: what is hushed wakes nobody, it is opened once, and it ends early or by itself."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import GiveUp, Refused, Superseded
from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.maintenance_window import EndMaintenance, OpenMaintenance
from bot.domain.plan import Risk
from bot.organisation import Paging
from playbooks.changes.kind import Lacking
from playbooks.changes.maintenance_window import MAINTENANCE_WINDOW, mark_of
from playbooks.hands import Hands
from playbooks.hushing import Hushing
from tests.telling import Telling, telling

OPENING = "POST /maintenance_windows"


@pytest.fixture
async def desk() -> AsyncIterator[Telling]:
    async with telling() as desk:
        yield desk


def rings(desk: Telling, service: str = "Control plane") -> bool:
    """Whether an alert of a service's monitoring opens an incident now."""
    pagerduty, before = desk.pagerduty.pagerduty, opened(desk)
    pagerduty.raise_alert(service, "It is down", "critical")
    return opened(desk) > before


def opened(desk: Telling) -> int:
    return len(desk.pagerduty.pagerduty.incidents)


async def windows(desk: Telling) -> list[str]:
    assert desk.world.windows
    return [each.says for each in await desk.world.windows.windows(())]


async def test_a_hushed_service_wakes_nobody_and_the_others_do(desk: Telling) -> None:
    assert rings(desk)
    plan = await desk.plan(MAINTENANCE_WINDOW, "control-plane 2h moving the database")
    assert (plan.risk, plan.target) == (Risk.DISRUPTIVE, "maintenance/control-plane")
    assert plan.before == "its alerts wake people"

    assert (await desk.carry_out(MAINTENANCE_WINDOW, plan)).says.startswith("Control plane is hushed until ")
    assert await windows(desk) == [f"moving the database [opsbot {mark_of(plan)}]"]
    assert not rings(desk)
    assert rings(desk, "Billing")
    found = await desk.verify(MAINTENANCE_WINDOW, plan)
    assert (found.helped, found.found) == (True, ("a window by opsbot until 05:00 UTC: moving the database",))

    desk.passes(timedelta(hours=2))
    assert rings(desk)


async def test_ending_it_takes_one_press_and_can_be_taken_back(desk: Telling) -> None:
    hushed = await desk.plan(MAINTENANCE_WINDOW, "control-plane 2h moving")
    await desk.carry_out(MAINTENANCE_WINDOW, hushed)
    end = await desk.undo(MAINTENANCE_WINDOW, hushed)
    assert (end.risk, end.after) == (Risk.SAFE, "its alerts wake people")
    assert end.undoes == ("a window by opsbot until 05:00 UTC: moving",)
    await desk.carry_out(MAINTENANCE_WINDOW, end)
    assert rings(desk)
    assert (await desk.verify(MAINTENANCE_WINDOW, end)).helped is True

    desk.passes(timedelta(minutes=30))
    again = await desk.undo(MAINTENANCE_WINDOW, end)
    assert again.wanted["until"] == hushed.wanted["until"]
    await desk.carry_out(MAINTENANCE_WINDOW, again)
    assert not rings(desk)


async def test_what_is_so_already_is_said_and_not_done_again(desk: Telling) -> None:
    assert (await desk.plan(MAINTENANCE_WINDOW, "billing off")).nothing_to_do == "Billing is not hushed."
    plan = await desk.plan(MAINTENANCE_WINDOW, "billing 2h")
    await desk.carry_out(MAINTENANCE_WINDOW, plan)
    assert "is hushed already" in (await desk.plan(MAINTENANCE_WINDOW, "billing 1h")).nothing_to_do
    longer = await desk.plan(MAINTENANCE_WINDOW, "billing 3h")
    assert (longer.nothing_to_do, longer.before) == ("", "hushed until 00:00")


@pytest.mark.parametrize("kind", ["drop_after", "internal_error_applied", "drop_before", "http_503", "ratelimited"])
async def test_a_lost_answer_opens_no_second_window(desk: Telling, kind: str) -> None:
    plan = await desk.plan(MAINTENANCE_WINDOW, "control-plane 1h")
    desk.breaks(kind, "pagerduty", OPENING)
    await desk.carry_out(MAINTENANCE_WINDOW, plan)
    assert len(await windows(desk)) == 1
    await desk.carry_out(MAINTENANCE_WINDOW, plan, look=True)
    assert len(await windows(desk)) == 1


async def test_it_is_not_begun_when_its_time_is_over(desk: Telling) -> None:
    plan = await desk.plan(MAINTENANCE_WINDOW, "control-plane 5m")
    desk.passes(timedelta(minutes=5))
    with pytest.raises(Superseded, match="The time for it is over"):
        await desk.carry_out(MAINTENANCE_WINDOW, plan)


async def test_an_end_that_came_by_itself_is_as_good(desk: Telling) -> None:
    hushed = await desk.plan(MAINTENANCE_WINDOW, "control-plane 5m")
    await desk.carry_out(MAINTENANCE_WINDOW, hushed)
    end = await desk.plan(MAINTENANCE_WINDOW, "control-plane off")
    desk.passes(timedelta(minutes=6))
    await desk.carry_out(MAINTENANCE_WINDOW, end)
    assert rings(desk)
    assert (await desk.verify(MAINTENANCE_WINDOW, end)).helped is True


async def test_when_nobody_can_look_it_is_not_called_a_success(desk: Telling) -> None:
    plan = await desk.plan(MAINTENANCE_WINDOW, "control-plane 1h")
    await desk.carry_out(MAINTENANCE_WINDOW, plan)
    desk.breaks("http_500", "pagerduty", "GET /maintenance_windows")
    with pytest.raises(CouldNotLook, match="PagerDuty is failing"):
        await MAINTENANCE_WINDOW.verify(desk.world, plan, desk.now)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("control-plan 1h", "There is no service of PagerDuty `control-plan`; did you mean `control-plane`?"),
        ("control-plane 7h", "7h is no length of a maintenance; say how long, from 5m to 6h, or off."),
        ("control-plane 4m", "say how long, from 5m to 6h"),
        ("control-plane of", "did you mean off?"),
        ("control-plane off now", "To end it: /ops maintenance-window control-plane off."),
    ],
)
async def test_bad_input_is_refused_with_the_nearest_choice(desk: Telling, words: str, sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        desk.read(MAINTENANCE_WINDOW, words)
    assert sentence in str(caught.value)


async def test_what_is_missing_is_asked_and_what_is_not_configured_is_said(desk: Telling) -> None:
    with pytest.raises(Lacking):
        desk.read(MAINTENANCE_WINDOW, "")
    plan = await desk.plan(MAINTENANCE_WINDOW, "control-plane 1h")
    desk.world = replace(desk.world, windows=None)
    with pytest.raises(NotConfigured, match="set PAGERDUTY_API_TOKEN and PAGERDUTY_FROM"):
        await desk.plan(MAINTENANCE_WINDOW, "control-plane 1h")
    desk.hands = Hands(world=desk.world)
    with pytest.raises(NotConfigured):
        await desk.carry_out(MAINTENANCE_WINDOW, plan)
    desk.is_organised(replace(desk.world.organisation, paging=Paging()))
    with pytest.raises(Refused, match=r"under pagerduty\.services"):
        desk.read(MAINTENANCE_WINDOW, "control-plane 1h")


async def test_the_effects_open_one_window_for_several_and_end_it(desk: Telling) -> None:
    effects, services = Hushing(desk.hands), ("control-plane", "platform")
    begin = OpenMaintenance(
        mark="maintenance-3",
        services=services,
        since=desk.now,
        until=desk.now + timedelta(hours=2),
        says="First Sunday",
    )
    desk.breaks("drop_after", "pagerduty", OPENING)
    first = await desk.until_done(lambda attempt: effects.open(begin, attempt))
    again = await desk.until_done(lambda attempt: effects.open(begin, attempt))
    assert first.facts == again.facts
    assert not rings(desk, "Platform database")

    end = EndMaintenance(mark="maintenance-3", services=services)
    for _ in range(2):
        await desk.until_done(lambda attempt: effects.end(end, attempt))
    assert rings(desk)
    with pytest.raises(GiveUp, match="did you mean `billing`"):
        await desk.until_done(lambda attempt: effects.end(replace(end, services=("biling",)), attempt))


async def test_an_effect_whose_time_is_over_says_so(desk: Telling) -> None:
    begin = OpenMaintenance(mark="late", services=("billing",), since=desk.now, until=desk.now, says="Late")
    with pytest.raises(GiveUp, match="its time is over"):
        await desk.until_done(lambda attempt: Hushing(desk.hands).open(begin, attempt))
