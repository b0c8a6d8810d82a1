"""Cloud Run, to be changed: each call sends only what it changes, with the etag of what was looked at.

Source: the actions' facts 1–3 and CR-04 to CR-07b. A template is never sent back as it was read (the name of its
revision in it is refused), and is made from a revision that serves, because after a rollback the service's own template
holds the bad image.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.domain.cloud_service import Share
from bot.domain.errors import GiveUp
from bot.domain.operation import Operation
from bot.domain.template_edit import TemplateEdit
from bot.integrations.cloud_run import CloudRun
from bot.integrations.cloud_run_reading import RUN
from bot.integrations.cloud_run_template import template_from
from bot.integrations.google_changing import Right, changing

if TYPE_CHECKING:
    from google.cloud import run_v2

UPDATE = Right(
    permission="run.services.update (and iam.serviceAccounts.actAs on the service's own account)",
    role="roles/run.developer (and roles/iam.serviceAccountUser)",
)
LOOK = Right(permission="run.operations.get", role="roles/run.viewer")
ALL = 100
INGRESS = {
    "all": "INGRESS_TRAFFIC_ALL",
    "internal-only": "INGRESS_TRAFFIC_INTERNAL_ONLY",
    "internal-load-balancer": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
}


class CloudRunChanges:
    """The services of one project, to be changed. See `playbooks.hands.ServiceChanges` for what is raised."""

    def __init__(self, cloud_run: CloudRun, *, timeout: float) -> None:
        """`timeout` in seconds, for the answer to each call; what was asked for takes longer."""
        self._cloud_run = cloud_run
        self._timeout = timeout

    async def set_traffic(self, name: str, region: str, shares: Sequence[Share], *, etag: str) -> str:
        """Where all traffic goes from now on; without any target Cloud Run would follow the latest, so that is refused."""
        if not shares or sum(share.percent for share in shares) != ALL:
            raise GiveUp(f"Traffic has to sum to 100 %, not to {sum(share.percent for share in shares)} %")
        await self._cloud_run.clients()
        from google.cloud import run_v2

        service = run_v2.Service(traffic=[_target(share) for share in shares])
        return await self._update(name, region, service, "traffic", etag)

    async def make_revision(self, name: str, region: str, *, base: str, edit: TemplateEdit, etag: str) -> str:
        """A new revision, made from an existing one with something different."""
        _, revisions = await self._cloud_run.clients()
        from google.cloud import run_v2

        there = f"{self._cloud_run.resource(name, region)}/revisions"
        async with changing(RUN, Right(permission="run.revisions.get", role="roles/run.viewer"), seconds=self._timeout):
            found = {
                each: await revisions.get_revision(name=f"{there}/{each}", retry=None, timeout=self._timeout)
                for each in {base, *edit.copied.values()}
            }
        service = run_v2.Service(template=template_from(found[base], edit, found))
        return await self._update(name, region, service, "template", etag)

    async def set_scaling(self, name: str, region: str, *, least: int, most: int, etag: str) -> str:
        """How many instances there may be, whatever revision serves."""
        services, _ = await self._cloud_run.clients()
        from google.cloud import run_v2

        async with changing(RUN, UPDATE, seconds=self._timeout):
            now = await services.get_service(
                name=self._cloud_run.resource(name, region), retry=None, timeout=self._timeout
            )
        # What else is set there would be reset by leaving it out.
        scaling = run_v2.ServiceScaling(now.scaling)
        scaling.min_instance_count, scaling.max_instance_count = least, most
        return await self._update(name, region, run_v2.Service(scaling=scaling), "scaling", etag)

    async def set_ingress(self, name: str, region: str, ingress: str, *, etag: str) -> str:
        """From where it may be reached."""
        await self._cloud_run.clients()
        from google.cloud import run_v2

        service = run_v2.Service(ingress=getattr(run_v2.IngressTraffic, INGRESS[ingress]))
        return await self._update(name, region, service, "ingress", etag)

    async def operation(self, name: str) -> Operation:
        """How far something has got that was asked for here."""
        services, _ = await self._cloud_run.clients()
        async with changing(RUN, LOOK, seconds=self._timeout):
            found = await services.transport.operations_client.get_operation(name)
        return Operation(name=name, done=found.done, error=found.error.message if found.done else "")

    async def _update(self, name: str, region: str, service: "run_v2.Service", part: str, etag: str) -> str:
        services, _ = await self._cloud_run.clients()
        from google.cloud import run_v2
        from google.protobuf.field_mask_pb2 import FieldMask

        service.name, service.etag = self._cloud_run.resource(name, region), etag
        request = run_v2.UpdateServiceRequest(service=service, update_mask=FieldMask(paths=[part]))
        async with changing(RUN, UPDATE, seconds=self._timeout):
            operation = await services.update_service(request=request, retry=None, timeout=self._timeout)
        return str(operation.operation.name)


def _target(share: Share) -> "run_v2.TrafficTarget":
    from google.cloud import run_v2

    kinds = run_v2.TrafficTargetAllocationType
    if share.latest:
        kind = kinds.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST
        return run_v2.TrafficTarget(type_=kind, percent=share.percent, tag=share.tag)
    kind = kinds.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
    return run_v2.TrafficTarget(type_=kind, revision=share.revision, percent=share.percent, tag=share.tag)
