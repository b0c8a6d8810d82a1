"""What GitHub says is read as it is meant, and what it does not say is never taken for good news."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.evidence import CouldNotLook, Subject, Verdict
from bot.integrations.github import GitHub
from bot.integrations.github_shapes import approvers
from playbooks.evidence.github_issues import github_issues
from sandbox.payload import JsonObject
from tests.empty_world import empty_world
from tests.neighbours_server import START, NeighboursServer

CODE = "agent-marketplace/control-plane"
DAY = timedelta(days=1)


@pytest.fixture
async def github(server: NeighboursServer) -> AsyncIterator[GitHub]:
    client = server.github()
    yield client
    await client.close()


async def test_a_commit_is_found_by_branch_tag_and_beginning(github: GitHub) -> None:
    latest = await github.commit(CODE, "main")

    assert latest.title == "Say which field of a request was wrong"
    assert latest.author == "dee"
    assert await github.commit(CODE, latest.sha[:10]) == latest
    assert (await github.commit(CODE, "v1.7.0")).title == "Sort agents by rating"


async def test_checks_leave_out_the_combined_status_when_nobody_reports_one(github: GitHub) -> None:
    checks = await github.checks(CODE, (await github.commit(CODE, "main")).sha)

    assert {check.conclusion for check in checks} == {"success"}
    assert "Unit tests" in {check.name for check in checks}


async def test_a_review_names_who_approved_and_is_not_its_author(github: GitHub) -> None:
    (review,) = await github.reviews(CODE, (await github.commit(CODE, "main")).sha)

    assert (review.author, review.approved_by) == ("dee", ("ana",))


async def test_deployments_come_newest_first_with_their_states(server: NeighboursServer, github: GitHub) -> None:
    deployments = await github.deployments(CODE, since=START - 7 * DAY)

    assert [each.environment for each in deployments].count("production") == 2
    assert {each.state for each in deployments} == {"success"}
    assert [each.at for each in deployments] == sorted((each.at for each in deployments), reverse=True)
    assert all(each.at >= START - 7 * DAY for each in deployments)


async def test_issues_leave_out_pull_requests(server: NeighboursServer, github: GitHub) -> None:
    server.neighbours.github.open_issue(CODE, "Sessions leak", labels=("security",))
    async with server.raw() as raw:
        sha = (await github.commit(CODE, "main")).sha
        await raw.post(f"/repos/{CODE}/git/refs", json={"ref": "refs/heads/fix", "sha": sha})
        made = await raw.post(f"/repos/{CODE}/pulls", json={"title": "Fix", "head": "fix", "base": "main"})
    assert made.status_code == 201

    issues = await github.issues(CODE, since=START - DAY)
    assert [(each.title, each.labels) for each in issues] == [("Sessions leak", ("security",))]


async def test_an_old_issue_about_security_is_told_as_long_as_it_is_open(
    server: NeighboursServer, github: GitHub
) -> None:
    server.neighbours.github.open_issue(CODE, "Sessions leak", labels=("security",))
    server.clock.advance(30 * 86400)
    now = server.clock.now()
    world = empty_world(now)
    watched = replace(world, code=github, organisation=replace(world.organisation, services={}, repositories=(CODE,)))

    found = await github_issues(watched, Subject(services=(), since=now - DAY, until=now))

    assert found.verdict is Verdict.AMBER
    assert "0 new issues, 0 bugs, 1 about security" in found.findings[0].says
    assert "Sessions leak" in found.findings[1].says


async def test_lists_are_read_over_all_their_pages(server: NeighboursServer, github: GitHub) -> None:
    for number in range(230):
        server.neighbours.github.open_issue(CODE, f"Issue {number}")

    assert len(await github.issues(CODE, since=START - DAY)) == 230
    assert server.calls().count("GET /repos/{owner}/{name}/issues") == 3


async def test_a_list_without_end_is_not_half_told(server: NeighboursServer, github: GitHub) -> None:
    for number in range(1001):
        server.neighbours.github.open_issue(CODE, f"Issue {number}")

    with pytest.raises(CouldNotLook, match="more than 1,000"):
        await github.issues(CODE, since=START - DAY)


async def test_failed_workflows_are_those_that_failed_since(server: NeighboursServer, github: GitHub) -> None:
    server.neighbours.github.fail(CODE, "Deploy")
    server.clock.advance(3600)
    server.neighbours.github.fail(CODE, "Nightly tests")

    found = await github.failed_workflows(CODE, since=server.clock.now() - timedelta(minutes=30))
    assert [(each.name, each.conclusion) for each in found] == [("Nightly tests", "failure")]


async def test_two_commits_are_compared(github: GitHub) -> None:
    old, new = await github.commit(CODE, "v1.6.0"), await github.commit(CODE, "v1.7.0")
    comparison = await github.compare(CODE, old.sha, new.sha)

    assert [each.title for each in comparison.commits] == [
        "Answer 404 for a run nobody may see",
        "Sort agents by rating",
    ]
    assert not comparison.truncated


async def test_an_alert_feature_that_is_off_is_unknown_and_not_none(server: NeighboursServer, github: GitHub) -> None:
    server.neighbours.github.find(CODE, "secret-scanning", None)
    server.neighbours.github.find(CODE, "code-scanning", [_rule("high"), _rule("low"), _rule(None)])
    server.neighbours.github.find(CODE, "dependabot", [_advisory("critical"), _advisory("medium")])

    alerts = await github.security_alerts(CODE)
    assert (alerts.code, alerts.dependencies, alerts.secrets) == (1, 1, None)


async def test_a_limit_is_not_taken_for_a_feature_that_is_off(server: NeighboursServer, github: GitHub) -> None:
    server.break_down("ratelimited")

    with pytest.raises(CouldNotLook, match="slow down; look again in 1 s"):
        await github.security_alerts(CODE)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("http_503", "is failing \\(503"),
        ("drop_before", "cannot be reached"),
        ("garbage_json", "makes no sense"),
        ("error:401", "check GITHUB_TOKEN"),
        ("error:403", "lacks a permission"),
        ("error:404", "does not have it, or does not show it to us"),
    ],
)
async def test_what_goes_wrong_is_said(server: NeighboursServer, github: GitHub, kind: str, says: str) -> None:
    server.break_down(kind)

    with pytest.raises(CouldNotLook, match=says):
        await github.commit(CODE, "main")


async def test_a_source_that_takes_forever_is_left_in_time(server: NeighboursServer) -> None:
    server.break_down("latency", latency_ms=2000)
    client = server.github(timeout=0.05)

    with pytest.raises(CouldNotLook, match="in time"):
        await client.issues(CODE, since=START)
    await client.close()


Asks = Callable[[GitHub], Awaitable[object]]


@pytest.mark.parametrize(
    "ask",
    [
        lambda github: github.commit("../../etc", "main"),
        lambda github: github.commit("owner", "main"),
        lambda github: github.commit(CODE, "../../../user"),
        lambda github: github.commit(CODE, "a b"),
        lambda github: github.compare(CODE, "main", "x?y"),
    ],
)
async def test_what_is_no_repository_or_commit_is_not_asked_for(server: NeighboursServer, ask: Asks) -> None:
    client = server.github()

    with pytest.raises(CouldNotLook, match="is no "):
        await ask(client)
    assert server.calls() == []
    await client.close()


async def test_doctor_hears_what_is_left_and_which_repository_is_not_shown(server: NeighboursServer) -> None:
    good, bad = server.github(repositories=(CODE,)), server.github(repositories=(CODE, "agent-marketplace/gone"))
    stranger = server.github(token="wrong")

    assert "calls are left" in await good.examine()
    with pytest.raises(CouldNotLook, match="does not show agent-marketplace/gone"):
        await bad.examine()
    with pytest.raises(CouldNotLook, match="check GITHUB_TOKEN"):
        await stranger.examine()
    await asyncio.gather(good.close(), bad.close(), stranger.close())


PULL: JsonObject = {"user": {"login": "ana"}, "head": {"sha": "new"}}


@pytest.mark.parametrize(
    ("reviews", "expected"),
    [
        ([("ben", "APPROVED", "new")], ("ben",)),
        ([("ben", "APPROVED", "old")], ()),
        ([("ana", "APPROVED", "new")], ()),
        ([("ben", "APPROVED", "new"), ("ben", "COMMENTED", "new")], ("ben",)),
        ([("ben", "APPROVED", "new"), ("ben", "DISMISSED", "new")], ()),
        ([("ben", "APPROVED", "new"), ("cho", "CHANGES_REQUESTED", "old")], ()),
        ([("ben", "CHANGES_REQUESTED", "old"), ("ben", "APPROVED", "new")], ("ben",)),
        ([("tidy[bot]", "APPROVED", "new")], ()),
    ],
)
def test_only_somebody_else_approves_and_only_the_last_state(
    reviews: list[tuple[str, str, str]], expected: tuple[str, ...]
) -> None:
    given: list[JsonObject] = [
        {"user": {"login": who, "type": "Bot" if "[bot]" in who else "User"}, "state": state, "commit_id": sha}
        for who, state, sha in reviews
    ]
    assert approvers(PULL, given) == expected


def _rule(severity: str | None) -> JsonObject:
    return {"number": 1, "rule": {"id": "x", "security_severity_level": severity}}


def _advisory(severity: str) -> JsonObject:
    return {"number": 1, "security_advisory": {"severity": severity}}
