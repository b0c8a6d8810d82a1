"""Whom to ask who is on call: PagerDuty, about the escalation policy that opsbot pages."""

from bot.domain.evidence import NotConfigured
from playbooks.world import Outside, Pager, World, reached


def paged_policy(world: World) -> tuple[Pager, str]:
    """PagerDuty and the policy's id; raises `NotConfigured` where one of them is not."""
    policy = world.organisation.paging.escalation_policy
    pager = reached(world.pager, Outside.PAGER)
    if not policy:
        raise NotConfigured("opsbot.yaml does not say who is paged; give pagerduty its escalation_policy.")
    return pager, policy
