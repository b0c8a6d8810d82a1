"""An incident's message behind thousands of summaries: how long it waits for its turn, by Slack's limits."""

from collections.abc import Sequence
from datetime import timedelta

from benchmarks.bystander import Engine, engine
from benchmarks.figure import Figure, percentile, seconds
from benchmarks.reminding import MONDAY
from bot.domain.effect import Post, Priority, room
from bot.domain.message import sentence
from sandbox.clock import SandboxClock

SUMMARIES = 5_000
CHANNELS = 50
MESSAGES = 200
ROOMS = 40
"""War rooms in which something is said in turn."""
BATCH = 500
STEP = timedelta(seconds=0.5)
"""How finely the simulated time goes on: a wait is measured no finer than this."""
WITHIN = 2.0


async def queueing() -> list[Figure]:
    """One message a second from incidents; the time is simulated, for the limits are minutes long."""
    clock = SandboxClock(start=MONDAY, ticking=False)
    async with engine(clock) as bot:
        await _bind(bot)
        await _put_summaries(bot)
        async with bot.relaying():
            for number in range(MESSAGES):
                await _say(bot, number)
                for _ in range(int(timedelta(seconds=1) / STEP)):
                    await bot.settled()
                    clock.advance(STEP.total_seconds())
            await bot.settled()
        posted = {each.slot: each.at for each in bot.outside.posted}
    waits = [
        (posted[_slot(number)] - MONDAY).total_seconds() - number
        for number in range(MESSAGES)
        if _slot(number) in posted
    ]
    return [_figure(waits, summaries=len(posted) - len(waits))]


async def _bind(bot: Engine) -> None:
    places = [*(room(number) for number in range(ROOMS)), *(f"channel/#{number}" for number in range(CHANNELS))]
    async with bot.store.begin() as unit:
        await unit.bindings.bind_all({place: {"channel": place} for place in places})


async def _put_summaries(bot: Engine) -> None:
    """Put within a moment, as after an outage."""
    for first in range(0, SUMMARIES, BATCH):
        async with bot.store.begin() as unit:
            for number in range(first, first + BATCH):
                place, slot = f"channel/#{number % CHANNELS}", f"summary/{number}"
                post = Post(place=place, slot=slot, message=sentence("All is well."), urgency=Priority.REMINDER)
                await unit.outbox.put(post, key=slot)


async def _say(bot: Engine, number: int) -> None:
    async with bot.store.begin() as unit:
        post = Post(place=room(number % ROOMS), slot=_slot(number), message=sentence("The fix is out."))
        await unit.outbox.put(post, key=_slot(number))


def _slot(number: int) -> str:
    return f"said/{number}"


def _figure(waits: Sequence[float], *, summaries: int) -> Figure:
    p99 = percentile(waits, 99)
    return Figure(
        what=f"an incident's message behind {SUMMARIES:,} summaries, with Slack's limits on: its wait",
        ours=f"p50 {seconds(percentile(waits, 50))}, p99 {seconds(p99)}, {len(waits)} of {MESSAGES};"
        f" {summaries:,} summaries beside them",
        target=f"all, p99 ≤ {seconds(WITHIN)}",
        met=len(waits) == MESSAGES and p99 <= WITHIN,
    )
