"""Judges numbers: by the bounds of the operator's file, and by what is usual at this hour of the week."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from bot.domain.bounds import Bounds
from bot.domain.evidence import CouldNotLook, Verdict

WEEKS = 4


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What is usual: the median of the same hour of the week, which one bad week or a holiday does not move.

    None where there is nothing to compare with.
    """

    usual: float | None = None
    last_week: float | None = None


def judge(
    value: float | None, bounds: Bounds, *, baseline: float | None = None, samples: float | None = None
) -> Verdict:
    """The verdict on a number; `NO_DATA` when there is none, too few samples, or nothing to compare it with.

    Beside a plain bound a multiple of what is usual must be crossed too; where nothing is known to be usual, the plain
    bound alone decides.
    """
    if value is None or math.isnan(value) or (samples is not None and samples < bounds.at_least):
        return Verdict.NO_DATA
    usual = baseline if baseline and math.isfinite(baseline) and baseline > 0 else None
    red = _crossed(value, bounds.red, _times(bounds.red_ratio, usual), bounds)
    amber = _crossed(value, bounds.amber, _times(bounds.amber_ratio, usual), bounds)
    if red:
        return Verdict.RED
    if amber:
        return Verdict.AMBER
    return Verdict.NO_DATA if red is None and amber is None and _bounded(bounds) else Verdict.GREEN


async def baseline(
    read: Callable[[datetime, datetime], Awaitable[float | None]],
    *,
    since: datetime,
    until: datetime,
    timezone: ZoneInfo,
) -> Baseline:
    """What is usual of a number that `read` reads of a stretch of time.

    The weeks are counted on the local clock: where daylight saving began in between, 10:00 is compared with 10:00.
    A week that cannot be read is left out.
    """

    async def of(weeks: int) -> float | None:
        try:
            return await read(weeks_before(since, weeks, timezone), weeks_before(until, weeks, timezone))
        except CouldNotLook:
            return None

    values = await asyncio.gather(*(of(weeks) for weeks in range(1, WEEKS + 1)))
    known = [value for value in values if value is not None and not math.isnan(value)]
    return Baseline(usual=median(known) if known else None, last_week=values[0])


def weeks_before(moment: datetime, weeks: int, timezone: ZoneInfo) -> datetime:
    """The same time of the local clock some weeks before."""
    return (moment.astimezone(timezone) - timedelta(weeks=weeks)).astimezone(UTC)


def _times(ratio: float | None, usual: float | None) -> float | None:
    return None if ratio is None or usual is None else ratio * usual


def _crossed(value: float, plain: float | None, multiple: float | None, bounds: Bounds) -> bool | None:
    """Whether a number is beyond everything that bounds it; None when nothing does."""
    known = [bound for bound in (plain, multiple) if bound is not None]
    if not known:
        return None
    if bounds.less_is_worse:
        return all(value < bound for bound in known)
    reached = plain is None or value >= plain
    return reached and (multiple is None or value > multiple)


def _bounded(bounds: Bounds) -> bool:
    return any(each is not None for each in (bounds.amber, bounds.red, bounds.amber_ratio, bounds.red_ratio))
