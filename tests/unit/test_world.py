"""The platform is a function of what happened and of the time, so its past stays as it was and everything agrees."""

import asyncio
from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.metric_query import Measure
from sandbox.slack.archive import Archive
from sandbox.world.breakages import BREAKAGES
from sandbox.world.cloud_service import Target
from sandbox.world.histogram import LATENCY_BOUNDS, lognormal_parts, quantile, whole
from sandbox.world.log_entry import REQUESTS
from sandbox.world.season import DAY, WEEK, busyness, busyness_between
from sandbox.world.spec import INSTANCE, SERVICES
from sandbox.world.ticket import COMPLAINTS, USUAL
from tests.world import MINUTE, SmallWorld

HOUR = timedelta(hours=1)
OF_DATABASE = {measure for measure in Measure if measure.name.startswith(("DATABASE", "REPLICA"))}


@pytest.fixture
def world() -> SmallWorld:
    return SmallWorld()


def _everything(world: SmallWorld, since: float, until: float) -> object:
    """All that can be seen of a stretch of the past, in minutes before now."""
    begin, end = world.now() - since * MINUTE, world.now() - until * MINUTE
    platform = world.platform
    return (
        [
            platform.series(
                measure, INSTANCE if measure in OF_DATABASE else service, since=begin, until=end, step=MINUTE
            )
            for measure in Measure
            for service in SERVICES
        ],
        list(platform.log(since=begin, until=end)),
        platform.counters(end),
        platform.connections(end),
        platform.slow_queries(end),
        platform.backups(at=end),
        platform.rows(at=end),
        platform.service("control-plane", end),
        [ticket for ticket in platform.tickets() if begin <= ticket.opened_at < end],
    )


def test_the_same_world_shows_the_same(world: SmallWorld) -> None:
    other = SmallWorld()
    for each in (world, other):
        each.platform.break_("bad-deploy")
        each.pass_minutes(7)
        each.platform.break_("tool-down")
        each.pass_minutes(4)
    assert _everything(world, 12, 0) == _everything(other, 12, 0)


@settings(max_examples=8, deadline=None)
@given(first=st.sampled_from(list(BREAKAGES)), second=st.sampled_from(list(BREAKAGES)), minutes=st.integers(1, 25))
def test_the_past_does_not_change_by_what_happens_later(first: str, second: str, minutes: int) -> None:
    world = SmallWorld()
    world.platform.break_(first)
    world.pass_minutes(minutes)
    begin, end = world.now() - 5 * MINUTE, world.now()
    before = _everything(world, 5, 0)
    world.pass_minutes(1)
    world.platform.break_(second)
    world.roll_back("control-plane")
    world.platform.kill_connections([each.pid for each in world.platform.connections()][:9])
    world.pass_minutes(3)
    later = (world.now() - end).total_seconds() / 60
    after = _everything(world, (world.now() - begin).total_seconds() / 60, later)
    assert _without_ages(after) == _without_ages(before)


def _without_ages(seen: object) -> object:
    """Tickets are solved as time passes; that they were opened does not change."""
    assert isinstance(seen, tuple)
    return (*seen[:-1], [(ticket.number, ticket.subject, ticket.opened_at) for ticket in seen[-1]])


def test_the_same_hour_of_other_weeks_is_much_like_this_one_and_never_the_same(world: SmallWorld) -> None:
    counts = [_requests(world, weeks=weeks, of="control-plane", measure=Measure.REQUEST_COUNT) for weeks in range(5)]
    assert max(counts) < 1.15 * min(counts)
    assert len(set(counts)) == 5


def _requests(world: SmallWorld, *, weeks: int, of: str, measure: Measure) -> float:
    until = world.now() - weeks * timedelta(weeks=1)
    every = world.platform.series(measure, of, since=until - HOUR, until=until, step=HOUR)
    return sum(each.points[0].value for each in every)


