"""Reminders: of a thousand open incidents over a simulated day, and how late each comes where many are due."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from benchmarks.bystander import Engine, engine, most_in_a_second
from benchmarks.figure import Figure, percentile, seconds
from bot.domain.clock import SystemClock
from bot.domain.effect import room
from bot.domain.incident import Severity
from bot.domain.limit import POSTS_OF_A_CHANNEL
from bot.store.due import due_lanes, next_due
from bot.store.incidents import incident
from bot.store.runs import run
from sandbox.clock import SandboxClock
from scheduler.clock import Ticking

MANY = 1_000
MONDAY = datetime(2026, 3, 9, 14, tzinfo=UTC)
STEP = timedelta(seconds=4)
"""How long what the limits hold up is left to gather, so that it is looked at together: a few at once are let through."""
LONGEST = timedelta(hours=26)
AN_HOUR = 10_000
"""Rows that come due in an hour."""
LATE_WITHIN = 1.0
GAP = 60
"""Seconds between the last that is measured and the next."""


async def a_day() -> list[Figure]:
    """Each incident is to be updated once a day: all at once, which is the worst that can happen to the limits."""
    clock = SandboxClock(start=MONDAY, ticking=False)
    async with engine(clock) as bot:
        await bot.open_incidents(MANY, Severity.LOW)
        async with bot.relaying():
            while clock.now() < MONDAY + LONGEST:
                await _until_due(bot, clock)
                await bot.due.tick()
                await bot.settled()
        posted = bot.outside.posted
    asked = Counter(
        each.slot.split("/")[1] for each in posted if each.slot.startswith("incident/") and "/due/" in each.slot
    )
    missed, doubled = MANY - len(asked), sum(asked.values()) - len(asked)
    at_once = most_in_a_second(posted, burst=POSTS_OF_A_CHANNEL.burst)
    return [
        Figure(
            what=f"{MANY:,} open incidents over a simulated day: reminded, {len(posted):,} messages",
            ours=f"{missed} missed, {doubled} doubled, at most {max(at_once, 0) + 1} a second in a channel in the long run",
            target="none, none, 1",
            met=not missed and not doubled and at_once <= 0,
        )
    ]


async def _until_due(bot: Engine, clock: SandboxClock) -> None:
    """Time goes on to what is due next, in steps while the outbox is held up by its limits."""
    async with bot.store.look() as unit:
        held_up = await due_lanes(unit.connection, unit.now, most=1, floor=0, closed=())
        waits = unit.now if held_up else await next_due(unit.connection, unit.now)
    end = MONDAY + LONGEST
    due = min(await bot.due.next_due() or end, waits + STEP if waits else end, end)
    clock.advance(max((due - clock.now()).total_seconds(), 0.0))


async def lateness(*, for_seconds: float) -> list[Figure]:
    """From the moment at which a reminder is due to that at which it is handed over, in real time.

    All rows of the hour stand in the store; those that come due while it is measured are all of them handed over.
    """
    count = int(AN_HOUR * for_seconds / 3600)
    clock = SystemClock()
    async with engine(clock) as bot:
        await bot.open_incidents(count, Severity.LOW)
        moments = await _spread(bot, count, for_seconds)
        await _later(bot, count, for_seconds)
        async with _at_work(bot):
            await asyncio.sleep(for_seconds + 2 * LATE_WITHIN)
        handed = {each.place: each.at for each in bot.outside.posted if "/due/" in each.slot}
    late = [(handed[place] - due).total_seconds() for place, due in moments.items() if place in handed]
    p99 = percentile(late, 99)
    return [
        Figure(
            what=f"{AN_HOUR:,} reminders due over an hour, its first {for_seconds:.0f} s: due → handed to Slack",
            ours=f"p50 {seconds(percentile(late, 50))}, p99 {seconds(p99)}, {len(late)} of {count}",
            target=f"all, p99 ≤ {seconds(LATE_WITHIN)}",
            met=len(late) == count and p99 <= LATE_WITHIN,
        )
    ]


async def _spread(bot: Engine, count: int, for_seconds: float) -> dict[str, datetime]:
    """Has an update of each be due at a moment of its own; by the place where it is asked for."""
    dice = random.Random(count)
    moments: dict[str, datetime] = {}
    began = bot.store.clock.now() + timedelta(seconds=LATE_WITHIN)
    for number in range(1, count + 1):
        due = moments[room(number)] = began + timedelta(seconds=dice.uniform(0, for_seconds))
        async with bot.store.begin() as unit:
            found = await unit.incidents.get_to_decide(number)
            assert found
            found.update_due = due
            await unit.incidents.save(found)
    return moments


async def _later(bot: Engine, count: int, for_seconds: float) -> None:
    """The rest of the hour's: copies of the first, which come due after all that is measured."""
    dice = random.Random(count)
    began = bot.store.clock.now() + timedelta(seconds=LATE_WITHIN)
    async with bot.store.begin() as unit:
        first = (await unit.connection.execute(select(incident).where(incident.c.number == 1))).mappings().one()
        its_run = (await unit.connection.execute(select(run).where(run.c.incident == 1))).mappings().one()
        numbers = range(count + 1, AN_HOUR + 1)
        due = [began + timedelta(seconds=dice.uniform(for_seconds + GAP, 3600)) for _ in numbers]
        copies = [{**first, "number": number, "due_at": at} for number, at in zip(numbers, due, strict=True)]
        await unit.connection.execute(insert(incident), copies)
        await unit.connection.execute(insert(run), [{**its_run, "incident": number} for number in numbers])


@asynccontextmanager
async def _at_work(bot: Engine) -> AsyncIterator[None]:
    """Relays and ticks as the process does."""
    ticking = Ticking(
        due=bot.due,
        store=bot.store,
        clock=bot.store.clock,
        leads=lambda: bot.relay.leads,
        prune=_nothing,
        watch=_nothing,
    )
    async with bot.relaying():
        ticking.start()
        yield
        await ticking.stop()


async def _nothing() -> None:
    """Neither housekeeping nor watching is measured."""
