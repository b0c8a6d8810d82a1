"""How busy the processors of services are: of the busiest instances."""

from bot.domain.evidence import Evidence, Subject
from bot.domain.metric_query import Aggregation, Measure
from playbooks.evidence.dial import Dial, every_dial
from playbooks.evidence.figure import percent
from playbooks.world import World

CPU = Dial(
    name="cpu",
    title="CPU",
    measure=Measure.CPU,
    aggregation=Aggregation.P99,
    yardstick="cpu",
    unit="%",
    says=percent,
)


async def cpu(world: World, subject: Subject) -> Evidence:
    """CPU of each service's busiest instances, of their limit."""
    return await every_dial(world, subject, CPU)
