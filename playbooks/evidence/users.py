"""People who use the platform, against what is usual at this hour."""

from bot.domain.evidence import Evidence, Subject
from playbooks.evidence.named_number import named_number
from playbooks.world import World


async def users(world: World, subject: Subject) -> Evidence:
    """The operator's number active-users."""
    return await named_number(world, subject, name="users", key="active-users", yardstick="users")
