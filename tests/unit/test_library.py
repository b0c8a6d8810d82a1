"""The whole library: every procedure of the owners' runbook is a playbook, with every one of its steps."""

import re

import pytest

from bot.domain.playbook import Kind
from playbooks import load
from playbooks.lint import shown
from playbooks.vocabulary import vocabulary

LIBRARY = load(vocabulary(), None)

PROCEDURES: dict[str, tuple[str, ...]] = {
    "morning-checklist": (
        "services answer", "database", "incidents of the night", "alerts", "errors of the night", "latency", "errors.",
        "agent runs", "active users", "revenue", "support tickets", "github issues", "community",
    ),
    "hourly-check": (
        "latency", "errors", "agent runs", "deployments of the last hour", "taken back", "cpu and memory", "disk",
        "network",
    ),
    "end-of-day": (
        "active users", "agent runs", "revenue", "errors", "maintenance ahead", "running full", "on call",
        "the page says", "incidents", "write to customers",
    ),
    "api-latency-spike": ("database", "queries", "cache", "instances", "attack", "what changed"),
    "database-connection-pool-exhausted": ("who holds", "end connections", "pool", "leak", "tier"),
    "memory-leak": ("which service grows", "restart", "memory stays level", "what changed", "deploy it"),
    "agent-execution-failures": ("logs", "tool", "permission", "updated", "go back"),
    "pre-deployment": (
        "tests pass", "review is approved", "security issues", "migrations were tested", "documentation", "unit",
        "integration", "end-to-end", "performance", "security scan", "deployed to staging", "smoke tests",
        "migrations ran", "metrics", "alerts",
    ),
    "deploy": ("tag", "release", "image", "digest", "answers", "latency", "log"),
    "rollback": ("which revisions", "send all traffic", "it answers", "finalise", "migration"),
    "backup-verification": ("newest backup", "hourly, daily, weekly and monthly"),
    "weekend-check": ("services answer", "latency and errors", "nobody has taken"),
    "restore-test": ("newest successful backup", "into the test instance", "row counts"),
    "database-recovery": ("set back", "clone", "restore a backup", "verify", "another instance"),
    "service-recovery": ("last revision that served", "damaged", "lost"),
    "scale-out": ("instances", "replica"),
    "scale-up": ("containers more", "tier"),
    "load-test": ("run it", "watch meanwhile", "what did it bear"),
    "database-maintenance": ("vacuum", "reindex", "backup", "version that the platform offers"),
    "infrastructure-maintenance": ("base image", "certificates, keys", "deploy them", "disaster recovery"),
    "maintenance-communication": (
        "announce it in #announcements", "status page", "mail", "remind in #announcements", "post an update",
        "remind by mail", "in progress", "how it goes", "mail the summary",
    ),
    "service-wont-start": ("its containers say", "variables", "correct it", "go back", "answers"),
    "high-memory-usage": ("how high", "leak", "raise the limit", "keeps away"),
    "database-connection-issues": ("is the database up", "how many clients", "idle", "there is room"),
    "handoff-friday": ("who hands over", "can be reached", "every hour", "services answer", "open incidents", "pages", "nobody took", "fail or are muted", "approvals", "not finalised", "windows to come", "deployments", "runbook", "lessons", "numbers and logs", "test alert", "anything else", "i have it"),
    "handoff-monday": ("who hands over", "can be reached", "every hour", "incidents", "pages", "fail or are muted", "changed", "approvals", "not finalised", "windows to come", "incidents taught", "learned", "playbooks should change", "debrief", "test alert", "i have it"),
    "due-list": ("send the lists",),
    "on-call-coverage": ("every hour", "can be reached"),
    "emergency-contacts": ("on call", "telephone", "security and support"),
    "config-backup": ("export the settings", "encrypted", "compare"),
}  # fmt: skip
"""What the steps of each procedure of the runbook are about."""
INCIDENTS = {"critical-incident", "high-incident", "medium-incident", "low-incident"}
SCENARIOS = {
    "api-latency-spike",
    "database-connection-pool-exhausted",
    "memory-leak",
    "agent-execution-failures",
    "service-wont-start",
    "high-memory-usage",
    "database-connection-issues",
}


def test_the_library_is_the_whole_runbook_and_nothing_else() -> None:
    assert LIBRARY.mistakes == ()
    assert set(LIBRARY.playbooks) == INCIDENTS | set(PROCEDURES)


@pytest.mark.parametrize("name", list(PROCEDURES))
def test_every_step_of_the_runbook_is_there(name: str) -> None:
    said = shown(LIBRARY.find(name)).lower()

    assert [words for words in PROCEDURES[name] if words not in said] == []


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_a_scenario_is_looked_at_acted_on_and_verified(name: str) -> None:
    playbook = LIBRARY.find(name)
    first, *_, last = playbook.phases

    assert playbook.kind is Kind.SCENARIO
    assert [phase.slug for phase in playbook.phases] == ["diagnose", "act", "verify"]
    assert all(step.evidence for step in (*first.steps, *last.steps))


@pytest.mark.parametrize("name", sorted(PROCEDURES))
def test_a_step_can_be_read_at_three_in_the_morning(name: str) -> None:
    long = [step.text for step in LIBRARY.find(name).steps() if len(re.findall(r"\w+", step.text)) > 24]

    assert long == []
