"""Since when the cache answers less than it should: whatever is behind it is slow then, however innocent its code."""

from datetime import datetime

from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.metric_query import Aggregation, Measure
from playbooks.evidence.trend import Gauge, trend
from playbooks.evidence.window import Window
from playbooks.world import World

HIT_RATIO = Gauge(measure=Measure.CACHE_HIT_RATIO, of="", aggregation=Aggregation.MEAN)
"""Of all caches there are."""
YARDSTICK = "cache-hit-ratio"


async def cold_since(world: World, window: Window) -> datetime | None:
    """None where the cache answers as it should, or nobody knows."""
    return await world.shared.read(("cold cache", window.since, window.step), lambda: _cold_since(world, window))


async def _cold_since(world: World, window: Window) -> datetime | None:
    try:
        found = await trend(world, HIT_RATIO, window, world.organisation.thresholds[YARDSTICK])
    except (NotConfigured, CouldNotLook):
        return None
    return found.since
