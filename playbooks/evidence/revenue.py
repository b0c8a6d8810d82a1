"""What the platform earned, against what is usual; said in private channels only."""

from bot.domain.evidence import Evidence, Subject
from playbooks.evidence.named_number import named_number
from playbooks.world import World


async def revenue(world: World, subject: Subject) -> Evidence:
    """The operator's number revenue."""
    return await named_number(world, subject, name="revenue", key="revenue", yardstick="revenue")
