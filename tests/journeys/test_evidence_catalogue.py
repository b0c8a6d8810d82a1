"""All evidence there is, gathered of a platform that is well, broken, out of reach, silly, and not configured."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.domain.evidence import Evidence, Subject, Verdict
from playbooks.evidence import EVIDENCE
from playbooks.evidence.gather import gather
from sandbox.faults import Fault
from sandbox.postgres_server import PostgresServer
from tests.empty_world import empty_world
from tests.lookout import WEDNESDAY, Lookout, lookout, said

REMEMBERED = {"status-page", "unresolved-alerts", "lessons", "pending-changes", "runbook-edits"}
"""What opsbot knows of itself."""
HERE = REMEMBERED | {"config-drift"}
"""What it can look at though the platform is gone: backups of the configuration are in a folder."""
LONGEST = 260
"""Characters of a finding that is still read at a glance."""
BREAKAGES = (
    "lost-data",
    "bad-deploy",
    "connection-leak",
    "memory-leak",
    "tool-down",
    "wont-start",
    "backup-failed",
    "cache-collapse",
)
FACES = (
    "github", "zendesk", "service", "artifact-registry", "cloud_sql", "prometheus", "pagerduty", "platform_database", "google",
)  # fmt: skip


def assert_presentable(evidence: Mapping[str, Evidence]) -> None:
    """Every finding is a short sentence, and every chart can be drawn and read aloud."""
    for name, found in evidence.items():
        assert found.name == name
        assert found.findings, name
        for finding in found.findings:
            assert 0 < len(finding.says) <= LONGEST, f"{name}: {finding.says}"
            assert "\n" not in finding.says, finding.says
        for chart in found.charts:
            assert chart.title, name
            assert chart.unit, chart.title
            assert chart.alt.endswith("."), chart.title
            assert chart.traces or chart.week, chart.title
            for trace in chart.traces:
                times = [point.at for point in trace.points]
                assert times == sorted(times), f"{chart.title}: {trace.name}"
        for advice in found.advice:
            assert advice.says, name
            assert 0 < advice.strength <= 1, advice.says


async def test_of_a_platform_that_is_well_everything_is_seen_and_green(hill: Lookout) -> None:
    evidence = await hill.look(*EVIDENCE)

    assert_presentable(evidence)
    other = {name: said(found) for name, found in evidence.items() if found.verdict is not Verdict.GREEN}
    assert {name: evidence[name].verdict.value for name in other} == {
        # Its doors are on loopback, where nothing is encrypted.
        "certificates": "not configured",
        # Nothing was restored yet to see whether it can be.
        "restore-tests": "amber",
        # Kept for private channels.
        "revenue": "not configured",
        # Billing hardly ever starts an instance.
        "startup": "no data",
        # No maintenance is planned.
        "window-traffic": "no data",
    }, other


async def test_of_a_broken_platform_everything_is_seen_too(hill: Lookout) -> None:
    for breakage in BREAKAGES:
        hill.breaks(breakage)
        hill.pass_minutes(2)
    hill.pass_minutes(8)

    evidence = await hill.look(*EVIDENCE, subject=hill.subject(began=hill.now - timedelta(minutes=20)))

    assert_presentable(evidence)
    seen = {name for name, found in evidence.items() if found.verdict.unhealthy}
    assert seen >= {"error-ratio", "latency", "memory", "agent-runs", "revisions", "row-counts", "backups", "cache"}
    # The hour before had more errors than are read, so nobody knows which are new.
    assert {name for name, found in evidence.items() if found.verdict is Verdict.COULD_NOT_LOOK} <= {"new-errors"}


async def test_of_a_platform_out_of_reach_nothing_is_green(
    sqlite_store_url: str, postgres_server: PostgresServer
) -> None:
    async with lookout(sqlite_store_url, postgres=postgres_server) as over:
        await over.ground.stop()
        evidence = await over.look(*EVIDENCE)

    assert_presentable(evidence)
    assert {name for name, found in evidence.items() if found.verdict is Verdict.GREEN} == HERE
    assert {name for name, found in evidence.items() if found.verdict.unhealthy} <= {"service-health", "restore-tests"}
    # That nothing was ever restored is known, wherever the platform is.
    assert [name for name, found in evidence.items() if found.advice or found.charts] == ["restore-tests"]


@pytest.mark.parametrize("kind", ["garbage_json", "http_500"])
async def test_of_a_platform_that_answers_nonsense_nothing_is_green(hill: Lookout, kind: str) -> None:
    for face in FACES:
        hill.ground.faults.add(Fault(name=face, kind=kind, target=face))

    evidence = await hill.look(*EVIDENCE)

    assert_presentable(evidence)
    green = {name for name, found in evidence.items() if found.verdict is Verdict.GREEN}
    assert green == HERE


async def test_of_what_is_not_configured_nothing_is_green() -> None:
    world = empty_world(WEDNESDAY)
    subject = Subject(services=(), since=WEDNESDAY - timedelta(hours=1), until=WEDNESDAY)

    evidence = {each.name: each for each in await gather(world, EVIDENCE, subject)}

    assert {name for name, found in evidence.items() if found.verdict is Verdict.GREEN} == {*REMEMBERED, "checks"}
