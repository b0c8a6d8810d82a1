"""Agent runs that were completed, against what is usual."""

from bot.domain.evidence import Evidence, Subject
from playbooks.evidence.named_number import named_number
from playbooks.world import World


async def runs(world: World, subject: Subject) -> Evidence:
    """The operator's number agent-runs."""
    return await named_number(world, subject, name="runs", key="agent-runs", yardstick="agent-runs")
