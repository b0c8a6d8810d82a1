"""What opsbot remembers, as evidence may look at it: incidents that are public and real, and alerts that wait."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.alert import Suggestion
from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.incident import Incident
from bot.domain.maintenance import Maintenance
from bot.domain.remembered import RememberedAlert, RememberedIncident, RememberedRestoreTest
from bot.domain.status_page import Health, healths
from bot.domain.timeline import Happening
from bot.store.unit_of_work import Store

LONGEST = timedelta(days=30)
"""An incident that was declared earlier and ended within the time asked about is left out."""
ALERTS = timedelta(days=7)
DEEDS = {Happening.STEP, Happening.STATUS, Happening.CHANGE, Happening.RESOLVED}
MOST_DEEDS = 5
RESTORE_TEST = "restore-test"
WELL = {Stage.DONE: True, Stage.FAILED: False, Stage.UNCONFIRMED: None}
"""How a restore test went, by the stage in which it ended; others never began."""


class Remembered:
    """The memory of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def incidents(self, *, since: datetime) -> Sequence[RememberedIncident]:
        """Public, real incidents that were open at any time since then."""
        async with self._store.look() as unit:
            known = await unit.incidents.declared_since(since - LONGEST)
            told = [each for each in known if _may_be_told(each) and (each.open or _ended(each) >= since)]
            return [
                _incident(each, [line.text for line in await unit.timeline.of(each.number) if line.happening in DEEDS])
                for each in told
            ]

    async def unresolved_alerts(self) -> Sequence[RememberedAlert]:
        """Alerts that fire and of which no public incident was made that is over."""
        async with self._store.look() as unit:
            suggestions = await unit.alerts.seen_since(unit.now - ALERTS)
            return [_alert(each) for each in suggestions if each.firing and not each.private]

    async def status_page(self) -> Mapping[str, Health]:
        """How each component does that customers are told does not do well."""
        async with self._store.look() as unit:
            told = healths(await unit.postings.shown(unit.now - LONGEST))
        return {key: health for key, health in told.items() if health is not Health.OPERATIONAL}

    async def restore_tests(self, *, since: datetime) -> Sequence[RememberedRestoreTest]:
        """Those that were asked for here since then and have ended, the oldest first."""
        async with self._store.look() as unit:
            changes = await unit.changes.of_kind(RESTORE_TEST, since=since)
        return [test for each in changes if (test := restore_test_of(each))]

    async def maintenances(self) -> Sequence[Maintenance]:
        """Those that are planned or go on, in order."""
        async with self._store.look() as unit:
            return await unit.maintenances.open()

    async def maintained(self, *, since: datetime) -> Sequence[Maintenance]:
        """Those that have ended since then, in order."""
        async with self._store.look() as unit:
            begun = await unit.maintenances.begun_since(since)
        return [each for each in begun if each.ended_at and each.ended_at >= since]


def _may_be_told(incident: Incident) -> bool:
    return not (incident.private or incident.drill) and incident.merged_into is None


def _ended(incident: Incident) -> datetime:
    return incident.resolved_at or incident.closed_at or incident.declared_at


def _incident(incident: Incident, deeds: Sequence[str]) -> RememberedIncident:
    return RememberedIncident(
        key=incident.key,
        title=incident.title,
        severity=incident.severity,
        status=incident.status,
        declared_at=incident.declared_at,
        acknowledged_at=incident.acknowledged_at,
        resolved_at=incident.resolved_at,
        done=tuple(deeds[-MOST_DEEDS:]),
        services=incident.services,
    )


def _alert(suggestion: Suggestion) -> RememberedAlert:
    return RememberedAlert(
        title=suggestion.title,
        since=suggestion.since,
        services=suggestion.services,
        taken=not suggestion.undecided,
    )


def restore_test_of(change: Change) -> RememberedRestoreTest | None:
    """How a change of that kind went; None when it did not end or has not begun."""
    if change.stage not in WELL or change.plan is None or change.begun_at is None:
        return None
    wanted, done = change.plan.wanted, change.carried_out_at
    taken = datetime.fromisoformat(str(wanted["taken"])) if "taken" in wanted else None
    return RememberedRestoreTest(
        database=str(wanted.get("database", "")),
        at=change.begun_at,
        took=done - change.begun_at if done else None,
        lost=change.begun_at - taken if taken else None,
        well=WELL[change.stage],
        found=change.found or ((change.outcome,) if change.outcome else ()),
    )
