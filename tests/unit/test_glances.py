"""What somebody only wants to see: read from the line, kept as a run of evidence, forgotten after a while."""

import inspect
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Refused
from bot.domain.looking import LookAt
from bot.store.housekeeping import prune
from playbooks import Catalogue, load
from playbooks.beginning import Somewhere
from playbooks.evidence import EVIDENCE
from playbooks.glances import AS_IT_IS, BACKUPS, DATABASE, LOGS, METRICS, ON_CALL, ROTA, Glances, Wanted, check_named
from playbooks.parameters import told_in
from playbooks.service_words import services_named
from playbooks.stretch import USUAL, stretch_last
from playbooks.vocabulary import vocabulary
from tests import night
from tests.looked import SLOW, charts, looking_catalogue, opened
from tests.war_room import ANA, START, WarRoom

GENERAL = Somewhere(channel="C0GENERAL")


@pytest.fixture
async def room(store_url: str, tmp_path: Path) -> AsyncIterator[WarRoom]:
    async with opened(store_url, looking_catalogue(tmp_path)) as room:
        yield room


def test_all_that_commands_look_at_is_evidence() -> None:
    groups = (LOGS, METRICS, ON_CALL, ROTA, *DATABASE.values(), *BACKUPS.values())
    assert {name for names in groups for name in names} <= set(EVIDENCE)


@pytest.mark.parametrize(
    ("line", "before", "stretch"),
    [
        ("web", "web", USUAL),
        ("", "", USUAL),
        ("web 30m", "web", timedelta(minutes=30)),
        ("web 90 minutes", "web", timedelta(minutes=90)),
        ("web for the last 2 hours", "web", timedelta(hours=2)),
        ("Control plane last 1d", "Control plane", timedelta(days=1)),
        ("2h", "", timedelta(hours=2)),
        ("web 7d", "web", timedelta(days=7)),
        ("web2", "web2", USUAL),
    ],
)
def test_a_stretch_of_time_stands_at_the_end_of_a_line(line: str, before: str, stretch: timedelta) -> None:
    assert stretch_last(line) == (before, stretch)


@pytest.mark.parametrize("line", ["web 5x", "web 0m", "web 8d", "web 99999d", "web 1e9h", "5"])
def test_what_is_no_stretch_of_time_is_refused(line: str) -> None:
    with pytest.raises(Refused, match="write it like 30m, 2h or 1d"):
        stretch_last(line)


@pytest.mark.parametrize(
    ("line", "services"),
    [
        ("control-plane", ("control-plane",)),
        ("Control Plane", ("control-plane",)),
        ("web billing", ("web", "billing")),
        ("web, Control plane, web", ("web", "control-plane")),
        ("", ()),
    ],
)
def test_services_are_named_by_key_or_title(line: str, services: tuple[str, ...]) -> None:
    assert services_named(line, night.organisation()) == services


@pytest.mark.parametrize(
    ("line", "found", "rest"),
    [
        ("latency", "latency", ""),
        ("latency control-plane", "latency", "control-plane"),
        ("Latency p95/p99 web", "latency", "web"),
        ("error ratio, web", "error-ratio", "web"),
    ],
)
def test_a_check_is_named_by_the_longest_beginning_of_a_line(line: str, found: str, rest: str) -> None:
    assert check_named(line, Catalogue(playbooks={}, mistakes=())) == (found, rest)


@pytest.mark.parametrize(
    ("evidence", "words", "title", "window"),
    [
        ("latency", "", "Latency p95/p99", USUAL),
        ("latency", "3h", "Latency p95/p99, last 3 h", timedelta(hours=3)),
        ("latency", "web for the last 3 hours", "Latency p95/p99 of Web application, last 3 h", timedelta(hours=3)),
        ("backups", "", "Backups", USUAL),
    ],
)
def test_how_far_back_one_thing_is_looked_at_stands_last(
    room: WarRoom, evidence: str, words: str, title: str, window: timedelta
) -> None:
    wanted = Glances(store=room.store, organisation=night.organisation()).check(evidence, words)

    assert (wanted.title, wanted.window) == (title, window)


def test_what_is_looked_at_as_it_is_now_is_not_asked_of_another_time(room: WarRoom) -> None:
    assert set(EVIDENCE) > AS_IT_IS
    with pytest.raises(Refused, match="Backups is looked at as it is now; leave the time out"):
        Glances(store=room.store, organisation=night.organisation()).check("backups", "3h")


def test_every_look_that_takes_no_time_is_known_to_take_none() -> None:
    """Its module reads no stretch of time, so that whoever names one would be shown something else than they think."""
    takes = re.compile(r"subject\.since|\bwindow_of\(|evidence\.dial import")
    sources = {name: inspect.getsource(sys.modules[kind.look.__module__]) for name, kind in EVIDENCE.items()}

    assert {name for name, source in sources.items() if not takes.search(source)} == AS_IT_IS


def test_a_playbook_is_told_no_time_that_it_would_not_use() -> None:
    catalogue = load(vocabulary(), None)
    with pytest.raises(Refused, match="says itself how far back it looks"):
        told_in(catalogue.find("morning-checklist"), "3h", night.organisation())


async def test_a_look_is_made_over_its_own_stretch_of_time_and_ends(room: WarRoom) -> None:
    run = await look(room)
    (made,) = (each for each in room.outside.done if isinstance(each, LookAt))

    assert (made.incident, made.run, made.services) == (0, run, ("web",))
    assert made.since == START - timedelta(hours=2)
    async with room.store.look() as unit:
        kept = await unit.runs.get(run)
        assert await unit.evidence.of(incident=0, run=run)
    assert kept
    assert kept.ended_at


async def test_of_many_charts_those_of_the_worst_are_shared(room: WarRoom) -> None:
    names = ("billing", "agent-runtime", "control-plane")
    drawn = tuple(replace(SLOW.charts[0], title=name, subject=name) for name in names)
    room.outside.seen = {"latency": replace(SLOW, charts=drawn)}
    await look(room)

    shared = [await room.rendering.chart_of(each) for each in charts(room)]
    assert [chart.title for chart in shared if chart] == ["control-plane", "billing"]


async def test_looks_are_forgotten_after_a_while_with_all_they_saw(room: WarRoom) -> None:
    run = await look(room)
    room.clock.advance(timedelta(days=31).total_seconds())
    await prune(room.store, timedelta(days=30))

    async with room.store.look() as unit:
        assert await unit.runs.get(run) is None
        assert not await unit.evidence.of(incident=0, run=run)
        assert await unit.bindings.find(f"run/{run}/phase/look") is None


async def look(room: WarRoom) -> int:
    glances = Glances(store=room.store, organisation=room.organisation)
    wanted = Wanted(title="Latency", evidence=("latency",), services=("web",), window=timedelta(hours=2))
    run = await glances.look(wanted, GENERAL, by=ANA, delivery=room.delivery())
    await room.settle(seconds=2)
    return run.id