def test_nights_and_weekends_are_quiet() -> None:
    noon, night = 18 * 3600.0, 6 * 3600.0
    sunday, wednesday = 3 * DAY, 6 * DAY
    assert busyness("web", wednesday + noon) > 1.6 * busyness("web", wednesday + night)
    assert busyness("web", wednesday + noon) > 1.3 * busyness("web", sunday + noon)


@given(since=st.floats(1.7e9, 1.9e9), length=st.floats(1, 3 * WEEK))
def test_how_much_there_was_is_the_sum_of_its_parts(since: float, length: float) -> None:
    middle, until = since + length / 3, since + length
    parts = busyness_between("web", since, middle) + busyness_between("web", middle, until)
    assert parts == pytest.approx(busyness_between("web", since, until), rel=1e-6, abs=1e-3)
    assert 0.1 * length < busyness_between("web", since, until) < 1.9 * length


@given(moment=st.floats(1.7e9, 1.9e9))
def test_somebody_is_always_there(moment: float) -> None:
    assert busyness("control-plane", moment) > 0.1


@settings(max_examples=10, deadline=None)
@given(minutes=st.lists(st.floats(0.1, 60 * 5), min_size=2, max_size=4), breakage=st.sampled_from(list(BREAKAGES)))
def test_counters_only_grow(minutes: list[float], breakage: str) -> None:
    world = SmallWorld()
    world.platform.break_(breakage)
    before = world.platform.counters()
    for each in minutes:
        world.pass_minutes(each)
        after = world.platform.counters()
        for key, value in after.items():
            if key[0].endswith("_total"):
                assert value >= before[key]
        before = after


