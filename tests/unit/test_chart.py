"""Charts are pictures that fit, whatever the numbers and names; they are shared once, in words too, below their phase."""

import asyncio
import multiprocessing
import struct
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.chart import Chart, Look, Marker, Point, Threshold, Trace, Week
from bot.domain.effect import Post
from bot.domain.errors import Retry
from bot.domain.looking import ShareChart, ShareSheet
from bot.domain.message import sentence
from bot.slack.artist import Artist
from bot.slack.chart import draw, legible, readable
from sandbox.payload import JsonObject
from tests.slack_effects import TROUBLES, SlackTown, open_slack_town

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 3, 9, 16, tzinfo=UTC)
PHASE = "incident/42/phase/assess"
TEXTS = st.text(max_size=30)
NUMBERS = st.floats(0, 1e12, allow_nan=False)
TRACES = st.builds(
    lambda name, values, look: Trace(
        name=name,
        points=tuple(Point(at=NOON + timedelta(minutes=at), value=value) for at, value in enumerate(values)),
        look=look,
    ),
    TEXTS,
    st.lists(NUMBERS, max_size=5),
    st.sampled_from(Look),
)
WEEKS = st.builds(
    lambda days, framed, frame: Week(hours=tuple((day,) * 24 for day in days), framed=tuple(framed), frame=frame),
    st.tuples(*(7 * [st.none() | NUMBERS])),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23)), max_size=3),
    TEXTS,
)
CHARTS = st.builds(
    lambda title, unit, traces, label, value, week: Chart(
        title=title,
        unit=unit,
        alt=title,
        traces=tuple(traces),
        markers=(Marker(at=NOON, label=label),),
        thresholds=(Threshold(value=value, label=label),),
        week=week,
    ),
    TEXTS,
    st.sampled_from(["ms", "%", "", "$", "bytes"]),
    st.lists(TRACES, max_size=4),
    TEXTS,
    NUMBERS,
    st.none() | WEEKS,
)
LATENCY = Chart(
    title="Control plane: latency",
    unit="ms",
    alt="p95 of Control plane jumps to 1,240 ms at 10:02.",
    traces=(Trace(name="p95", points=tuple(Point(at=NOON + timedelta(minutes=at), value=300.0) for at in range(60))),),
)


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@settings(max_examples=15, deadline=None)
@given(st.lists(CHARTS, min_size=1, max_size=6))
def test_whatever_is_drawn_is_a_picture_that_slack_shows_whole(charts: list[Chart]) -> None:
    width, height = size_of(draw(charts, NEW_YORK))

    assert 600 <= width <= 1200
    assert 300 <= height <= 700


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("costs $5 and $6", r"costs \$5 and \$6"),
        ("two\nlines", "two lines"),
        ("_hidden", "hidden"),
        ("日本", "??"),
        ("x" * 50, "x" * 29 + "…"),
    ],
)
def test_text_is_what_the_font_can_show(text: str, shown: str) -> None:
    assert legible(text, 30) == shown


@pytest.mark.parametrize(("value", "shown"), [(0, "0"), (0.5, "0.5"), (1500, "1.5k"), (2e7, "20M"), (3e9, "3G")])
def test_numbers_of_an_axis_are_short(value: float, shown: str) -> None:
    assert readable(value) == shown


@pytest.mark.parametrize("hours", [1, 3, 16, 24, 40, 64, 88, 24 * 35])
def test_every_stretch_of_time_that_is_looked_at_has_ticks(hours: int) -> None:
    """Matplotlib warns where it finds none, and warnings are errors."""
    steps = [Point(at=NOON + timedelta(hours=hours) * part / 30, value=1.0) for part in range(31)]
    chart = replace(LATENCY, traces=(Trace(name="p95", points=tuple(steps)),))
    for charts in ((chart,), (chart, chart)):
        assert draw(charts, NEW_YORK)


async def test_an_artist_draws_in_a_process_of_its_own_that_ends_with_it() -> None:
    artist = Artist(NEW_YORK)
    before = set(multiprocessing.active_children())

    assert size_of(await artist.draw((LATENCY, LATENCY)))[0] <= 1200
    (process,) = set(multiprocessing.active_children()) - before
    await artist.close()
    assert not process.is_alive()


async def test_when_its_process_is_killed_a_picture_is_tried_again_in_another() -> None:
    artist = Artist(NEW_YORK)
    before = set(multiprocessing.active_children())
    await artist.draw((LATENCY,))
    (process,) = set(multiprocessing.active_children()) - before
    process.kill()
    await asyncio.to_thread(process.join)

    with pytest.raises(Retry):
        await artist.draw((LATENCY,))
    assert size_of(await artist.draw((LATENCY,)))[0] <= 1200
    await artist.close()


@pytest.fixture
async def town() -> AsyncIterator[SlackTown]:
    """A room in which a phase stands, and latency was looked at."""
    async with open_slack_town() as town:
        town.charts["latency"] = LATENCY
        await town.once(Post(place="room/42", slot=PHASE, message=sentence("Assess")))
        yield town


def sharing(name: str = "latency") -> ShareChart:
    return ShareChart(incident=42, name=name, number=0, place="room/42", thread=PHASE, file="42-latency-0.png")


async def test_a_chart_is_shared_below_its_phase_and_told_in_words(town: SlackTown) -> None:
    receipt = await town.relayed(sharing())

    (shared,) = shared_below(town)
    assert receipt.facts["file"] == shared["id"]
    assert (shared["name"], shared["title"]) == ("42-latency-0.png", LATENCY.title)
    assert (shared["mimetype"], shared["alt_txt"]) == ("image/png", LATENCY.alt)


async def test_several_charts_are_one_picture_with_the_words_of_all(town: SlackTown) -> None:
    town.charts["errors"] = replace(LATENCY, title="Control plane: errors", alt="2 % fail.")

    await town.relayed(ShareSheet(run=7, place="room/42", thread=PHASE, title="Morning checklist", file="7.png"))

    (shared,) = shared_below(town)
    assert (shared["name"], shared["title"]) == ("7.png", "Morning checklist")
    assert shared["alt_txt"] == f"{LATENCY.alt} 2 % fail."


@pytest.mark.parametrize("kind", [kind for kind in TROUBLES if kind != "error:invalid_auth"])
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_whatever_happens_on_the_way_it_is_shared_once(town: SlackTown, kind: str, method: str) -> None:
    town.trouble(kind, method)

    await town.relayed(sharing())

    assert len(shared_below(town)) == 1


async def test_what_is_not_to_be_seen_any_more_is_not_shared(town: SlackTown) -> None:
    assert (await town.relayed(sharing("memory"))).facts == {}
    assert shared_below(town) == []


def shared_below(town: SlackTown) -> list[JsonObject]:
    """The files in the thread of the phase."""
    phase = town.bound(PHASE)
    said = town.sandbox.workspace.timeline(phase["channel"]).messages.values()
    return [file for each in said if each.thread_ts == phase["ts"] for file in each.files]
