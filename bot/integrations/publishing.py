"""Executors of the effect that brings a notice to customers: on the built-in status page, or at Statuspage.

At Statuspage a notice is published by one call that opens or changes an incident, its components with it. A receipt binds
the incident's id, and says in `missing` which components the page does not have; the words are public all the same.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.maintenance_notice import PublishMaintenance
from bot.domain.status_page import Health, PublishNotice, posting_name
from bot.integrations.maintenance_publishing import GOING_ON, maintained, scheduled
from bot.integrations.statuspage import OURS, JsonObject, Statuspage, mark_of
from bot.integrations.statuspage_components import component_ids
from bot.organisation import Organisation

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]
"""Carries out an effect of its own kind; the mapping gives it no other."""


class BuiltInPage:
    """The page that the bot serves itself, from its database: a notice is public as soon as that is on record."""

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {PublishNotice: self.publish, PublishMaintenance: self.publish}

    async def publish(self, _effect: PublishNotice | PublishMaintenance, _attempt: Attempt) -> Receipt:
        return Receipt()


class StatuspageDelivery:
    """The page at Statuspage."""

    def __init__(self, statuspage: Statuspage, *, organisation: Organisation) -> None:
        self._statuspage = statuspage
        self._organisation = organisation

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {PublishNotice: self.publish, PublishMaintenance: self.maintain}

    async def publish(self, effect: PublishNotice, attempt: Attempt) -> Receipt:
        """Looks first, so that nothing is published twice, nor an earlier notice over a later one."""
        components, missing = await component_ids(self._statuspage, self._organisation, effect.components)
        incident = await self._known(effect, attempt)
        if incident is None:
            incident = await self._statuspage.open(_opening(effect, components))
        elif _reached(incident) < effect.number:
            await self._statuspage.change(str(incident["id"]), _change(effect, components))
        facts = {"missing": ", ".join(missing)} if missing else {}
        return Receipt(binds={posting_name(effect.posting): {"id": str(incident["id"])}}, facts=facts)

    async def maintain(self, effect: PublishMaintenance, attempt: Attempt) -> Receipt:
        """The same for a maintenance, which Statuspage never ends by itself."""
        touched = dict.fromkeys(
            effect.components, Health.MAINTENANCE if effect.stage in GOING_ON else Health.OPERATIONAL
        )
        components, missing = await component_ids(self._statuspage, self._organisation, touched)
        incident = await self._known(effect, attempt)
        if incident is None:
            incident = await self._statuspage.open(scheduled(effect, components))
        elif _reached(incident) < effect.number:
            await self._statuspage.change(str(incident["id"]), maintained(effect, components))
        facts = {"missing": ", ".join(missing)} if missing else {}
        return Receipt(binds={posting_name(effect.posting): {"id": str(incident["id"])}}, facts=facts)

    async def _known(self, effect: PublishNotice | PublishMaintenance, attempt: Attempt) -> JsonObject | None:
        """The incident, if there is one already: by its id, else by our key."""
        bound = attempt.bound.get(posting_name(effect.posting))
        incident = await self._statuspage.incident(bound["id"]) if bound else None
        if incident is None and (bound or attempt.look or effect.number > 1):
            incident = await self._statuspage.find(effect.posting)
        return incident


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
