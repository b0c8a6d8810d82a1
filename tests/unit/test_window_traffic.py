"""The traffic of a maintenance's window is compared with the usual week, on the local clock, hour by hour."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from bot.domain.bounds import Bounds
from bot.domain.chart import Point, Series, Week
from bot.domain.evidence import CouldNotLook, Evidence, Subject, Verdict
from bot.domain.maintenance import Maintenance
from bot.domain.maintenance_notice import Notice
from bot.domain.metric_query import Measure
from bot.domain.run import Run, State
from bot.domain.start import Sheet, Start
from playbooks.evidence.gather import look
from playbooks.evidence.usual_week import cells_between, usual_of
from playbooks.glances import Wanted
from playbooks.maintenance_run import PLANNED, looks_of
from playbooks.maintenances import WINDOW
from playbooks.messages.sheet import sheet_message
from playbooks.sight import Sight
from playbooks.world import Metrics, World
from tests.as_text import message_text
from tests.empty_world import Blank, empty_world
from tests.golden_file import assert_golden
from tests.made_metrics import MadeMetrics, Stretch

NEW_YORK, KOLKATA = ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
TUESDAY = datetime(2026, 3, 24, 15, 20, tzinfo=UTC)
"""Two weeks after clocks were put forward: of the four weeks two are before that, and two after."""
SUNDAY = datetime(2026, 4, 5, 2, tzinfo=UTC)
"""Saturday, 22:00 in New York."""
HOUR = timedelta(hours=1)
SAT, SUN, WED = 5, 6, 2


def maintenance(number: int = 7, starts: datetime = SUNDAY, *services: str) -> Maintenance:
    return Maintenance(
        number=number,
        title="Move to the new cache",
        starts_at=starts,
        ends_at=starts + 2 * HOUR,
        services=services or ("control-plane",),
        planned_at=TUESDAY,
        announced=dict.fromkeys(Notice, TUESDAY),
    )


class Planned(Blank):
    """Some maintenances are planned."""

    def __init__(self, *planned: Maintenance) -> None:
        self._planned = planned

    async def maintenances(self) -> Sequence[Maintenance]:
        return self._planned


class Traffic:
    """How much is asked of each service at each local hour, and which reads were made."""

    def __init__(self, at: Callable[[datetime], float | None], service: str = "control-plane") -> None:
        self._at = at
        self._service = service
        self.asked: list[Stretch] = []

    def rule(self, measure: Measure, asked: Stretch) -> Sequence[Series]:
        assert measure is Measure.REQUEST_COUNT
        self.asked.append(asked)
        found = [(each.at, self._at((each.at - HOUR).astimezone(NEW_YORK))) for each in asked.points(0)]
        points = tuple(Point(at=at, value=value) for at, value in found if value is not None)
        other = Series(points=asked.points(1_000_000), labels=(("service", "of-somebody-else"),))
        return [Series(points=points, labels=(("service", self._service),)), other]

    def world(self, *planned: Maintenance) -> World:
        made = replace(empty_world(TUESDAY), memory=Planned(*planned or (maintenance(),)))
        return replace(made, metrics=cast("Metrics", MadeMetrics(self.rule)))


def office(local: datetime) -> float:
    """Ten times as much at ten in the morning as at night, half at weekends, hardly anything on Sunday from 3 to 5."""
    if local.weekday() == SUN and local.hour in {3, 4}:
        return 100.0
    by_day = 5000.0 if 8 <= local.hour < 18 else 1000.0
    return by_day / 2 if local.weekday() >= SAT else by_day + (local.weekday() == WED) * (local.hour == 10) * 5000


async def seen(world: World, *words: str) -> Evidence:
    services = tuple(world.organisation.services)
    subject = Subject(services=services, since=TUESDAY - HOUR, until=TUESDAY, words=words)
    return await look(world, "window-traffic", subject)


def says(evidence: Evidence) -> tuple[Verdict, str]:
    [finding] = evidence.findings
    return finding.verdict, finding.says


async def test_a_quiet_window_is_said_with_the_busiest_and_the_quietest_hours() -> None:
    traffic = Traffic(office)
    assert says(await seen(traffic.world())) == (
        Verdict.GREEN,
        "Sun 5 Apr 02:00–04:00 UTC (Sat 22:00–00:00 EDT): 5.0 % of the busiest hour (Wed 10:00); "
        "quietest 2 h: from Sun 03:00, 1.0 %",
    )


async def test_one_read_hour_by_hour_over_four_weeks_is_all_it_costs() -> None:
    traffic = Traffic(office)
    found = await seen(traffic.world(maintenance()), "MNT-7")
    assert len(found.charts) == 1
    [asked] = traffic.asked
    assert asked.step == HOUR
    assert asked.until == TUESDAY.replace(minute=0)
    assert asked.until - asked.since == timedelta(weeks=4) - HOUR, "an hour less, as clocks were put forward"


async def test_its_picture_is_the_week_on_the_local_clock_with_the_window_framed() -> None:
    [chart] = (await seen(Traffic(office).world())).charts
    assert chart.title == "MNT-7: usual requests by hour of the week, America/New_York"
    assert chart.unit == "an hour"
    assert chart.proof, "it is shown although all is well"
    assert "5.0 % of the busiest hour" in chart.alt
    week = chart.week
    assert isinstance(week, Week)
    assert week.framed == ((SAT, 22), (SAT, 23))
    assert (week.hours[WED][10], week.hours[WED][9], week.hours[SUN][3]) == (10_000, 5000, 100)


async def test_a_busy_window_is_amber_and_named_a_better_one() -> None:
    traffic = Traffic(office)
    busy = maintenance(7, datetime(2026, 4, 1, 14, tzinfo=UTC))
    verdict, told = says(await seen(traffic.world(busy)))
    assert verdict is Verdict.AMBER
    assert "75 % of the busiest hour" in told
    assert told.endswith("quietest 2 h: from Sun 03:00, 1.0 %; plan it there if you can")


async def test_the_operators_threshold_decides() -> None:
    world = Traffic(office).world()
    strict = {**world.organisation.thresholds, "window-traffic": Bounds(amber=0.03, red=0.04)}
    strictly = replace(world, organisation=replace(world.organisation, thresholds=strict))
    assert (await seen(strictly)).verdict is Verdict.RED


async def test_a_window_where_no_hour_of_the_week_is_much_quieter_is_a_quiet_one() -> None:
    assert says(await seen(Traffic(lambda _: 500.0).world())) == (
        Verdict.GREEN,
        "Sun 5 Apr 02:00–04:00 UTC (Sat 22:00–00:00 EDT): 100 % of the busiest hour (Mon 00:00); "
        "no 2 h of the week are quieter",
    )


async def test_where_nobody_asks_for_anything_at_night_the_night_is_quiet() -> None:
    verdict, told = says(await seen(Traffic(lambda local: 500.0 if 8 <= local.hour < 18 else None).world()))
    assert (verdict, "0 % of the busiest hour" in told) == (Verdict.GREEN, True)


async def test_numbers_that_do_not_reach_back_to_such_an_hour_say_nothing_of_it() -> None:
    monday = datetime(2026, 3, 23, tzinfo=NEW_YORK)
    found = await seen(Traffic(lambda local: office(local) if local >= monday else None).world())
    assert says(found)[0] is Verdict.NO_DATA
    assert "do not go back far enough" in says(found)[1]
    [chart] = found.charts
    assert chart.week
    assert chart.week.hours[SAT][22] is None


@pytest.mark.parametrize(
    ("asked", "told"),
    [(None, "nothing was asked for in four weeks"), (0.001, "1 request in four weeks, too few to tell")],
)
async def test_without_traffic_there_is_nothing_to_compare(asked: float | None, told: str) -> None:
    found = await seen(Traffic(lambda _: asked).world())
    assert found.verdict is Verdict.NO_DATA
    assert told in says(found)[1]


async def test_each_that_is_planned_is_said_or_the_one_that_is_named() -> None:
    world = Traffic(office).world(maintenance(7), maintenance(8, SUNDAY + timedelta(days=3), "billing"))
    assert len((await seen(world)).findings) == 2
    assert [each.says[:9] for each in (await seen(world, "MNT-8")).findings] == ["Wed 8 Apr"]
    assert says(await seen(world, "MNT-9")) == (Verdict.NO_DATA, "No maintenance is planned")


async def test_what_is_not_configured_or_does_not_answer_is_said() -> None:
    bare = replace(Traffic(office).world(), metrics=None)
    assert (await seen(bare)).verdict is Verdict.NOT_CONFIGURED

    def silent(_measure: Measure, _asked: Stretch) -> Sequence[Series]:
        raise CouldNotLook("Cloud Monitoring does not answer in time.")

    blind = replace(bare, metrics=cast("Metrics", MadeMetrics(silent)))
    assert says(await seen(blind)) == (Verdict.COULD_NOT_LOOK, "Cloud Monitoring does not answer in time.")


async def test_the_message_below_the_card() -> None:
    busy = maintenance(7, datetime(2026, 4, 1, 14, tzinfo=UTC))
    traffic = Traffic(office)
    worlds = [traffic.world(), traffic.world(busy), replace(traffic.world(), metrics=None)]
    told = [message(await seen(world, "MNT-7")) for world in worlds]
    assert_golden("messages/maintenance-window.txt", "\n\n==========\n\n".join(told))


def message(evidence: Evidence) -> str:
    """What stands in the thread of the card once it was looked."""
    playbook = looks_of("MNT-7", Wanted(title=WINDOW, evidence=PLANNED))
    sheet = Sheet(due=TUESDAY, since=TUESDAY - timedelta(days=1), thread="maintenance/7/card")
    run = Run(id=3, incident=0, playbook=playbook, started_at=TUESDAY, start=Start(by="", place="x", sheet=sheet))
    run.open_next(TUESDAY)
    for step in list(run.open_steps()):
        run.end(step.key, State.DONE, by="", now=TUESDAY)
    return message_text(sheet_message(run, sheet, Sight(evidence={evidence.name: evidence})))


def test_a_week_in_which_clocks_change_is_a_week_like_others() -> None:
    """The hour that does not exist is not missed, and one that comes twice counts twice."""
    until = datetime(2026, 3, 9, 4, tzinfo=UTC)
    counted = {until - HOUR * back: 100.0 for back in range(1, 24 * 28)}
    week = usual_of(counted, until, NEW_YORK)
    assert len(week.usual) == 24 * 7
    assert set(week.usual.values()) == {100.0}
    assert cells_between(datetime(2026, 3, 8, 6, tzinfo=UTC), datetime(2026, 3, 8, 8, tzinfo=UTC), NEW_YORK) == [
        (SUN, 1),
        (SUN, 3),
    ]


def test_a_hole_in_the_numbers_is_no_quiet_hour() -> None:
    until = datetime(2026, 3, 3, 5, tzinfo=UTC)
    counted = {until - HOUR * back: 100.0 for back in range(1, 24 * 28 + 1)}
    for back in range(1, 24 * 15):
        del counted[until - HOUR * back]
    assert set(usual_of(counted, until, NEW_YORK).usual.values()) == {100.0}


def test_hours_of_a_clock_that_is_half_an_hour_off_are_its_own() -> None:
    since = datetime(2026, 4, 5, 2, tzinfo=UTC)
    assert cells_between(since, since + 2 * HOUR, KOLKATA) == [(SUN, 7), (SUN, 8), (SUN, 9)]


def test_the_quietest_hours_may_begin_on_sunday_and_end_on_monday() -> None:
    until = datetime(2026, 3, 2, tzinfo=UTC)
    quiet = {(SUN, 23), (0, 0)}
    hours = [until - HOUR * back for back in range(1, 24 * 28 + 1)]
    counted = {at: 1.0 if (at.weekday(), at.hour) in quiet else 9.0 for at in hours}
    assert usual_of(counted, until, ZoneInfo("UTC")).quietest(2) == [(SUN, 23), (0, 0)]
