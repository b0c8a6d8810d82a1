"""While a maintenance goes on PagerDuty wakes nobody for its services; each window is opened once, and ended with it."""

import re
from datetime import datetime, timedelta

from bot.domain.maintenance_window import LONGEST_WINDOW, EndMaintenance, OpenMaintenance
from bot.organisation import Organisation
from playbooks.maintenance_decision import MaintenanceDecision
from playbooks.messages.maintenance_asked import not_told

MARK = re.compile(r"maintenance-(\d{1,9})-\d{1,3}")
SPARE = timedelta(minutes=30)
"""So much longer PagerDuty is hushed than it should take: whoever is asked whether it takes longer has time to answer."""


def hush(decision: MaintenanceDecision, since: datetime) -> None:
    """Have PagerDuty wake nobody for its services from then until it should be over."""
    of = decision.maintenance
    services = hushed_services(of.services, decision.organisation)
    if not services or decision.organisation.observing:
        return
    mark = f"maintenance-{of.number}-{len(of.windows) + 1}"
    until = min(of.ends_at + SPARE, since + LONGEST_WINDOW)
    says = f"{of.key} {of.title}"
    decision.put(OpenMaintenance(mark=mark, services=services, since=since, until=until, says=says), key=f"open/{mark}")
    of.windows, of.hush = (*of.windows, mark), "is asked to wake nobody for it"


def unhush(decision: MaintenanceDecision, *, but: int = 0) -> None:
    """End its windows, all but the last ones."""
    of = decision.maintenance
    services = hushed_services(of.services, decision.organisation)
    for mark in of.windows[: len(of.windows) - but]:
        decision.put(EndMaintenance(mark=mark, services=services), key=f"end/{mark}")


def hushed_services(services: tuple[str, ...], organisation: Organisation) -> tuple[str, ...]:
    """What of it PagerDuty knows: its services, and databases that nothing else uses."""
    databases = [each.key for each in organisation.databases.values() if set(each.services) <= set(services)]
    return tuple(name for name in (*services, *databases) if name in organisation.paging.services)


def learn_hushed(decision: MaintenanceDecision, effect: OpenMaintenance | EndMaintenance) -> None:
    """A window is open, or over."""
    of = decision.maintenance
    if of.windows and effect.mark == of.windows[-1]:
        opened = isinstance(effect, OpenMaintenance)
        of.hush = "wakes nobody for it" if opened else "wakes people for it again"
        if opened:
            unhush(decision, but=1)


def not_hushed(decision: MaintenanceDecision, effect: OpenMaintenance | EndMaintenance, reason: str) -> None:
    """It could not be opened, or worse, not ended."""
    what = "may wake people for it" if isinstance(effect, OpenMaintenance) else "may still wake nobody for it"
    decision.maintenance.hush = f"{what}: {reason}"
    decision.ask(
        f"failed/{effect.mark}/{type(effect).__name__}",
        not_told(decision.maintenance, f"PagerDuty {what}", reason, decision.on_call),
    )


def maintenance_of(mark: str) -> int | None:
    """The number of the maintenance whose window it is."""
    found = MARK.fullmatch(mark)
    return int(found[1]) if found else None
