"""What breaks is named, drawn and treated as its alert is told, and the same a few minutes later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.domain.evidence import Evidence
from playbooks import load
from playbooks.alert_looks import LOOKED_AT
from playbooks.sight import Sight
from playbooks.suggesting import suggested
from playbooks.vocabulary import vocabulary
from tests.lookout import Lookout, said

CATALOGUE = load(vocabulary(), None)
INNOCENT = "agent-runtime"
"""It was deployed just before whatever breaks outside of the code, and has nothing to do with it."""


@dataclass(frozen=True, kw_only=True)
class Break:
    """`minutes` after it broke its first line has these words, offers this change, and a playbook treats it."""

    name: str
    minutes: tuple[float, ...]
    words: str
    change: str
    playbook: str
    drawn: str
    """Evidence with a chart of it."""
    services: tuple[str, ...] = ("control-plane",)


BREAKS = (
    Break(
        name="bad-deploy", minutes=(3, 6), words="00042 deployed 10:06 EST, ", change="rollback", playbook="rollback",
        drawn="error-groups",
    ),
    Break(
        name="traffic-surge", minutes=(2, 4, 9), words="and the database has room", change="scale",
        playbook="scale-out", drawn="instances",
    ),
    Break(
        name="slow-queries", minutes=(4, 8), words="00042 deployed 10:06 EST, slow since", change="rollback",
        playbook="api-latency-spike", drawn="latency",
    ),
    Break(
        name="connection-leak", minutes=(7.6,), words="what it leaks comes back", change="rollback",
        playbook="database-connection-pool-exhausted", drawn="database-connections", services=("agent-runtime",),
    ),
    Break(
        name="memory-leak", minutes=(16,), words="00042 leaks and is full", change="restart", playbook="memory-leak",
        drawn="memory", services=("agent-runtime",),
    ),
    Break(
        name="tool-down", minutes=(1.5, 5, 9), words="tool web-search is down", change="env",
        playbook="agent-execution-failures", drawn="agent-runs", services=("agent-runtime",),
    ),
    Break(
        name="permission-revoked", minutes=(1.5, 5, 9), words="document-store is denied", change="",
        playbook="agent-execution-failures", drawn="agent-runs", services=("agent-runtime",),
    ),
    Break(
        name="bad-agent-update", minutes=(2.5, 5, 9), words="runs of support-triage fail since", change="rollback",
        playbook="agent-execution-failures", drawn="agent-runs", services=("agent-runtime",),
    ),
    Break(
        name="wont-start", minutes=(1, 5), words="00042 of Billing did not start, and it lacks", change="env",
        playbook="service-wont-start", drawn="containers", services=("billing",),
    ),
    Break(
        name="secret-gone", minutes=(11,), words="secret payment-key, version 2, is destroyed", change="env",
        playbook="service-wont-start", drawn="containers", services=("billing",),
    ),
    Break(
        name="lost-data", minutes=(2, 6), words="users lost", change="clone", playbook="database-recovery",
        drawn="row-counts",
    ),
    Break(
        name="backup-failed", minutes=(2, 6), words="take one now and find out why", change="backup",
        playbook="backup-verification", drawn="backups", services=(),
    ),
    Break(
        name="backups-off", minutes=(2,), words="switch it on again", change="",
        playbook="backup-verification", drawn="backups", services=(),
    ),
)  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS, ids=lambda each: each.name)
async def test_what_breaks_is_named_drawn_and_treated_from_its_alert_on(hill: Lookout, broken: Break) -> None:
    if broken.name in {"tool-down", "permission-revoked"}:
        hill.breaks("innocent-deploy", INNOCENT)
    hill.pass_minutes(6)
    hill.breaks(broken.name)
    passed = 0.0
    for minutes in broken.minutes:
        hill.pass_minutes(minutes - passed)
        passed = minutes
        seen = await look(hill, broken.services, minutes)

        advice = Sight(evidence=seen).advice
        assert advice, minutes
        assert broken.words in advice.says, minutes
        assert advice.change == broken.change
        assert broken.playbook in [each.name for each in suggested(CATALOGUE, seen)], minutes
        assert seen[broken.drawn].verdict.unhealthy, said(seen[broken.drawn])
        assert seen[broken.drawn].charts


@pytest.mark.parametrize("minutes", [2, 4, 9])
async def test_a_cold_cache_is_named_and_the_revision_that_was_well_before_is_not(
    hill: Lookout, minutes: float
) -> None:
    hill.breaks("innocent-deploy", "control-plane")
    hill.pass_minutes(6)
    hill.breaks("cache-collapse")
    hill.pass_minutes(minutes)
    seen = await look(hill, ("control-plane",), minutes)

    assert "rollback" not in {each.change for found in seen.values() for each in found.advice}
    if minutes > 3:
        advice = Sight(evidence=seen).advice
        assert advice
        assert "the cache answers only" in advice.says
        assert seen["cache"].charts


async def test_the_chart_of_connections_shows_those_of_now_and_what_was_deployed(hill: Lookout) -> None:
    hill.breaks("connection-leak")
    hill.pass_minutes(8)
    (evidence,) = (await hill.look("database-connections", subject=hill.subject("agent-runtime"))).values()
    (chart,) = evidence.charts
    assert chart.traces[0].points[-1].at == hill.now
    assert chart.traces[0].points[-1].value > 250
    assert "00042" in [each.label for each in chart.markers]
    assert {each.change for each in evidence.advice} == {"kill-idle", "rollback"}


async def test_the_chart_of_failing_agents_shows_who_fails_apart_and_what_was_deployed(hill: Lookout) -> None:
    hill.breaks("bad-agent-update")
    hill.pass_minutes(3)
    (chart,) = (await look(hill, ("agent-runtime",), 3))["agent-runs"].charts
    assert [each.name for each in chart.traces] == ["all runs", "support-triage"]
    assert [each.label for each in chart.markers] == ["00042", "began"]


async def test_of_several_faults_of_agents_each_is_named_with_its_own_beginning(hill: Lookout) -> None:
    hill.breaks("tool-down")
    hill.pass_minutes(4)
    hill.breaks("bad-agent-update")
    hill.pass_minutes(4)
    (evidence,) = (await hill.look("agent-runs", subject=hill.subject("agent-runtime"))).values()
    agent, tool = sorted(each.says for each in evidence.advice)
    assert agent.startswith("00042 deployed 10:04 EST, runs of support-triage fail since 10:0")
    assert agent.endswith("00041 was healthy; web-search fails too")
    assert tool.startswith("tool web-search is down")
    assert tool.endswith("; support-triage fails too")


async def test_backups_that_are_off_are_switched_on_and_treated_by_nothing_about_connections(hill: Lookout) -> None:
    hill.breaks("backups-off")
    hill.pass_minutes(2)
    seen = await hill.look("backups", "database-instance", subject=hill.subject(began=hill.now))

    advice = Sight(evidence=seen).advice
    assert advice
    assert advice.command.startswith("gcloud sql instances patch agent-marketplace-db --backup-start-time")
    assert [each.name for each in suggested(CATALOGUE, seen)] == ["backup-verification"]


async def test_a_backup_that_failed_long_before_is_not_what_a_trouble_is_about(hill: Lookout) -> None:
    hill.breaks("backup-failed")
    hill.pass_minutes(40)
    lately, long_before = (hill.subject(began=hill.now - timedelta(minutes=each)) for each in (38, 1))
    (just,) = (await hill.look("backups", subject=lately))["backups"].advice
    (old,) = (await hill.look("backups", subject=long_before))["backups"].advice
    assert (just.aside, old.aside) == (False, True)


async def look(hill: Lookout, services: tuple[str, ...], minutes: float) -> Mapping[str, Evidence]:
    """All that an alert has looked at, which came a minute after it broke."""
    began = hill.now - timedelta(minutes=max(0, minutes - 1))
    return await hill.look(*LOOKED_AT, subject=hill.subject(*services, began=began))
