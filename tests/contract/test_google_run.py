"""Cloud Run as the bot reads it, and as the practice ground lets it be changed: etags, masks, operations, refusals."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from google.api_core import exceptions
from google.cloud import run_v2
from google.cloud.run_v2.services.revisions.transports import RevisionsGrpcAsyncIOTransport
from google.cloud.run_v2.services.services.transports import ServicesGrpcAsyncIOTransport
from google.protobuf.field_mask_pb2 import FieldMask

from bot.domain.cloud_service import Condition, Limits, Share
from bot.domain.evidence import CouldNotLook
from bot.integrations.cloud_run import CloudRun
from bot.integrations.cloud_run_reading import RUN
from sandbox.world.service import Target
from tests.google_server import GoogleServer, google_server

REGION = "us-central1"
NAME = f"projects/agent-marketplace/locations/{REGION}/services/control-plane"
PINNED = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
LATEST = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST


@pytest.fixture
async def server() -> AsyncIterator[GoogleServer]:
    async with google_server() as running:
        yield running


@pytest.fixture
async def vendor(server: GoogleServer) -> run_v2.ServicesAsyncClient:
    """The vendor's client itself, for what the bot does not do yet."""
    channel = await server.channels.channel(RUN, server.google.endpoint)
    return run_v2.ServicesAsyncClient(transport=ServicesGrpcAsyncIOTransport(channel=channel))


def pinned(revision: str, percent: int = 100, tag: str = "") -> run_v2.TrafficTarget:
    return run_v2.TrafficTarget(type_=PINNED, revision=revision, percent=percent, tag=tag)


async def seen(run: CloudRun) -> bool:
    try:
        return bool(await run.services())
    except CouldNotLook:
        return False


async def changed(
    vendor: run_v2.ServicesAsyncClient, *mask: str, service: run_v2.Service, validate_only: bool = False
) -> str:
    """Asks for a change as the bot will: without retry; the operation's name."""
    request = run_v2.UpdateServiceRequest(
        service=service, update_mask=FieldMask(paths=mask), validate_only=validate_only
    )
    operation = await vendor.update_service(request=request, retry=None, timeout=5)
    return str(operation.operation.name)


async def test_every_service_is_told_with_its_traffic_limits_and_image(server: GoogleServer) -> None:
    services = await server.run().services()

    assert {each.name for each in services} == set(server.platform.services)
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
    assert len(await server.run(regions=(REGION, "europe-west1")).services()) == len(server.platform.services)


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
    async with asyncio.timeout(5):
        while not await seen(run):
            continue


async def test_its_examination_says_what_is_seen(server: GoogleServer) -> None:
    assert await server.run().examine() == "Cloud Run answers: 4 services in us-central1."

    server.break_down("error:PERMISSION_DENIED", method="Revisions.*")
    with pytest.raises(CouldNotLook, match=r"lacks run\.revisions\.list"):
        await server.run().examine()


async def test_traffic_is_shifted_by_a_minimal_message_and_takes_a_while(
    server: GoogleServer, vendor: run_v2.ServicesAsyncClient
) -> None:
    etag = (await server.run().service("control-plane", REGION)).etag
    shift = run_v2.Service(
        name=NAME,
        etag=etag,
        traffic=[pinned("control-plane-00040"), pinned("control-plane-00041", 0, tag="bad-20260302")],
    )
    name = await changed(vendor, "traffic", service=shift)
    operations = vendor.transport.operations_client
    assert not (await operations.get_operation(name)).done

    server.clock.advance(5)
    done = await operations.get_operation(name)
    result = run_v2.Service()
    assert done.done
    assert done.response.Unpack(run_v2.Service.pb(result))
    assert [(each.revision, each.percent) for each in result.traffic_statuses] == [
        ("control-plane-00040", 100),
        ("control-plane-00041", 0),
    ]
    assert result.traffic_statuses[1].uri.startswith("https://bad-20260302---control-plane")
    with pytest.raises(exceptions.Aborted, match="version"):
        await changed(vendor, "traffic", service=shift)


async def test_an_operation_that_failed_says_so_and_traffic_stays(
    server: GoogleServer, vendor: run_v2.ServicesAsyncClient
) -> None:
    service = await vendor.get_service(name=NAME)
    template = service.template
    template.revision = ""
    template.containers[0].env = []
    name = await changed(vendor, "template", service=run_v2.Service(name=NAME, etag=service.etag, template=template))
    server.clock.advance(30)

    failed = await vendor.transport.operations_client.get_operation(name)
    assert (failed.done, failed.error.code) == (True, 9)
    assert "failed to start" in failed.error.message
    assert (await server.run().service("control-plane", REGION)).serving[0].revision == "control-plane-00041"


async def test_a_template_echoed_with_its_revisions_name_is_refused_with_409(
    vendor: run_v2.ServicesAsyncClient,
) -> None:
    service = await vendor.get_service(name=NAME)

    with pytest.raises(exceptions.AlreadyExists, match="with different configuration already exists"):
        await changed(vendor, service=service)
    with pytest.raises(exceptions.AlreadyExists):
        await changed(vendor, "template", service=service)


async def test_a_template_that_changes_nothing_makes_no_revision(
    server: GoogleServer, vendor: run_v2.ServicesAsyncClient
) -> None:
    service = await vendor.get_service(name=NAME)
    service.template.revision = ""
    await changed(vendor, "template", service=service)

    assert server.platform.service("control-plane").latest_created.name == "control-plane-00041"


