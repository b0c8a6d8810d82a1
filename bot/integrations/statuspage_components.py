"""The components of the page at Statuspage: services by their titles there, or by the ids that the operator names."""

from collections.abc import Mapping

from bot.domain.status_page import Health
from bot.integrations.statuspage import Statuspage
from bot.organisation import Organisation

STATUSES = {
    Health.OPERATIONAL: "operational",
    Health.MAINTENANCE: "under_maintenance",
    Health.DEGRADED: "degraded_performance",
    Health.PARTIAL: "partial_outage",
    Health.MAJOR: "major_outage",
}
"""Statuspage's words for how a component does."""


async def component_ids(
    statuspage: Statuspage, organisation: Organisation, components: Mapping[str, Health]
) -> tuple[dict[str, str], list[str]]:
    """How services by key shall do, by their ids at Statuspage, and the titles of those that it lacks."""
    found: dict[str, str] = {}
    missing: list[str] = []
    services = [service for key in components if (service := organisation.service(key))]
    by_name = await statuspage.components() if any(not each.statuspage_component for each in services) else {}
    for service in services:
        identity = service.statuspage_component or by_name.get(service.title.strip().lower())
        if identity:
            found[identity] = STATUSES[components[service.key]]
        else:
            missing.append(service.title)
    return found, missing