@given(counts=st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_whole_counts_add_up(counts: list[float]) -> None:
    found = whole(counts, "anything")
    assert abs(sum(found) - sum(counts)) <= 1 + 1e-6 * sum(counts)
    assert all(abs(number - count) <= 1 + 1e-6 * count for number, count in zip(found, counts, strict=True))


@given(median=st.floats(10, 5000), wanted=st.sampled_from([0.5, 0.95, 0.99]))
def test_a_percentile_of_a_histogram_is_near_the_true_one(median: float, wanted: float) -> None:
    deviations = {0.5: 0.0, 0.95: 1.645, 0.99: 2.326}[wanted]
    true = median * 2.718281828 ** (0.55 * deviations)
    assert quantile(lognormal_parts(median), wanted, LATENCY_BOUNDS) == pytest.approx(true, rel=0.2)


def test_log_and_numbers_tell_of_the_same_errors(world: SmallWorld) -> None:
    counted = world.counted(Measure.REQUEST_COUNT, "control-plane", minutes=120)
    failed = sum(value for labels, value in counted.items() if dict(labels)["class"] == "5xx")
    since = world.now() - 2 * HOUR
    entries = world.platform.log("control-plane", since=since, until=world.now(), troubles=True)
    written = [each for each in entries if each.log == REQUESTS]
    assert failed > 10
    assert len(written) == pytest.approx(failed, rel=0.5, abs=10)
    assert {each.revision for each in written} == {"control-plane-00041"}
    assert all(each.request and each.request.status >= 500 for each in written)


def test_entries_are_counted_as_they_are_read(world: SmallWorld) -> None:
    world.platform.break_("bad-deploy")
    world.pass_minutes(10)
    counted: Counter[tuple[str, str]] = Counter()
    for series in world.platform.series(
        Measure.LOG_ENTRIES, "control-plane", since=world.now() - 15 * MINUTE, until=world.now(), step=MINUTE
    ):
        counted[series.labels["log"], series.labels["severity"]] += int(sum(point.value for point in series.points))
    entries = world.platform.log("control-plane", since=world.now() - 15 * MINUTE, until=world.now(), troubles=True)
    assert counted == Counter((each.log, each.severity) for each in entries)


def test_entries_come_newest_first_and_only_from_the_stretch_asked_for(world: SmallWorld) -> None:
    world.platform.break_("wont-start")
    world.pass_minutes(4.4)
    since, until = world.now() - 3.3 * MINUTE, world.now() - 0.7 * MINUTE
    moments = [each.at for each in world.platform.log(since=since, until=until)]
    assert moments == sorted(moments, reverse=True)
    assert since.timestamp() <= moments[-1] <= moments[0] < until.timestamp()
    assert not list(world.platform.log(since=world.now(), until=world.now() + HOUR))


def test_no_two_entries_have_the_same_id(world: SmallWorld) -> None:
    world.platform.break_("bad-deploy")
    world.pass_minutes(5)
    ids = [each.id for each in world.platform.log(since=world.now() - HOUR, until=world.now())]
    assert len(ids) == len(set(ids))


def test_connections_numbers_and_load_agree(world: SmallWorld) -> None:
    world.platform.break_("connection-leak")
    world.pass_minutes(4)
    until = world.now()
    connections = world.platform.connections()
    series = world.platform.series(
        Measure.DATABASE_CONNECTIONS, INSTANCE, since=until - MINUTE, until=until, step=MINUTE
    )
    assert len(connections) == world.platform.load().database.used
    assert series[0].points[-1].value == pytest.approx(len(connections), abs=20)
    assert len({each.pid for each in connections}) == len(connections)
    assert all(each.began_at <= each.changed_at <= until.timestamp() for each in connections)


def test_customers_complain_when_something_is_wrong(world: SmallWorld) -> None:
    assert {ticket.subject for ticket in world.platform.tickets()} <= set(USUAL)
    assert 4 < len(world.platform.tickets()) / 35 < 25
    world.platform.break_("lost-data")
    world.pass_minutes(45)
    fresh = [ticket for ticket in world.platform.tickets() if world.now() - ticket.opened_at < 45 * MINUTE]
    assert len(fresh) > 4
    assert {ticket.subject for ticket in fresh} & set(COMPLAINTS["lost"])


def test_nothing_is_measured_of_a_time_that_has_not_come(world: SmallWorld) -> None:
    until = world.now() + 10 * MINUTE
    series = world.platform.series(Measure.CPU, "web", since=world.now() - 5 * MINUTE, until=until, step=MINUTE)
    assert series[0].points[-1].at == world.now().timestamp()
    assert len(series[0].points) == 5


def test_what_is_done_stays_done_when_the_clock_goes_back(world: SmallWorld) -> None:
    world.pass_minutes(60)
    world.platform.break_("bad-deploy")
    world.pass_minutes(5)
    assert world.errors("control-plane") > 0.1
    world.pass_minutes(-63)
    world.pass_minutes(1)
    assert world.broken == ["bad-deploy"]
    assert world.errors("control-plane") > 0.1
    assert world.platform.revisions("control-plane")[0].name == "control-plane-00042"


def test_the_clock_may_go_back_behind_the_founding(world: SmallWorld) -> None:
    world.pass_minutes(-24 * 60)
    world.platform.break_("bad-deploy")
    assert world.platform.load().services["control-plane"].rate > 0
    assert world.platform.counters()
    assert world.platform.tickets()


async def test_a_restart_finds_the_platform_as_it_was(tmp_path: Path) -> None:
    first_archive = Archive(tmp_path)
    first = SmallWorld(first_archive)
    first.platform.break_("bad-deploy")
    first.platform.scale("web", least=3, most=9)
    first.pass_minutes(3)
    first.platform.set_traffic("control-plane", [Target(percent=100, revision="control-plane-00041")])
    first.platform.create_backup(description="before")
    await first_archive.stop()
    await asyncio.sleep(0)

    second = SmallWorld(Archive(tmp_path), start=first.now())
    assert asdict(second.platform.state()) == asdict(first.platform.state())
    assert _everything(second, 5, 0) == _everything(first, 5, 0)
