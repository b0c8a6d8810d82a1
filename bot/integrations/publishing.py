"""Executors of the effect that brings a notice to customers: on the built-in status page, or at Statuspage.

At Statuspage a notice is published by one call that opens or changes an incident, its components with it. A receipt binds
the incident's id, and says in `missing` which components the page does not have; the words are public all the same.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.status_page import Health, PublishNotice, posting_name
from bot.integrations.statuspage import OURS, JsonObject, Statuspage, mark_of
from bot.organisation import Organisation

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]
"""Carries out an effect of its own kind; the mapping gives it no other."""

STATUSES = {
    Health.OPERATIONAL: "operational",
    Health.MAINTENANCE: "under_maintenance",
    Health.DEGRADED: "degraded_performance",
    Health.PARTIAL: "partial_outage",
    Health.MAJOR: "major_outage",
}
"""Statuspage's words for how a component does."""


class BuiltInPage:
    """The page that the bot serves itself, from its database: a notice is public as soon as that is on record."""

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {PublishNotice: self.publish}

    async def publish(self, _effect: PublishNotice, _attempt: Attempt) -> Receipt:
        return Receipt()


class StatuspageDelivery:
    """The page at Statuspage."""

    def __init__(self, statuspage: Statuspage, *, organisation: Organisation) -> None:
        self._statuspage = statuspage
        self._organisation = organisation

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {PublishNotice: self.publish}

    async def publish(self, effect: PublishNotice, attempt: Attempt) -> Receipt:
        """Looks first, so that nothing is published twice, nor an earlier notice over a later one."""
        components, missing = await self._components(effect)
        incident = await self._known(effect, attempt)
        if incident is None:
            incident = await self._statuspage.open(_opening(effect, components))
        elif _reached(incident) < effect.number:
            await self._statuspage.change(str(incident["id"]), _change(effect, components))
        facts = {"missing": ", ".join(missing)} if missing else {}
        return Receipt(binds={posting_name(effect.posting): {"id": str(incident["id"])}}, facts=facts)

    async def _known(self, effect: PublishNotice, attempt: Attempt) -> JsonObject | None:
        """The incident, if there is one already: by its id, else by our key."""
        bound = attempt.bound.get(posting_name(effect.posting))
        incident = await self._statuspage.incident(bound["id"]) if bound else None
        if incident is None and (bound or attempt.look or effect.number > 1):
            incident = await self._statuspage.find(effect.posting)
        return incident

    async def _components(self, effect: PublishNotice) -> tuple[dict[str, str], list[str]]:
        """How the components shall do, by their ids at Statuspage, and the titles of those that it lacks."""
        found: dict[str, str] = {}
        missing: list[str] = []
        services = [service for key in effect.components if (service := self._organisation.service(key))]
        by_name = await self._statuspage.components() if any(not each.statuspage_component for each in services) else {}
        for service in services:
            identity = service.statuspage_component or by_name.get(service.title.strip().lower())
            if identity:
                found[identity] = STATUSES[effect.components[service.key]]
            else:
                missing.append(service.title)
        return found, missing


def _opening(effect: PublishNotice, components: Mapping[str, str]) -> JsonObject:
    return {"name": effect.title, "impact_override": effect.impact, **_change(effect, components)}


def _change(effect: PublishNotice, components: Mapping[str, str]) -> JsonObject:
    return {
        "status": effect.stage.value,
        "body": effect.text,
        "component_ids": list(components),
        "components": dict(components),
        "deliver_notifications": True,
        "metadata": {OURS: {"key": effect.posting, "notice": effect.number}},
    }


def _reached(incident: JsonObject) -> int:
    """The number of the last notice that the incident got from us."""
    number = mark_of(incident).get("notice")
    return number if isinstance(number, int) else 0
