"""The hours in which something is maintained: what checks find of it then is the maintenance's doing, and is muted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.evidence import Evidence
from bot.domain.maintenance import Maintenance
from bot.organisation import Organisation


@dataclass(frozen=True, kw_only=True)
class MaintenanceHours:
    """Which maintenances went or go on, and what they touch besides services: databases that nothing else uses."""

    maintenances: tuple[Maintenance, ...]
    organisation: Organisation

    def muted(self, at: datetime) -> frozenset[str]:
        """What was being maintained at a moment: services and databases by key, and instances by name."""
        services = {key for each in self.maintenances if each.goes_on_at(at) for key in each.services}
        databases = [
            each for each in self.organisation.databases.values() if each.services and set(each.services) <= services
        ]
        return frozenset((*services, *(name for each in databases for name in (each.key, each.instance))))

    def heard(self, seen: Mapping[str, Evidence], at: datetime) -> Mapping[str, Evidence]:
        """What was seen, without what is muted."""
        muted = self.muted(at)
        if not muted:
            return seen
        return {name: _without(evidence, muted) for name, evidence in seen.items()}


def maintained_by(maintenances: Iterable[Maintenance], services: tuple[str, ...]) -> Maintenance | None:
    """The maintenance that touches all of some services now."""
    return next((each for each in maintenances if services and all(map(each.touches, services))), None)


def _without(evidence: Evidence, muted: frozenset[str]) -> Evidence:
    return replace(evidence, findings=tuple(each for each in evidence.findings if each.subject not in muted))
