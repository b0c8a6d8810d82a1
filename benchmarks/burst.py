"""Twenty incidents declared within one second: everybody is acknowledged, and every war room is assembled."""

import asyncio
from collections.abc import Sequence

from benchmarks.assembling import OF_A_ROOM, Case, Cases, longest_chain
from benchmarks.figure import Figure, percentile, seconds
from benchmarks.ground import Ground, ground
from sandbox.slack.tiers import POST_BURST

MANY = 20
FIRST = 100
"""The number of the first case; those before are for warming up."""
LATENCY = 0.2
REFILLED = 4.0
"""Seconds after which every limit of Slack's has forgotten the one for warming up."""
ACK_WITHIN = 0.3
ROOM_TARGET = 1.5
SLACK_TARGET = 1.5


async def burst() -> list[Figure]:
    """As fast as the bot can."""
    async with ground() as town:
        cases, _ = await _declared(town)
    acked = [case.acked for case in cases if case.acked is not None]
    bound = longest_chain() * LATENCY
    rooms = [case.took(OF_A_ROOM) for case in cases]
    return [
        Figure(
            what=f"{MANY} declared in a second: acknowledged",
            ours=f"{len(acked)} of {MANY}, p50 {seconds(percentile(acked, 50))}, p99 {seconds(percentile(acked, 99))}",
            target=f"all, p99 ≤ {seconds(ACK_WITHIN)}",
            met=len(acked) == MANY and percentile(acked, 99) <= ACK_WITHIN,
            is_main=True,
        ),
        Figure(
            what=f"the same: each room assembled, Slack at {LATENCY * 1000:.0f} ms a call",
            ours=f"median {percentile(rooms, 50) / bound:.2f} ×, worst {max(rooms) / bound:.2f} ×",
            bound=f"{longest_chain()} calls: {seconds(bound)}",
            target=f"≤ {ROOM_TARGET} ×",
            met=max(rooms) <= ROOM_TARGET * bound,
            is_main=True,
        ),
    ]


async def limited_burst() -> list[Figure]:
    """As fast as Slack lets.

    All announcements go to one channel, which takes one message a second after a few at once: that is the bound.
    """
    async with ground(rate_limits=True) as town:
        cases, refused = await _declared(town)
    began = min(case.began for case in cases)
    bound = MANY - POST_BURST + LATENCY
    ended = {part: max(case.parts[part] for case in cases) - began for part in cases[0].parts}
    paged = max(case.paged or 0 for case in cases)
    last = max(ended.values())
    return [
        Figure(
            what=f"{MANY} declared in a second with Slack's limits on: all assembled",
            ours=f"{seconds(last)}, {refused} calls refused by Slack, none lost",
            bound=f"{MANY - POST_BURST} announcements at one a second: {seconds(bound)}",
            target="as fast as the limits let",
            met=last <= SLACK_TARGET * bound,
            is_main=True,
        ),
        Figure(
            what="the same: what is urgent comes first",
            ours=f"channels {seconds(ended['channel'])}, cards {seconds(ended['card'])}, pages {seconds(paged)},"
            f" all else of the rooms {seconds(max(ended[part] for part in OF_A_ROOM))}",
            target="before the rest",
            met=max(ended["channel"], ended["card"]) <= max(ended[part] for part in OF_A_ROOM),
        ),
    ]


async def _declared(town: Ground) -> tuple[Sequence[Case], int]:
    """The twenty, once they are assembled, and how many calls Slack refused."""
    await town.start_bot()
    watched = Cases(town)
    await watched.assembled(await watched.declare(0))
    await asyncio.sleep(REFILLED)
    town.slow_down(LATENCY * 1000)

    async def one(number: int) -> Case:
        await asyncio.sleep((number - FIRST) / MANY)
        return await watched.declare(number)

    cases = await asyncio.gather(*(one(FIRST + number) for number in range(MANY)))
    await asyncio.gather(*(watched.assembled(case) for case in cases if case.acked is not None))
    return cases, watched.refused
