"""How much the cache answers: when that collapses, everything behind it is asked instead."""

from bot.domain.evidence import Advice, Evidence, Subject
from bot.domain.metric_query import Aggregation, Measure
from playbooks.evidence.cold_cache import HIT_RATIO, YARDSTICK
from playbooks.evidence.dial import Dial, drawn, read
from playbooks.evidence.figure import percent, when
from playbooks.evidence.seen import Seen
from playbooks.evidence.trend import trend
from playbooks.evidence.window import window_of
from playbooks.world import World

CACHE = Dial(
    name="cache",
    title="hit ratio",
    measure=Measure.CACHE_HIT_RATIO,
    aggregation=Aggregation.MEAN,
    yardstick=YARDSTICK,
    unit="%",
    says=percent,
)


async def cache(world: World, subject: Subject) -> Evidence:
    """The part of what is asked that the cache knows."""
    window = window_of(world, subject)
    found = await trend(world, HIT_RATIO, window, world.organisation.thresholds[YARDSTICK])
    finding = read(world, CACHE, found, key="", title="Cache")
    advice: tuple[Advice, ...] = ()
    if finding.verdict.unhealthy and found.now is not None:
        began = f" since {when(found.since, world.clock.now(), world.organisation.timezone)}" if found.since else ""
        says = f"the cache answers only {percent(found.now)}{began}; it refills by itself, more instances do not help"
        advice = (Advice(says=says, strength=0.6),)
    seen = Seen(findings=(finding,), charts=drawn(world, CACHE, found, title="Cache"), advice=advice)
    return seen.evidence(CACHE.name, world, until=window.until)
