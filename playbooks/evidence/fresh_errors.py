"""New errors that only a newly deployed revision logs, from its first minutes on: the log tells before the numbers do."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.evidence import Advice
from playbooks.evidence.blame import blamed
from playbooks.evidence.log_groups import Group
from playbooks.evidence.window import Window
from playbooks.world import World

BEHIND = 0.7
"""The strength of advice from the log alone: how many are hit, the numbers say when they have arrived."""


async def deployed_with(world: World, loud: Sequence[Group], new: Sequence[Group], window: Window) -> Sequence[Advice]:
    """To go back, for each service whose `loud` errors came with a revision; `new` are all that are new."""
    first: dict[str, Group] = {}
    for group in loud:
        if len(group.revisions) == 1 and _alone(group, new):
            first.setdefault(group.service, group)
    found = await asyncio.gather(*(_came_with(world, group, window) for group in first.values()))
    return [advice for advice in found if advice]


def _alone(group: Group, new: Sequence[Group]) -> bool:
    """Whether no other service says the same: what several begin to say comes from what they share."""
    return not any(each.title == group.title and each.service != group.service for each in new)


async def _came_with(world: World, group: Group, window: Window) -> Advice | None:
    service = world.organisation.service_in_cloud(group.service)
    blame = await blamed(world, service, group.first, window) if service else None
    # What other revisions say too did not come with this one, and what came later came from elsewhere.
    if blame is None or not blame.at_once or blame.revision.name not in group.revisions:
        return None
    return replace(blame.advice(f"new: {group.title},", world), strength=BEHIND)
