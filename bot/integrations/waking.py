"""Wakes one target of the operator's file through PagerDuty: a role's escalation policy, else its people."""

from bot.domain.errors import GiveUp
from bot.integrations.pagerduty import PagerDuty
from bot.organisation import Organisation


class Waking:
    """Pages by name. Its `GiveUp` says why nobody can be woken, in words that follow "because", and whom to call."""

    def __init__(self, pagerduty: PagerDuty, organisation: Organisation) -> None:
        self._pagerduty = pagerduty
        self._organisation = organisation

    async def page(self, target: str, *, alert: str, title: str, details: str) -> None:
        """Does nothing when this alert is open already."""
        service = self._service()
        role = self._organisation.role(target)
        if role and role.pagerduty_policy:
            await self._pagerduty.page_policy(
                role.pagerduty_policy, service=service, alert=alert, title=title, details=details
            )
        else:
            people = self._reachable(target)
            await self._pagerduty.page_people(people, service=service, alert=alert, title=title, details=details)

    async def stand_down(self, alert: str) -> None:
        """Nobody has to answer any more; that nobody had to is as good."""
        await self._pagerduty.resolve(alert, lent=True)

    def _service(self) -> str:
        if not self._pagerduty.can_page_people:
            raise GiveUp("PAGERDUTY_API_TOKEN and PAGERDUTY_FROM are not both set")
        service = self._organisation.paging.service
        if service is None:
            raise GiveUp("opsbot.yaml names no PagerDuty service (pagerduty: service)")
        return service

    def _reachable(self, target: str) -> list[str]:
        """The PagerDuty ids of a target's people."""
        members = self._organisation.members([target])
        reachable = [member.pagerduty for member in members if member.pagerduty]
        if not reachable:
            numbers = ", ".join(f"{member.name} {member.phone}" for member in members if member.phone)
            title = self._organisation.title(target)
            raise GiveUp(f"{title} has no PagerDuty id in opsbot.yaml" + (f"; call {numbers}" if numbers else ""))
        return reachable
