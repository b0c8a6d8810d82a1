"""Google's long-running operations: what was asked for and takes its time."""

import secrets
from collections.abc import Callable

import grpc
from google.cloud import run_v2
from google.longrunning import operations_pb2
from google.rpc import status_pb2

from sandbox.google.run_messages import PARENT, service_message
from sandbox.google.wire import Refusal
from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf
from sandbox.world.cloud_service import ServiceState
from sandbox.world.platform import Platform

FAILED = 9
"""FAILED_PRECONDITION: the revision cannot serve."""


class Operations:
    """The operations on services; one is done when its service is what it was asked to be, or cannot be."""

    def __init__(self, platform: Platform, archive: Archive, *, address: Callable[[], str]) -> None:
        """`address` is where services answer, once they do."""
        self._platform = platform
        self._address = address
        self._begun: Shelf[JsonObject] = Shelf(archive, "google-operation", dict, dict)

    def begin(self, service: str) -> operations_pb2.Operation:
        """An operation on a service that has just been changed."""
        name = f"{PARENT}/operations/{secrets.token_hex(16)}"
        self._begun.put(name, {"service": service, "asked": self._platform.service(service).generation})
        return self.get(name)

    def get(self, name: str) -> operations_pb2.Operation:
        """How far it has got."""
        begun = self._begun.get(name)
        if begun is None:
            raise Refusal(grpc.StatusCode.NOT_FOUND, f"Operation '{name}' is not found.")
        at = self._platform.now()
        service = self._platform.service(begun["service"])
        operation = self.done(self.message(service), name=name)
        if service.reconciling(at.timestamp()):
            operation.done = False
            operation.ClearField("response")
        elif trouble := service.trouble(at.timestamp()):
            operation.error.CopyFrom(status_pb2.Status(code=FAILED, message=trouble))
        return operation

    def message(self, service: ServiceState) -> run_v2.Service:
        """A service as it is now."""
        return service_message(service, self._platform.now().timestamp(), address=self._address())

    def done(self, message: run_v2.Service, *, name: str) -> operations_pb2.Operation:
        """An operation that has brought about this."""
        operation = operations_pb2.Operation(name=name, done=True)
        operation.metadata.Pack(run_v2.Service.pb(message))
        operation.response.Pack(run_v2.Service.pb(message))
        return operation
