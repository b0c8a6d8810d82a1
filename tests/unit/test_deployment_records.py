"""A deployment is recorded at GitHub once and told how it ended; what GitHub refuses is told to who must act on it."""

from dataclasses import replace

import pytest

from bot.domain.deployment import DeploymentState, RecordDeployment, Shipment
from bot.domain.effect import Attempt, Receipt
from bot.domain.errors import GiveUp, Retry, Unsure
from bot.integrations.deployment_records import DeploymentRecords
from bot.integrations.github_writing import GitHubWriting
from sandbox.github.door import TOKEN
from sandbox.payload import JsonObject
from tests.neighbours_server import START, NeighboursServer

CODE = "agent-marketplace/control-plane"
CARD = "change/12/card"
BOUND = {CARD: {"channel": "C0ALERTS", "ts": "1772636400.000100"}}
LINK = "https://slack.example/archives/C0ALERTS/p1772636400000100"


def begun(server: NeighboursServer) -> RecordDeployment:
    """A change that deploys the newest commit but one has begun."""
    github = server.neighbours.github
    commit = github.commit(CODE, "main")
    assert commit
    github.merge(CODE, "Say it better")
    return RecordDeployment(
        change=12,
        mark="opsbot-CHG-12-20260304T150000Z",
        title="CHG-12: Deploy Control plane 1.9.0",
        shipment=Shipment(repository=CODE, commit=commit.sha, environment="production"),
        state=DeploymentState.IN_PROGRESS,
        says="Begun (CHG-12).",
        card=CARD,
    )


def ended(effect: RecordDeployment, state: DeploymentState) -> RecordDeployment:
    return replace(effect, state=state, says="Over (CHG-12).")


async def record(
    server: NeighboursServer, effect: RecordDeployment, *, token: str = TOKEN, url: str = "", look: bool = False
) -> Receipt:
    client = GitHubWriting(token=token, url=url or f"{server.url}/github", timeout=5)
    try:
        return await records(client).record(effect, Attempt(key="1", serial=1, first_at=START, look=look, bound=BOUND))
    finally:
        await client.close()


def records(client: GitHubWriting | None) -> DeploymentRecords:
    async def address() -> str:
        return "https://slack.example/"

    return DeploymentRecords(client, address=address)


def recorded(server: NeighboursServer) -> list[JsonObject]:
    return server.neighbours.github.deployments(CODE)


async def statuses(server: NeighboursServer) -> list[JsonObject]:
    (one,) = recorded(server)
    async with server.raw() as raw:
        return list((await raw.get(f"/repos/{CODE}/deployments/{one['id']}/statuses")).json())


@pytest.mark.parametrize("state", [DeploymentState.SUCCESS, DeploymentState.FAILURE, DeploymentState.INACTIVE])
async def test_one_record_says_that_it_began_and_how_it_ended(server: NeighboursServer, state: DeploymentState) -> None:
    effect = begun(server)
    for each in (effect, effect, ended(effect, state), ended(effect, state)):
        await record(server, each)

    (one,) = recorded(server)
    assert (one["ref"], one["environment"], one["states"]) == (
        effect.shipment.commit,
        "production",
        [state, "in_progress"],
    )
    assert (one["description"], one["payload"]) == (effect.title, {"opsbot": effect.mark})
    latest = (await statuses(server))[0]
    assert (latest["description"], latest["log_url"]) == ("Over (CHG-12).", LINK)


async def test_an_end_is_recorded_though_the_beginning_never_was_and_not_the_other_way_round(
    server: NeighboursServer,
) -> None:
    effect = begun(server)
    await record(server, ended(effect, DeploymentState.SUCCESS))
    await record(server, effect)

    assert [each["states"] for each in recorded(server)] == [["success"]]


async def test_another_change_with_the_same_commit_has_a_record_of_its_own(server: NeighboursServer) -> None:
    effect = begun(server)
    await record(server, effect)
    await record(server, replace(effect, change=13, mark="opsbot-CHG-13-20260304T160000Z"))

    assert len(recorded(server)) == 2


async def test_what_went_well_in_staging_stays_so_when_another_commit_comes_there(server: NeighboursServer) -> None:
    effect = ended(begun(server), DeploymentState.SUCCESS)
    first = replace(effect, shipment=replace(effect.shipment, environment="staging"))
    newest = server.neighbours.github.commit(CODE, "main")
    assert newest
    await record(server, first)
    await record(server, replace(first, mark="other", shipment=replace(first.shipment, commit=newest.sha)))

    assert [each["states"] for each in recorded(server)] == [["success"], ["success"]]


async def test_the_pipeline_s_own_records_are_not_taken_for_ours(server: NeighboursServer) -> None:
    effect = begun(server)
    await record(server, ended(effect, DeploymentState.FAILURE))
    async with server.raw() as raw:
        found = (await raw.get(f"/repos/{CODE}/deployments", params={"sha": effect.shipment.commit})).json()
    assert len(found) > 1
    assert [each["creator"]["login"] for each in found].count("opsbot[bot]") == 1


@pytest.mark.parametrize("method", ["POST */deployments", "POST */statuses"])
@pytest.mark.parametrize("kind", ["drop_after", "http_503", "garbage_json"])
async def test_a_lost_answer_is_looked_for_and_nothing_is_doubled(
    server: NeighboursServer, kind: str, method: str
) -> None:
    effect = ended(begun(server), DeploymentState.SUCCESS)
    server.break_down(kind, method=method, times=1)

    with pytest.raises(Unsure):
        await record(server, effect)
    await record(server, effect, look=True)
    assert [each["states"] for each in recorded(server)] == [["success"]]


@pytest.mark.parametrize(
    ("kind", "error", "says"),
    [
        ("error:401", GiveUp, "check GITHUB_TOKEN"),
        ("error:403", GiveUp, "let GITHUB_TOKEN write there"),
        ("error:404", GiveUp, "does not show the repository"),
        ("error:409", Retry, "somebody else changed it"),
        ("error:422", GiveUp, "GitHub refuses: 422"),
        ("ratelimited", Retry, "slow down"),
    ],
)
async def test_what_github_refuses_is_told_apart(
    server: NeighboursServer, kind: str, error: type[Exception], says: str
) -> None:
    effect = begun(server)
    server.break_down(kind, method="POST *", times=1)

    with pytest.raises(error, match=says):
        await record(server, effect)
    assert recorded(server) == []


async def test_a_commit_that_is_gone_is_refused_in_github_s_words(server: NeighboursServer) -> None:
    effect = begun(server)
    gone = replace(effect, shipment=replace(effect.shipment, commit="0" * 40))
    with pytest.raises(GiveUp, match="GitHub refuses: No ref found for: 0000"):
        await record(server, gone)


async def test_a_card_that_stands_nowhere_is_not_linked(server: NeighboursServer) -> None:
    await record(server, replace(begun(server), card="change/12/other"))

    assert [each["log_url"] for each in await statuses(server)] == [""]


async def test_without_a_token_or_anybody_there_it_says_so(server: NeighboursServer) -> None:
    effect = begun(server)
    with pytest.raises(GiveUp, match="set GITHUB_TOKEN"):
        await records(None).record(effect, Attempt(key="1", serial=1, first_at=START))
    with pytest.raises(Retry, match="cannot be reached"):
        await record(server, effect, url="http://127.0.0.1:9")
