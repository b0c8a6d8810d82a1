"""Agents fail in three ways; each shows in runs and log, and each is healed by something else."""

import pytest

from tests.world import SmallWorld


@pytest.fixture
def world() -> SmallWorld:
    return SmallWorld()


def test_a_tool_that_is_down_fails_its_runs_alone_and_no_rollback_heals_it(world: SmallWorld) -> None:
    world.platform.break_("tool-down")
    world.pass_minutes(6)
    assert world.succeeded("research-assistant", "web-search") < 0.1
    assert world.succeeded("support-triage", "email") > 0.95
    assert "web-search did not answer" in world.texts("agent-runtime")

    world.roll_back("agent-runtime")
    assert world.broken == ["tool-down"]

    world.platform.relieve("tool-down", "web-search")
    world.pass_minutes(6)
    assert world.broken == []
    assert world.succeeded("research-assistant", "web-search") > 0.95


def test_another_provider_helps_while_a_tool_is_down(world: SmallWorld) -> None:
    world.platform.break_("tool-down")
    world.set_variable("agent-runtime", "WEB_SEARCH_PROVIDER", "secondary")
    world.pass_minutes(6)
    assert world.broken == []
    assert world.succeeded("research-assistant", "web-search") > 0.95


def test_a_revoked_permission_shows_as_denied_runs(world: SmallWorld) -> None:
    world.platform.break_("permission-revoked")
    world.pass_minutes(6)
    assert world.succeeded("research-assistant", "document-store") < 0.2
    assert world.succeeded("research-assistant", "web-search") > 0.95
    assert world.answered_with("agent-runtime", "4xx") > 0.04
    assert "PermissionDenied: 403" in world.texts("agent-runtime")

    world.roll_back("agent-runtime")
    world.restart("agent-runtime")
    assert world.broken == ["permission-revoked"]
    world.platform.relieve("permission-revoked", "document-store")
    assert world.broken == []


def test_a_bad_update_of_an_agent_is_healed_by_a_rollback(world: SmallWorld) -> None:
    world.platform.break_("bad-agent-update")
    world.pass_minutes(6)
    assert world.succeeded("support-triage", "email") < 0.3
    assert world.succeeded("support-triage", "document-store") < 0.3
    assert world.succeeded("data-analyst", "sql-query") > 0.95
    assert "agent support-triage" in world.texts("agent-runtime")

    world.restart("agent-runtime")
    assert world.broken == ["bad-agent-update"]
    world.roll_back("agent-runtime", steps=2)
    world.pass_minutes(6)
    assert world.broken == []
    assert world.succeeded("support-triage", "email") > 0.95
