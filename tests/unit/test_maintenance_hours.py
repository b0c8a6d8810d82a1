"""While something is maintained, checks are quiet about it and about nothing else; afterwards they speak again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.maintenance import Maintenance
from playbooks.louder import Earlier, became_worse
from playbooks.maintenance_hours import MaintenanceHours, maintained_by
from tests import night

HOUR = timedelta(hours=1)
BEGAN = night.at(0)


def maintenance(*, ended_at: datetime | None = None) -> Maintenance:
    of = Maintenance(
        number=7,
        title="Database maintenance",
        starts_at=BEGAN,
        ends_at=BEGAN + 2 * HOUR,
        services=("control-plane", "agent-runtime", "billing"),
        planned_at=BEGAN - timedelta(days=30),
        announced={},
    )
    of.begin("U0ANA", BEGAN)
    if ended_at:
        of.verify("U0ANA")
        of.end("U0ANA", ended_at)
    return of


def hours(of: Maintenance) -> MaintenanceHours:
    return MaintenanceHours(maintenances=(of,), organisation=night.organisation())


def seen(**verdicts: Verdict) -> Mapping[str, Evidence]:
    """What is found of services, by their names with low lines."""
    findings = tuple(
        Finding(verdict=verdict, says=f"{name} is so", subject=name.replace("_", "-"))
        for name, verdict in verdicts.items()
    )
    return {"service-health": Evidence(name="service-health", findings=findings, looked_at=BEGAN)}


def worse(of: Maintenance, *looks: tuple[datetime, Mapping[str, Evidence]]) -> list[str]:
    """What the last of several looks says aloud."""
    known = hours(of)
    *earlier, (now, last) = looks
    before = [Earlier(at=at, seen=known.heard(each, at)) for at, each in reversed(earlier)]
    return [each.evidence.name for each in became_worse(known.heard(last, now), before, now)]


def test_what_is_maintained_is_muted_and_nothing_else() -> None:
    of = maintenance()
    assert worse(of, (BEGAN + HOUR, seen(control_plane=Verdict.RED))) == []
    assert worse(of, (BEGAN + HOUR, seen(control_plane=Verdict.RED, web=Verdict.RED))) == ["service-health"]
    assert worse(of, (BEGAN - HOUR, seen(control_plane=Verdict.RED))) == ["service-health"]


def test_so_is_a_database_that_nothing_else_uses() -> None:
    muted = hours(maintenance()).muted(BEGAN)
    assert {"platform", "control-plane"} <= muted
    assert "web" not in muted


def test_what_is_still_not_well_afterwards_is_told_then() -> None:
    of = maintenance(ended_at=BEGAN + 2 * HOUR)
    during = (BEGAN + HOUR, seen(control_plane=Verdict.RED))
    assert worse(of, during, (BEGAN + 3 * HOUR, seen(control_plane=Verdict.RED))) == ["service-health"]


def test_alerts_are_the_maintenances_only_when_all_their_services_are() -> None:
    of = maintenance()
    assert maintained_by([of], ("control-plane",)) is of
    assert maintained_by([of], ("control-plane", "web")) is None
    assert maintained_by([of], ()) is None
    assert maintained_by([maintenance(ended_at=BEGAN + HOUR)], ("control-plane",)) is None
