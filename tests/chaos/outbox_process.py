"""A process of opsbot as far as its outbox goes, on the machine's own clock, that may be told where to die."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.domain.clock import SystemClock
from bot.domain.effect import AddBookmark, Effect, OpenRoom, Pin, Post, Receipt, SetTopic
from bot.domain.message import sentence
from bot.domain.paging import PageOnCall
from bot.store.database import open_database
from bot.store.leadership import Deadman, kill_after, leadership_of
from bot.store.points import Points, no_points
from bot.store.unit_of_work import Store, UnitOfWork
from scheduler.outcome import Settle
from scheduler.relay import Relay
from tests.outside_file import OutsideFile

SETTLE = Settle(seconds=0.1, urgent_seconds=0.05)


def dying_at(point: str, hit: int) -> Points:
    """Kills the process when it passes a point for the `hit`-th time."""
    left = [hit]

    def passed(name: str) -> None:
        if name == point:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    return passed


def room_of(incident: int) -> list[tuple[str, Effect]]:
    """What declaring an incident puts at once: keys and effects."""
    place, card = f"room/{incident}", f"incident/{incident}/card"
    effects: list[Effect] = [
        PageOnCall(incident=incident, alert=str(incident), title="API is down", severity="critical"),
        OpenRoom(incident=incident, name=f"inc-{incident}", private=False),
        Post(place=place, slot=card, message=sentence("card")),
        Pin(slot=card),
        SetTopic(incident=incident),
        AddBookmark(place=place, title="bridge", url="https://example.com"),
        Post(place=place, slot=f"incident/{incident}/phase/1", message=sentence("phase")),
        Post(place="channel/#alerts", slot=f"incident/{incident}/announcement", message=sentence("announced")),
    ]
    return [(f"{incident}/{number}", effect) for number, effect in enumerate(effects)]


def follow_up(incident: int) -> tuple[str, Effect]:
    """What the receipt of the card puts."""
    return f"{incident}/after", Post(place=f"room/{incident}", slot=f"incident/{incident}/after")


async def received(unit: UnitOfWork, effect: Effect, receipt: Receipt) -> None:
    del receipt
    if isinstance(effect, Post) and effect.slot.endswith("/card"):
        key, after = follow_up(int(effect.slot.split("/")[1]))
        await unit.outbox.put(after, key=key)


async def buried(unit: UnitOfWork, effect: Effect, serial: int, reason: str) -> None:
    del unit
    raise AssertionError(f"{effect} #{serial} was buried: {reason}")


def process(
    url: str,
    outside: Path,
    *,
    points: Points = no_points,
    lease_seconds: float = 2,
    deadman: Deadman = kill_after,
    hold: Callable[[], Awaitable[None]] | None = None,
) -> tuple[Store, Relay]:
    store = Store(open_database(url), SystemClock(), points=points)
    relay = Relay(
        store=store,
        leadership=leadership_of(store.database, lease_seconds=lease_seconds, deadman=deadman),
        executors=OutsideFile(outside).executors(hold),
        received=received,
        buried=buried,
        settle=SETTLE,
        poll_seconds=0.2,
    )
    return store, relay


async def declare(store: Store, incident: int) -> None:
    async with store.begin() as unit:
        for key, effect in room_of(incident):
            await unit.outbox.put(effect, key=key)


async def declare_and_finish(store: Store, relay: Relay, incidents: list[int]) -> None:
    """Declare incidents beside a running relay, and run until nothing is left to do."""
    running = asyncio.create_task(relay.run())
    for incident in incidents:
        await declare(store, incident)
    while True:
        await relay.quiet()
        async with store.look() as unit:
            if not await unit.outbox.waiting():
                break
        await asyncio.sleep(0.01)
    relay.stop()
    await running
    await store.close()
