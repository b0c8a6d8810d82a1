"""Cloud Run as the practice ground has it: services and revisions to be looked at, and services to be changed.

Faithful to version 2 of the API in what the bot uses: pages, etags, update masks, long-running operations, and the
refusals that surprise people, such as that of a template sent back as it was read.
"""

from collections.abc import Mapping, Sequence

import grpc
from google.cloud import run_v2
from google.longrunning import operations_pb2

from sandbox.google.operations import Operations
from sandbox.google.paging import paged
from sandbox.google.run_messages import PARENT, revision_message
from sandbox.google.run_updates import update_of
from sandbox.google.wire import Carried, Method, Refusal
from sandbox.world.cloud_service import ServiceState
from sandbox.world.platform import Platform
from sandbox.world.spec import PROJECT

MOST = 100
"""Items of a page."""


class CloudRun:
    """The platform's services, as their owner sees and changes them."""

    def __init__(self, platform: Platform, operations: Operations) -> None:
        self._platform = platform
        self._operations = operations

    def services(self) -> Mapping[str, Carried]:
        """The methods of google.cloud.run.v2.Services."""
        return {
            "ListServices": Method(
                read=run_v2.ListServicesRequest.deserialize,
                answer=self._list_services,
                write=run_v2.ListServicesResponse.serialize,
                shown=lambda request: {"parent": request.parent, "page_token": request.page_token},
            ),
            "GetService": Method(
                read=run_v2.GetServiceRequest.deserialize,
                answer=lambda request: self._operations.message(self._service(request.name)),
                write=run_v2.Service.serialize,
                shown=lambda request: {"name": request.name},
            ),
            "UpdateService": Method(
                read=run_v2.UpdateServiceRequest.deserialize,
                answer=self._update,
                write=operations_pb2.Operation.SerializeToString,
                shown=_change_shown,
            ),
        }

    def revisions(self) -> Mapping[str, Carried]:
        """The methods of google.cloud.run.v2.Revisions."""
        return {
            "ListRevisions": Method(
                read=run_v2.ListRevisionsRequest.deserialize,
                answer=self._list_revisions,
                write=run_v2.ListRevisionsResponse.serialize,
                shown=lambda request: {"parent": request.parent, "page_token": request.page_token},
            ),
            "GetRevision": Method(
                read=run_v2.GetRevisionRequest.deserialize,
                answer=self._revision,
                write=run_v2.Revision.serialize,
                shown=lambda request: {"name": request.name},
            ),
        }

    def operations(self) -> Mapping[str, Carried]:
        """The methods of google.longrunning.Operations."""
        return {
            "GetOperation": Method(
                read=operations_pb2.GetOperationRequest.FromString,
                answer=lambda request: self._operations.get(request.name),
                write=operations_pb2.Operation.SerializeToString,
                shown=lambda request: {"name": request.name},
            )
        }

    def _now(self) -> float:
        return self._platform.now().timestamp()

    def _list_services(self, request: run_v2.ListServicesRequest) -> run_v2.ListServicesResponse:
        _check_parent(request.parent)
        state = self._platform.state()
        states = [*state.services.values(), *state.staging.values()] if request.parent == PARENT else []
        page, token = paged(states, size=request.page_size, token=request.page_token, most=MOST)
        services = [self._operations.message(each) for each in page]
        return run_v2.ListServicesResponse(services=services, next_page_token=token)

    def _update(self, request: run_v2.UpdateServiceRequest) -> operations_pb2.Operation:
        service = self._service(request.service.name)
        update = update_of(request, service)
        if request.validate_only:
            return self._operations.done(self._operations.message(service), name=f"{PARENT}/operations/validated")
        update.apply(self._platform, service.name)
        return self._operations.begin(service.name)

    def _list_revisions(self, request: run_v2.ListRevisionsRequest) -> run_v2.ListRevisionsResponse:
        revisions = self._messages(self._service(request.parent))
        page, token = paged(revisions, size=request.page_size, token=request.page_token, most=MOST)
        return run_v2.ListRevisionsResponse(revisions=page, next_page_token=token)

    def _revision(self, request: run_v2.GetRevisionRequest) -> run_v2.Revision:
        parent, _, _ = request.name.rpartition("/revisions/")
        found = (each for each in self._messages(self._service(parent)) if each.name == request.name)
        revision = next(found, None)
        if revision is None:
            raise _not_found(request.name)
        return revision

    def _messages(self, service: ServiceState) -> Sequence[run_v2.Revision]:
        at = self._now()
        serving = {share.revision.name for share in service.serving(at) if share.percent or share.tag}
        return [revision_message(each, at, serving=each.name in serving) for each in service.revisions]

    def _service(self, name: str) -> ServiceState:
        parent, _, short = name.partition("/services/")
        _check_parent(parent)
        service = self._platform.state().service(short) if parent == PARENT else None
        if service is None:
            raise _not_found(name)
        return service


def _check_parent(parent: str) -> None:
    """Google tells nobody whether a project exists that they may not see, and lists no regions at once."""
    if not parent.startswith(f"projects/{PROJECT}/locations/"):
        raise Refusal(grpc.StatusCode.PERMISSION_DENIED, f"Permission 'run.services.list' denied on '{parent}'.")
    if parent.endswith("/-"):
        raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, "The location cannot be the '-' wildcard.")


def _not_found(name: str) -> Refusal:
    return Refusal(grpc.StatusCode.NOT_FOUND, f"Resource '{name}' was not found.")


def _change_shown(request: run_v2.UpdateServiceRequest) -> Mapping[str, object]:
    """The template stays unsaid: the values of its variables may be secret."""
    return {
        "name": request.service.name,
        "etag": request.service.etag,
        "update_mask": list(request.update_mask.paths),
        "traffic": [
            f"{each.revision or 'latest'} {each.percent} % {each.tag}".strip() for each in request.service.traffic
        ],
    }
