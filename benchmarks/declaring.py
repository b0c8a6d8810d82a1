"""How long it takes from declaring until the war room is assembled, and until PagerDuty is asked to wake somebody."""

import asyncio
from collections.abc import Sequence

from benchmarks.assembling import Case, Cases, longest_chain
from benchmarks.figure import Figure, median, percentile, seconds
from benchmarks.ground import ground

TARGETS = {50: 1.35, 200: 1.15}
"""Milliseconds that a call of Slack takes, and how many times the longest chain of calls assembling may."""
PAGE_WITHIN = 0.1
WARMING = 3
"""Incidents before measuring begins."""
ALONE = {"OPSBOT_PAGE_POLL_SECONDS": "300"}
"""Nobody acknowledges here, and following up the pages of earlier incidents would be measured with the next one."""
PAUSE = 1.5
"""Seconds between two incidents, in which what follows from one has ended."""


async def declaring(*, database: str = "", store: str = "SQLite", repeat: int) -> list[Figure]:
    """Both figures on one database."""
    figures: list[Figure] = []
    async with ground(database=database, environment=ALONE) as town:
        await town.start_bot()
        watched, number = Cases(town), 0
        for number in range(WARMING):
            await watched.assembled(await watched.declare(number))
            await asyncio.sleep(PAUSE)
        for latency, target in TARGETS.items():
            town.slow_down(latency)
            declared = await _declared(watched, number + 1, repeat)
            figures.append(_assembled(declared, latency, target, store))
            number += repeat
        town.sandbox.faults.clear()
        submitted = await _declared(watched, number + 1, repeat, by_form=True)
    return [*figures, _paged(submitted, store)]


async def _declared(cases: Cases, first: int, repeat: int, *, by_form: bool = False) -> list[Case]:
    """Incidents one after the other."""
    declared = []
    for number in range(first, first + repeat):
        declared.append(await cases.assembled(await cases.declare(number, by_form=by_form)))
        await asyncio.sleep(PAUSE)
    return declared


def _assembled(declared: Sequence[Case], latency: int, target: float, store: str) -> Figure:
    bound = longest_chain() * latency / 1000
    took = [case.took() for case in declared]
    times = median(took) / bound
    return Figure(
        what=f"declare → assembled, Slack at {latency} ms a call, {store}",
        ours=f"{seconds(median(took))} = {times:.2f} × (worst {max(took) / bound:.2f} ×)",
        bound=f"{longest_chain()} calls: {seconds(bound)}",
        target=f"≤ {target} ×",
        met=times <= target,
        is_main=store == "SQLite",
    )


def _paged(submitted: Sequence[Case], store: str) -> Figure:
    paged = [case.paged for case in submitted if case.paged is not None]
    return Figure(
        what=f"form submitted → PagerDuty asked, {store}",
        ours=f"{seconds(median(paged))} (p90 {seconds(percentile(paged, 90))})",
        target=f"≤ {seconds(PAGE_WITHIN)}",
        met=median(paged) <= PAGE_WITHIN,
        is_main=store == "SQLite",
    )
