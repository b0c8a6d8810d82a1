"""Cloud Run as the bot reads it: services, revisions, pages, and what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.cloud_service import Condition, Limits, Share
from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.integrations.cloud_run import CloudRun
from bot.integrations.cloud_run_reading import RUN
from sandbox.world.cloud_service import Target
from sandbox.world.spec import STAGING
from tests.google_server import GoogleServer, google_server

REGION = "us-central1"


@pytest.fixture
async def server() -> AsyncIterator[GoogleServer]:
    async with google_server() as running:
        yield running


async def seen(run: CloudRun) -> bool:
    try:
        return bool(await run.services())
    except CouldNotLook:
        return False


async def test_every_service_is_told_with_its_traffic_limits_and_image(server: GoogleServer) -> None:
    services = await server.run().services()

    assert {each.name for each in services} == {*server.platform.services, *STAGING}
    control = next(each for each in services if each.name == "control-plane")
    world = server.platform.service("control-plane")
    assert (control.region, control.condition, control.reconciling) == (REGION, Condition.READY, False)
    assert (control.latest_created, control.latest_ready) == ("control-plane-00041", "control-plane-00041")
    assert control.template_image == world.template.image
    assert control.traffic == (Share(revision="", percent=100, latest=True),)
    assert control.serving == (Share(revision="control-plane-00041", percent=100, latest=True),)
    assert (control.min_instances, control.max_instances) == (world.min_instances, world.max_instances)
    assert (control.etag, control.ingress, control.pinned) == (world.etag, "all", False)


async def test_a_pinned_service_says_so_and_keeps_the_image_of_its_next_revision(server: GoogleServer) -> None:
    server.platform.set_traffic("control-plane", [Target(percent=100, revision="control-plane-00040")])
    asked = await server.run().service("control-plane", REGION)
    assert (asked.pinned, asked.reconciling) == (True, True)
    assert asked.serving[0].revision == "control-plane-00041"

    server.clock.advance(10)
    done = await server.run().service("control-plane", REGION)
    assert (done.reconciling, done.serving) == (False, (Share(revision="control-plane-00040", percent=100),))
    assert done.template_image == server.platform.service("control-plane").template.image


async def test_revisions_come_newest_first_with_what_tells_them_apart(server: GoogleServer) -> None:
    newest, *others = await server.run().revisions("control-plane", REGION)

    assert [each.name for each in (newest, *others)] == [f"control-plane-000{number}" for number in (41, 40, 39, 38)]
    assert (newest.condition, newest.limits, newest.concurrency) == (Condition.READY, Limits(cpu="2", memory="1Gi"), 80)
    assert "@sha256:" in newest.image
    assert newest.created_at > others[0].created_at


async def test_a_revision_that_does_not_start_says_why(server: GoogleServer) -> None:
    world = server.platform.service("control-plane")
    server.platform.deploy("control-plane", replace(world.template, environment={}))
    server.clock.advance(5)
    (pending, *_rest) = await server.run().revisions("control-plane", REGION)
    assert pending.condition is Condition.PENDING

    server.clock.advance(30)
    (failed, *_rest) = await server.run().revisions("control-plane", REGION)
    service = await server.run().service("control-plane", REGION)
    assert (failed.condition, failed.reason) == (Condition.FAILED, "HEALTH_CHECK_CONTAINER_ERROR")
    assert "failed to start" in failed.says
    assert (service.condition, service.says) == (Condition.FAILED, failed.says)
    assert (service.latest_created, service.latest_ready) == ("control-plane-00042", "control-plane-00041")


async def test_an_image_that_is_not_there_is_told_in_the_platforms_words(server: GoogleServer) -> None:
    world = server.platform.service("web")
    environment = dict(world.template.environment)
    server.platform.deploy(
        "web", replace(world.template, environment=environment, image=f"{world.spec.image}:none-such")
    )
    server.clock.advance(30)
    (failed, *_rest) = await server.run().revisions("web", REGION)

    assert (failed.reason, failed.says) == ("CONTAINER_MISSING", f"Image '{world.spec.image}:none-such' not found.")


async def test_values_of_variables_never_leave_the_client(server: GoogleServer) -> None:
    world = server.platform.service("control-plane")
    secret = "hunter2-and-more"
    with_secret = {**world.template.environment, "PASSPHRASE": secret}
    server.platform.deploy("control-plane", replace(world.template, environment=with_secret))
    server.platform.deploy("control-plane", replace(world.template, environment={**with_secret, "PASSPHRASE": "other"}))
    second, first, before, *_rest = await server.run().revisions("control-plane", REGION)
    again = (await server.run().revisions("control-plane", REGION))[1]
    elsewhere = (await server.run(key=b"another key").revisions("control-plane", REGION))[1]

    def digest(revision: object) -> str:
        return next(each.digest for each in revision.environment if each.name == "PASSPHRASE")  # type: ignore[attr-defined]

    assert secret not in repr((second, first, before))
    assert secret not in repr([entry.detail for entry in server.log.entries(kind="google")])
    assert digest(first) == digest(again) != digest(second)
    assert digest(first) != digest(elsewhere)
    assert ("DATABASE_PASSWORD", "secret:database-password@7", "") in [
        (each.name, each.source, each.digest) for each in first.environment
    ]


async def test_hundreds_of_revisions_come_in_pages(server: GoogleServer) -> None:
    world = server.platform.service("web")
    for _ in range(130):
        server.platform.deploy("web", replace(world.template, environment={}))
    revisions = await server.run().revisions("web", REGION)

    assert len(revisions) == 134
    assert server.calls().count("Revisions.ListRevisions") == 2


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("error:PERMISSION_DENIED", "opsbot's service account lacks run.services.get; grant it roles/run.viewer."),
        ("ratelimited", "Cloud Run's quota for reading is used up; look again in a minute."),
        ("http_503", "Cloud Run cannot be reached; look again in a moment."),
        ("http_500", "Cloud Run failed (INTERNAL); look again in a moment."),
        ("drop_before", "Cloud Run cannot be reached; look again in a moment."),
        ("error:UNAUTHENTICATED", "Cloud Run does not take Google's credentials"),
        ("error:DEADLINE_EXCEEDED", "Cloud Run did not answer within 5 s; look again in a moment."),
        ("garbage_json", "Cloud Run answered something that is no service, which makes no sense"),
    ],
)
async def test_what_goes_wrong_is_told_with_what_to_do(server: GoogleServer, kind: str, says: str) -> None:
    server.break_down(kind)

    with pytest.raises(CouldNotLook) as told:
        await server.run().service("control-plane", REGION)
    assert says in str(told.value)


async def test_a_call_that_takes_for_ever_ends_at_its_deadline(server: GoogleServer) -> None:
    server.break_down("latency", latency_ms=600_000)

    with pytest.raises(CouldNotLook, match=r"did not answer within 0\.2 s"):
        await server.run(timeout=0.2).services()


async def test_a_region_that_fails_fails_the_look_and_is_no_empty_one(server: GoogleServer) -> None:
    server.break_down("error:UNAVAILABLE", method="Services.ListServices", times=1)

    with pytest.raises(CouldNotLook):
        await server.run(regions=(REGION, "europe-west1")).services()
    assert len(await server.run(regions=(REGION, "europe-west1")).services()) == len(server.platform.services) + len(
        STAGING
    )


async def test_without_a_region_nothing_can_be_looked_at_and_that_is_not_no_services(server: GoogleServer) -> None:
    with pytest.raises(NotConfigured, match="names no region"):
        await server.run(regions=()).services()


@pytest.mark.parametrize(("name", "says"), [("no-such", "has no service “no-such”"), ("a/../b", "is no name")])
async def test_a_service_there_is_not_is_told_with_what_to_check(server: GoogleServer, name: str, says: str) -> None:
    for look in (server.run().service, server.run().revisions):
        with pytest.raises(CouldNotLook, match=says):
            await look(name, REGION)


async def test_after_an_outage_google_is_seen_again_within_moments(server: GoogleServer) -> None:
    run = server.run()
    await server.google.stop()
    for _ in range(3):
        with pytest.raises(CouldNotLook, match="cannot be reached"):
            await run.services()

    await server.google.start()
    async with asyncio.timeout(60):
        while not await seen(run):
            continue


async def test_its_examination_says_what_is_seen(server: GoogleServer) -> None:
    assert await server.run().examine() == "Cloud Run answers: 5 services in us-central1."

    server.break_down("error:PERMISSION_DENIED", method="Revisions.*")
    with pytest.raises(CouldNotLook, match=r"lacks run\.revisions\.list"):
        await server.run().examine()


async def test_many_looks_at_once_share_one_client(server: GoogleServer) -> None:
    """Each client adds an interceptor to the channel for good; a hundred of them once took a second of every look."""
    run, monitoring = server.run(), server.monitoring()
    await asyncio.gather(*(run.services() for _ in range(20)), *(monitoring.warm() for _ in range(20)))
    channel = await server.channels.channel(RUN, server.google.endpoint)

    assert len(channel._unary_unary_interceptors) <= 4
