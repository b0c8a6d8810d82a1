"""How long gathering evidence takes beside its slowest source, and what drawing charts costs the event loop."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.figure import Figure, median, seconds
from benchmarks.ground import EXAMPLE
from benchmarks.neighbourhood import neighbourhood
from bot.domain.chart import Chart, Look, Marker, Point, Threshold, Trace
from bot.domain.evidence import Subject
from bot.looking import world_of
from bot.organisation_file import load_organisation
from bot.settings import load_settings
from bot.slack.artist import Artist
from bot.store.database import open_database
from bot.store.migrate import migrate
from bot.store.unit_of_work import Store
from playbooks import load
from playbooks.evidence.gather import gather
from playbooks.looks import asked
from playbooks.vocabulary import vocabulary
from playbooks.world import World
from sandbox.clock import SandboxClock

LATENCY = 200
SLOW = 1000
"""Milliseconds that a source takes to answer each call: as they do, and so slowly that what the practice ground itself
needs to answer hardly counts."""
TIMES = 1.2
FIRST_WITHIN = 1.0
LONGEST_STALL = 0.05
NOON = datetime(2026, 3, 9, 16, tzinfo=UTC)


async def evidence(*, repeat: int) -> list[Figure]:
    """What the morning checklist looks at, and a chart of it."""
    names = list(dict.fromkeys(asked(load(vocabulary(), None).find("morning-checklist").steps())))
    async with _world(LATENCY) as world:
        await _took(world, names)
        single = [await _took(world, [name]) for name in names]
        first = min(took for took in single if took * 1000 >= LATENCY)
    async with _world(SLOW) as world:
        await _took(world, names)
        alone = {name: median([await _took(world, [name]) for _ in range(repeat)]) for name in names}
        together = median([await _took(world, names) for _ in range(repeat)])
    slowest = max(alone, key=lambda name: alone[name])
    times = together / alone[slowest]
    return [
        Figure(
            what=f"the morning checklist's evidence together, sources at {SLOW} ms a call",
            ours=f"{seconds(together)} = {times:.2f} ×",
            bound=f"its slowest, {slowest}: {seconds(alone[slowest])}",
            target=f"≤ {TIMES} ×",
            met=times <= TIMES,
        ),
        Figure(
            what=f"the first of it, sources at {LATENCY} ms a call",
            ours=seconds(first),
            target=f"≤ {seconds(FIRST_WITHIN)}",
            met=first <= FIRST_WITHIN,
        ),
        *await _drawing(repeat),
    ]


@contextlib.asynccontextmanager
async def _world(latency: int) -> AsyncIterator[World]:
    with tempfile.TemporaryDirectory(prefix="opsbot-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'opsbot.db'}"
        migrate(url)
        async with neighbourhood(latency) as told:
            clock = SandboxClock(start=datetime.fromisoformat(told.pop("now")))
            store = Store(open_database(url), clock)
            organisation = load_organisation(EXAMPLE)
            try:
                async with world_of(load_settings(told), organisation, store) as world:
                    yield world
            finally:
                await store.close()


async def _took(world: World, names: list[str]) -> float:
    now = world.clock.now()
    subject = Subject(services=tuple(world.organisation.services), since=now - timedelta(hours=1), until=now)
    began = time.monotonic()
    await gather(world, names, subject)
    return time.monotonic() - began


async def _drawing(repeat: int) -> list[Figure]:
    """The first chart loads what draws it; how long the event loop stands still meanwhile."""
    artist = Artist(ZoneInfo("America/New_York"))
    took: list[float] = []
    with _watched() as stalls:
        for _ in range(repeat + 1):
            began = time.monotonic()
            await artist.draw((_chart(),))
            took.append(time.monotonic() - began)
    await artist.close()
    worst = max(stalls, default=0.0)
    return [
        Figure(what="a chart drawn", ours=f"{seconds(median(took[1:]))} (the first {seconds(took[0])})", met=True),
        Figure(
            what="longest standstill of the event loop, drawing charts",
            ours=seconds(worst),
            target=f"≤ {seconds(LONGEST_STALL)}",
            met=worst <= LONGEST_STALL,
        ),
    ]


@contextlib.contextmanager
def _watched() -> Iterator[list[float]]:
    """How late the event loop was, each time it should have come round at once."""
    stalls: list[float] = []

    async def watch() -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.001)
            stalls.append(time.monotonic() - began)

    watching = asyncio.ensure_future(watch())
    try:
        yield stalls
    finally:
        watching.cancel()


def _chart() -> Chart:
    """Two lines over six hours, last week's, a threshold and what was deployed."""
    times = [NOON + timedelta(minutes=minute) for minute in range(360)]

    def line(name: str, level: float, look: Look = Look.LINE) -> Trace:
        points = tuple(Point(at=at, value=level + number % 7) for number, at in enumerate(times))
        return Trace(name=name, points=points, look=look)

    return Chart(
        title="Control plane: latency",
        unit="ms",
        alt="The latency of Control plane.",
        traces=(line("p95", 310), line("p99", 620), line("p95 last week", 300, Look.DASHED)),
        markers=(Marker(at=times[200], label="00042"),),
        thresholds=(Threshold(value=500, label="amber from 500 ms"),),
    )
