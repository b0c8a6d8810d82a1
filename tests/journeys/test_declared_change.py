"""What an operator declared is planned, agreed to, set off once, followed to its end and verified like every other change."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.postgres_server import PostgresServer
from tests.town import Plan, Town, opened


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    async with opened(replace(plan, cloud=postgres_server)) as town:
        yield town


async def test_a_workflow_is_run_by_two_people_and_what_it_did_is_looked_at(town: Town) -> None:
    workflows = town.ground.neighbours.github.workflows
    assert "CHG-1: looking what it would do" in await town.slash("/ops run reindex region=us", by="ana")
    card = town.read("CHG-1", "general")
    assert "Rebuild the search index" in card
    assert "region = us" in card
    assert "the workflow reindex.yml of agent-marketplace/control-plane has run on main" in card
    assert workflows.dispatched("reindex.yml") == []

    await town.press("Agree", by="ana", where="general")
    assert "You may not agree to CHG-1." in town.whispered("ana")
    await town.press("Agree", by="ben", where=town.direct("ben"))
    await town.pass_time(minutes=2)
    assert "It has succeeded" in town.read("CHG-1", "general")
    assert [each["region"] for each in workflows.dispatched("reindex.yml")] == ["us"]

    await town.pass_time(minutes=10)
    assert "✅ CHG-1 Rebuild the search index: done" in town.read("CHG-1", "general")


async def test_an_answer_that_is_lost_sets_it_off_no_second_time(town: Town) -> None:
    await town.slash("/ops run reindex", by="ana")
    town.breaks("drop_after", "POST /repos/{owner}/{name}/actions/workflows/{workflow}/dispatches", target="github")
    await town.press("Agree", by="ben", where=town.direct("ben"))
    await town.pass_time(minutes=2)
    await town.pass_time(minutes=10)

    assert len(town.ground.neighbours.github.workflows.dispatched("reindex.yml")) == 1
    assert "✅ CHG-1 Rebuild the search index: done" in town.read("CHG-1", "general")


async def test_a_run_that_fails_is_told_with_its_address(town: Town) -> None:
    town.ground.neighbours.github.workflows.fail_next("reindex.yml")
    await town.slash("/ops run reindex", by="ana")
    await town.press("Agree", by="ben", where=town.direct("ben"))
    await town.pass_time(minutes=2)

    assert "It ended with failure: https://" in town.read("CHG-1", "general")


async def test_a_job_is_run_once_though_its_answer_is_lost(town: Town) -> None:
    jobs = town.ground.google.jobs
    assert jobs
    await town.slash("/ops run nightly-report", by="ana")
    town.breaks("drop_after", "google.cloud.run.v2.Jobs/RunJob", target="google")
    await town.press("Run", by="ana", where="general")
    await town.pass_time(minutes=2)
    await town.pass_time(minutes=10)

    assert len(jobs.begun("nightly-report")) == 1
    assert "✅ CHG-1 Write the nightly report again: done" in town.read("CHG-1", "general")


async def test_a_playbook_offers_it_as_a_button(plan: Plan, postgres_server: PostgresServer) -> None:
    own = plan.folder / "own"
    own.mkdir()
    lines = ("---", "kind: scenario", "title: Search is stale", "---", "", "## Treat", "", "1. Do it. `offer: reindex`")
    (own / "search-is-stale.md").write_text("\n".join(lines), encoding="utf-8")
    told = {**plan.environment, "OPSBOT_PLAYBOOKS": str(own)}
    async with opened(replace(plan, cloud=postgres_server, environment=told)) as town:
        await town.slash("/runbook start search-is-stale", by="ana")
        await town.press("Reindex", by="ana", where="general")
        assert "Rebuild the search index" in town.read("CHG-1", "general")


async def test_what_is_not_declared_or_makes_no_sense_is_refused_with_the_nearest_choice(town: Town) -> None:
    assert "There is no declared change `reindx`; did you mean `reindex`?" in await town.slash("/ops run reindx")
    assert "region must be one of: eu, us." in await town.slash("/ops run reindex region=mars")
    assert "There is no parameter `regoin`; did you mean `region`?" in await town.slash("/ops run reindex regoin=eu")
    await town.slash("/ops run")
    assert town.has_form()
