"""Cloud Run as the practice ground lets it be changed: etags, masks, operations, and the refusals that surprise people."""

from collections.abc import AsyncIterator

import pytest
from google.api_core import exceptions
from google.cloud import run_v2
from google.cloud.run_v2.services.revisions.transports import RevisionsGrpcAsyncIOTransport
from google.cloud.run_v2.services.services.transports import ServicesGrpcAsyncIOTransport
from google.protobuf.field_mask_pb2 import FieldMask

from bot.integrations.cloud_run_reading import RUN
from sandbox.world.cloud_service import Target
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


async def changed(
    vendor: run_v2.ServicesAsyncClient, *mask: str, service: run_v2.Service, validate_only: bool = False
) -> str:
    """Asks for a change as the bot will: without retry; the operation's name."""
    request = run_v2.UpdateServiceRequest(
        service=service, update_mask=FieldMask(paths=mask), validate_only=validate_only
    )
    operation = await vendor.update_service(request=request, retry=None, timeout=5)
    return str(operation.operation.name)


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
    assert result.traffic_statuses[1].uri == "http://127.0.0.1:9/services/bad-20260302---control-plane"
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
