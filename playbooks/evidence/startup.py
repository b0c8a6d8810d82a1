"""How long instances of services take to start: when that grows, every growth of traffic hurts."""

from bot.domain.evidence import Evidence, Subject
from bot.domain.metric_query import Aggregation, Measure
from playbooks.evidence.dial import Dial, every_dial
from playbooks.evidence.figure import ms
from playbooks.evidence.trend import HOUR
from playbooks.world import World

STARTUP = Dial(
    name="startup",
    title="startup p95",
    measure=Measure.STARTUP_LATENCY,
    aggregation=Aggregation.P95,
    yardstick="startup-latency",
    unit="ms",
    says=ms,
    trouble="slow starts",
    # Instances start rarely.
    lately=6 * HOUR,
    fewest=5,
)


async def startup(world: World, subject: Subject) -> Evidence:
    """p95 of the time an instance takes to start, of each service."""
    return await every_dial(world, subject, STARTUP)