async def test_nothing_happens_when_it_is_only_validated(
    server: GoogleServer, vendor: run_v2.ServicesAsyncClient
) -> None:
    shift = run_v2.Service(name=NAME, traffic=[pinned("control-plane-00040")])
    await changed(vendor, "traffic", service=shift, validate_only=True)

    assert not server.platform.service("control-plane").pinned


async def test_instances_and_ingress_are_changed_each_by_its_mask(
    server: GoogleServer, vendor: run_v2.ServicesAsyncClient
) -> None:
    scaling = run_v2.ServiceScaling(min_instance_count=5, max_instance_count=40)
    await changed(vendor, "scaling", service=run_v2.Service(name=NAME, scaling=scaling))
    scaling = run_v2.ServiceScaling(min_instance_count=1)
    await changed(vendor, "scaling.min_instance_count", service=run_v2.Service(name=NAME, scaling=scaling))
    closed = run_v2.Service(name=NAME, ingress=run_v2.IngressTraffic.INGRESS_TRAFFIC_INTERNAL_ONLY)
    await changed(vendor, "ingress", service=closed)

    service = await server.run().service("control-plane", REGION)
    assert (service.min_instances, service.max_instances, service.ingress) == (1, 40, "internal-only")
    assert not service.pinned


@pytest.mark.parametrize(
    ("mask", "service", "error"),
    [
        ("traffic", {"traffic": [pinned("control-plane-00040", 90)]}, exceptions.InvalidArgument),
        ("traffic", {"traffic": [pinned("control-plane-00007")]}, exceptions.NotFound),
        ("traffic", {"traffic": [pinned(f"{NAME}/revisions/control-plane-00040")]}, exceptions.InvalidArgument),
        ("traffic", {"traffic": [pinned("control-plane-00040", 50, "a"), pinned("control-plane-00041", 50, "a")]}, exceptions.InvalidArgument),
        ("traffic", {"traffic": [run_v2.TrafficTarget(type_=LATEST, revision="x", percent=100)]}, exceptions.InvalidArgument),
        ("template", {"template": {}}, exceptions.InvalidArgument),
        ("template", {"template": {"revision": "another", "containers": [{"image": "x"}]}}, exceptions.InvalidArgument),
        ("template", {"template": {"containers": [{"image": "x", "resources": {"limits": {"cpu": "3"}}}]}}, exceptions.InvalidArgument),
        ("template", {"template": {"containers": [{"image": "x", "resources": {"limits": {"memory": "16Gi"}}}]}}, exceptions.InvalidArgument),
        ("template", {"template": {"containers": [{"image": "x"}], "annotations": {"run.googleapis.com/a": "b"}}}, exceptions.InvalidArgument),
        ("scaling", {"scaling": {"min_instance_count": 9, "max_instance_count": 3}}, exceptions.InvalidArgument),
        ("template.containers", {}, exceptions.InvalidArgument),
        ("description", {}, exceptions.InvalidArgument),
        ("traffic", {"etag": '"of-long-ago"'}, exceptions.Aborted),
        ("traffic", {"name": NAME.replace("control-plane", "none-such")}, exceptions.NotFound),
        ("traffic", {"name": NAME.replace("agent-marketplace", "somebody-elses")}, exceptions.PermissionDenied),
    ],
)  # fmt: skip
async def test_a_change_that_cannot_be_is_refused_and_nothing_changes(
    server: GoogleServer,
    vendor: run_v2.ServicesAsyncClient,
    mask: str,
    service: dict[str, object],
    error: type[Exception],
) -> None:
    before = server.platform.state()

    with pytest.raises(error):
        await changed(vendor, mask, service=run_v2.Service({"name": NAME, **service}))
    assert server.platform.state() == before


async def test_no_traffic_list_means_the_latest_one(server: GoogleServer, vendor: run_v2.ServicesAsyncClient) -> None:
    server.platform.set_traffic("control-plane", [Target(percent=100, revision="control-plane-00040")])
    await changed(vendor, "traffic", service=run_v2.Service(name=NAME))

    assert not server.platform.service("control-plane").pinned


async def test_wildcards_strange_regions_and_unknown_names_are_answered_as_google_does(
    server: GoogleServer, vendor: run_v2.ServicesAsyncClient
) -> None:
    with pytest.raises(exceptions.InvalidArgument, match="wildcard"):
        await vendor.list_services(parent="projects/agent-marketplace/locations/-", retry=None)
    with pytest.raises(exceptions.NotFound):
        await vendor.transport.operations_client.get_operation("projects/agent-marketplace/operations/none")
    elsewhere = await vendor.list_services(parent="projects/agent-marketplace/locations/europe-west1", retry=None)
    assert elsewhere.services == []

    channel = await server.channels.channel(RUN, server.google.endpoint)
    revisions = run_v2.RevisionsAsyncClient(transport=RevisionsGrpcAsyncIOTransport(channel=channel))
    found = await revisions.get_revision(name=f"{NAME}/revisions/control-plane-00040", retry=None)
    assert [(each.type_, each.revision_reason.name) for each in found.conditions][1] == ("Active", "RETIRED")
    with pytest.raises(exceptions.NotFound):
        await revisions.get_revision(name=f"{NAME}/revisions/control-plane-00001", retry=None)
