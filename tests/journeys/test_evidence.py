"""Each thing that breaks on the platform shows itself in the right evidence, and what helps is said first."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from bot.domain.evidence import Evidence, Verdict
from tests.lookout import Lookout, likeliest, said

LOOKS = (
    "latency", "error-ratio", "requests", "memory", "instances", "database-metrics", "database-connections",
    "slow-queries", "row-counts", "agent-runs", "containers", "environment", "backups", "cache",
)  # fmt: skip
"""What is looked at whatever broke: the right advice among all of theirs has to be the loudest."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """What breaks, and what is seen of it some minutes later: the evidence, its words, and the first thing to do."""

    breakage: str
    minutes: float = 9
    seen_in: str
    says: str
    change: str
    target: str
    advice: str
    playbook: str = ""
    chart: str = ""


STORIES = (
    Story(
        breakage="bad-deploy",
        seen_in="error-ratio",
        says="red: Control plane fails",
        change="rollback",
        target="control-plane",
        advice="00042 deployed 10:00 EST, errors since 10:00 EST; 00041 was healthy",
        chart="Control plane: errors of all requests",
    ),
    Story(
        breakage="traffic-surge",
        seen_in="requests",
        says="requests a minute, usually 2,",
        change="scale",
        target="control-plane",
        advice="Control plane has 10 of 10 instances",
        playbook="scale-out",
        chart="Control plane: instances",
    ),
    Story(
        breakage="slow-queries",
        seen_in="slow-queries",
        says="red: ",
        change="rollback",
        target="control-plane",
        advice="00042 deployed 10:00 EST, slow since 10:00 EST",
        chart="Platform database: load",
    ),
    Story(
        breakage="connection-leak",
        seen_in="database-connections",
        says="red: Platform database: 297 of 297 connections taken, 100 % (agent-runtime",
        change="rollback",
        target="agent-runtime",
        advice="what it leaks comes back, however often idle ones are ended",
        playbook="",
        chart="Platform database: connections",
    ),
    Story(
        breakage="memory-leak",
        seen_in="memory",
        says="an hour, full 10:",
        change="restart",
        target="agent-runtime",
        advice="Agent runtime 00042 leaks and is full in",
        playbook="memory-leak",
        chart="Agent runtime: memory of the fullest instances, by revision",
    ),
    Story(
        breakage="tool-down",
        seen_in="agent-runs",
        says="red: Tool web-search: ",
        change="env",
        target="agent-runtime",
        advice="going back a revision does not help",
        playbook="agent-execution-failures",
        chart="Agent runs that succeed",
    ),
    Story(
        breakage="permission-revoked",
        seen_in="permission-errors",
        says="PermissionDenied: 403 calling document-store",
        change="",
        target="document-store",
        advice="document-store is denied",
        playbook="agent-execution-failures",
        chart="Agent runs that succeed",
    ),
    Story(
        breakage="bad-agent-update",
        seen_in="agent-runs",
        says="red: Agent support-triage: ",
        change="rollback",
        target="agent-runtime",
        advice="00042 deployed 10:00 EST, runs of support-triage fail since 10:00 EST; 00041 was healthy",
        playbook="agent-execution-failures",
        chart="Agent runs that succeed",
    ),
    Story(
        breakage="wont-start",
        seen_in="environment",
        says="red: Billing: 00042 is without INVOICE_CURRENCY (against 00041)",
        change="env",
        target="billing",
        advice="00042 of Billing did not start, and it lacks INVOICE_CURRENCY",
        playbook="service-wont-start",
    ),
    Story(
        breakage="secret-gone",
        seen_in="containers",
        says="secret payment-key, version 2, is in DESTROYED state",
        change="env",
        target="billing",
        advice="Billing cannot start",
        playbook="service-wont-start",
    ),
    Story(
        breakage="lost-data",
        seen_in="row-counts",
        says="red: Platform database: users lost 16,810 rows, 35 %, since 10:00",
        change="clone",
        target="platform",
        advice="copy the database as it was the minute before",
        playbook="database-recovery",
        chart="Platform database: rows of its tables, of those a day ago",
    ),
    Story(
        breakage="backup-failed",
        seen_in="backups",
        says="red: Platform database: 1 backup failed in 48 h, last 10:00",
        change="backup",
        target="platform",
        advice="take one now and find out why",
        playbook="backup-verification",
    ),
    Story(
        breakage="backups-off",
        seen_in="backups",
        says="red: Platform database cannot be set back to a moment",
        change="",
        target="platform",
        advice="switch it on again",
        playbook="backup-verification",
    ),
    Story(
        breakage="cache-collapse",
        seen_in="cache",
        says=": Cache hit ratio ",
        change="",
        target="",
        advice="it refills by itself, more instances do not help",
        chart="Cache: hit ratio",
    ),
)


@pytest.mark.parametrize("story", STORIES, ids=[story.breakage for story in STORIES])
async def test_what_breaks_is_seen_and_what_helps_is_said_first(hill: Lookout, story: Story) -> None:
    hill.breaks(story.breakage)
    hill.pass_minutes(story.minutes)

    evidence = await hill.look(*LOOKS, story.seen_in)

    assert not [name for name, found in evidence.items() if found.verdict is Verdict.COULD_NOT_LOOK]
    assert evidence[story.seen_in].verdict.unhealthy
    assert story.says in said(evidence[story.seen_in])
    best = likeliest(evidence)
    assert best
    assert story.advice in best.says
    assert (best.change, best.target, best.playbook) == (story.change, story.target, story.playbook)
    assert story.chart in {"", *_charts(evidence)}


async def test_on_a_quiet_day_everything_is_green_and_nothing_is_advised(hill: Lookout) -> None:
    evidence = await hill.look(*LOOKS)

    assert {name: said(found) for name, found in evidence.items() if found.verdict is not Verdict.GREEN} == {}
    assert likeliest(evidence) is None


async def test_an_innocent_deployment_is_not_blamed(hill: Lookout) -> None:
    hill.breaks("traffic-surge")
    hill.pass_minutes(6)
    hill.breaks("innocent-deploy", "control-plane")
    hill.pass_minutes(6)

    evidence = await hill.look("latency", "error-ratio", "instances", "new-errors", "recent-changes")

    assert "Control plane: 00042 deployed" in said(evidence["recent-changes"])
    assert [each.change for found in evidence.values() for each in found.advice] == ["scale"]


async def test_a_deployment_of_another_service_is_not_blamed(hill: Lookout) -> None:
    hill.breaks("innocent-deploy", "web")
    hill.pass_minutes(4)
    hill.breaks("tool-down")
    hill.pass_minutes(9)

    evidence = await hill.look("latency", "error-ratio", "agent-runs", "new-errors")

    assert {each.change for found in evidence.values() for each in found.advice} == {"env"}


def _charts(evidence: Mapping[str, Evidence]) -> list[str]:
    return [chart.title for found in evidence.values() if found.verdict.unhealthy for chart in found.charts]
