"""What a tick of the clock and a claim of the relay cost, the more incidents are open and the longer the history is."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.crowd import Crowd
from benchmarks.figure import Figure, median
from benchmarks.ground import EXAMPLE
from bot.domain.clock import SystemClock
from bot.domain.effect import AddBookmark, room
from bot.organisation_file import load_organisation
from bot.store.database import open_database
from bot.store.due import due_lanes, next_due
from bot.store.head import Head, Taken
from bot.store.leadership import leadership_of
from bot.store.migrate import migrate
from bot.store.unit_of_work import CLAIM, Store
from playbooks import Catalogue
from playbooks.timetable import Timetable
from scheduler.due import Due

SIZES = (10, 1_000, 10_000)
FLAT = 2.0
"""How many times as much it may cost with the largest crowd as with the smallest."""


class Takes:
    """Takes whatever is its turn, and carries nothing out."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        self.taken = 0

    def admit(self, head: Head, now: datetime, *, beside: int) -> datetime | None:
        del head, now, beside
        return None

    def look_again(self, moments: Iterable[datetime | None]) -> None:
        """Nobody waits."""

    def expect(self, serials: Collection[int]) -> None:
        """All is committed here."""

    def forget(self, serials: Collection[int]) -> None:
        """Likewise."""

    def take(self, taken: Sequence[Taken]) -> None:
        self.taken += len(taken)


async def history(*, postgres: Callable[[], str], sizes: Sequence[int] = SIZES, repeat: int) -> list[Figure]:
    """Both databases; `postgres` makes an empty one."""
    with TemporaryDirectory(prefix="opsbot-bench-") as folder:
        sqlite = [f"sqlite:///{Path(folder) / f'{size}.db'}" for size in sizes]
        return [
            *await _costs(sqlite, "SQLite", sizes, repeat),
            *await _costs([postgres() for _ in sizes], "PostgreSQL", sizes, repeat),
        ]


async def _costs(urls: Sequence[str], name: str, sizes: Sequence[int], repeat: int) -> list[Figure]:
    """A database of each size, asked in turn, so that whatever else the machine does befalls all of them alike."""
    ticks: list[list[float]] = [[] for _ in sizes]
    claims: list[list[float]] = [[] for _ in sizes]
    async with AsyncExitStack() as stack:
        crowds = [await stack.enter_async_context(_crowd(url, size)) for url, size in zip(urls, sizes, strict=True)]
        for turn in range(repeat):
            for which, (store, taker) in enumerate(crowds):
                organisation = load_organisation(EXAMPLE)
                nothing = Timetable(organisation, Catalogue(playbooks={}, mistakes=()))
                due = Due(store=store, organisation=organisation, timetable=nothing)
                ticks[which].append(await _timed(due.tick))
                claims[which].append(await _claimed(store, taker, str(turn)))
    return [_figure("a tick", name, sizes, ticks), _figure("a claim", name, sizes, claims)]


@asynccontextmanager
async def _crowd(url: str, size: int) -> AsyncIterator[tuple[Store, Takes]]:
    """A database with so many open incidents, which this process leads."""
    migrate(url)
    store = Store(open_database(url), SystemClock())
    leadership = leadership_of(store.database, lease_seconds=600, deadman=lambda _: None)
    taker = Takes(await leadership.acquire() or 0)
    crowd = Crowd(store)
    await crowd.declare()
    await crowd.grow(size)
    yield store, taker
    await leadership.release()
    await store.close()


async def _timed(do: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await do()
    return time.perf_counter() - began


async def _claimed(store: Store, taker: Takes, turn: str) -> float:
    """Seconds to find the one effect that is due, and to commit the intent to carry it out."""
    async with store.begin() as unit:
        await unit.bindings.bind(room(0), {"channel": "C0"})
        await unit.outbox.put(AddBookmark(place=room(0), title=turn, url="https://example.com"))
    store.hand_to(taker)
    before = taker.taken
    took = await _timed(lambda: _claim(store, taker))
    assert taker.taken == before + 1
    store.hand_to(None)
    return took


async def _claim(store: Store, taker: Takes) -> None:
    now = store.clock.now()
    async with store.look() as unit:
        lanes = await due_lanes(unit.connection, now, most=32, floor=0, closed=[])
        await next_due(unit.connection, now)
    async with store.lead(taker, CLAIM) as unit:
        unit.outbox.look_at(lanes)


def _figure(what: str, name: str, sizes: Sequence[int], took: Sequence[Sequence[float]]) -> Figure:
    medians = [median(each) for each in took]
    return Figure(
        what=f"{what} with {', '.join(f'{size:,}' for size in sizes)} open incidents, {name}",
        ours=", ".join(f"{each * 1000:.1f}" for each in medians) + " ms",
        target="flat",
        met=medians[-1] <= FLAT * medians[0],
        is_main=name == "SQLite",
    )
