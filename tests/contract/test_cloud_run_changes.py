"""The bot's own hands on Cloud Run, against the practice ground: minimal messages, etags, and what errors mean."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.cloud_service import Condition, Share
from bot.domain.errors import GiveUp, Retry, Superseded, Unsure
from bot.domain.template_edit import SecretRef, TemplateEdit
from bot.integrations.cloud_run_changes import CloudRunChanges
from tests.google_server import GoogleServer, google_server

REGION = "us-central1"
SERVICE = "control-plane"


@pytest.fixture
async def server() -> AsyncIterator[GoogleServer]:
    async with google_server() as running:
        yield running


@pytest.fixture
def hands(server: GoogleServer) -> CloudRunChanges:
    return CloudRunChanges(server.run(), timeout=5)


async def etag(server: GoogleServer) -> str:
    return (await server.run().service(SERVICE, REGION)).etag


async def test_traffic_goes_where_it_was_sent_and_the_operation_says_when(
    server: GoogleServer, hands: CloudRunChanges
) -> None:
    shares = [
        Share(revision="control-plane-00040", percent=100),
        Share(revision="control-plane-00041", percent=0, tag="bad-20260302"),
    ]
    name = await hands.set_traffic(SERVICE, REGION, shares, etag=await etag(server))
    assert not (await hands.operation(name)).done

    server.clock.advance(5)
    assert (await hands.operation(name)).done
    stands = await server.run().service(SERVICE, REGION)
    assert [(each.revision, each.percent, each.tag) for each in stands.serving] == [
        ("control-plane-00040", 100, ""),
        ("control-plane-00041", 0, "bad-20260302"),
    ]


async def test_traffic_that_does_not_sum_to_100_is_never_sent(server: GoogleServer, hands: CloudRunChanges) -> None:
    for shares in ([], [Share(revision="control-plane-00040", percent=90)]):
        with pytest.raises(GiveUp, match="sum to 100"):
            await hands.set_traffic(SERVICE, REGION, shares, etag=await etag(server))


async def test_what_was_changed_meanwhile_is_not_changed_again(server: GoogleServer, hands: CloudRunChanges) -> None:
    before = await etag(server)
    server.platform.scale(SERVICE, least=2, most=20)

    with pytest.raises(Superseded):
        await hands.set_traffic(SERVICE, REGION, [Share(revision="control-plane-00040", percent=100)], etag=before)


async def test_a_revision_is_made_from_another_and_only_the_edit_differs(
    server: GoogleServer, hands: CloudRunChanges
) -> None:
    old = next(each for each in await server.run().revisions(SERVICE, REGION) if each.name == "control-plane-00040")
    edit = TemplateEdit(
        memory="2Gi",
        variables={"LOG_LEVEL": "debug"},
        secrets={"DATABASE_URL": SecretRef(secret="database-url", version="3")},
        annotations={"opsbot.dev/plan": "abc"},
    )
    await hands.make_revision(SERVICE, REGION, base="control-plane-00040", edit=edit, etag=await etag(server))
    server.clock.advance(30)

    new, *_ = await server.run().revisions(SERVICE, REGION)
    assert (new.name, new.condition, new.image) == ("control-plane-00042", Condition.READY, old.image)
    assert new.limits
    assert (new.limits.memory, new.annotations["opsbot.dev/plan"]) == ("2Gi", "abc")
    sources = {each.name: each.source for each in new.environment}
    assert sources["DATABASE_URL"] == "secret:database-url@3"
    assert {each.name for each in old.environment} <= sources.keys()


async def test_instances_and_ingress_are_set(server: GoogleServer, hands: CloudRunChanges) -> None:
    await hands.set_scaling(SERVICE, REGION, least=3, most=40, etag=await etag(server))
    await hands.set_ingress(SERVICE, REGION, "internal-only", etag=await etag(server))

    stands = await server.run().service(SERVICE, REGION)
    assert (stands.min_instances, stands.max_instances, stands.ingress) == (3, 40, "internal-only")


@pytest.mark.parametrize(
    ("kind", "error"),
    [("drop_before", Unsure), ("drop_after", Unsure), ("error:PERMISSION_DENIED", GiveUp), ("ratelimited", Retry)],
)
async def test_what_goes_wrong_is_told_by_who_must_act(
    server: GoogleServer, hands: CloudRunChanges, kind: str, error: type[Exception]
) -> None:
    now = await etag(server)
    server.break_down(kind, method="Services.UpdateService")

    with pytest.raises(error):
        await hands.set_traffic(SERVICE, REGION, [Share(revision="control-plane-00040", percent=100)], etag=now)
