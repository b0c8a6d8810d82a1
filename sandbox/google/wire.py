"""How the practice ground's Google answers over gRPC: calls may be slow, cut or garbled, and all of them are noted."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Generic, NoReturn, Protocol, TypeVar

import grpc
import grpc.aio

from sandbox.faults import Fault, Faults
from sandbox.log import Log

TARGET = "google"
GARBAGE = b"\xff\xff<html>upstream connect error"

Request = TypeVar("Request")
Response = TypeVar("Response")
Call = Callable[[bytes, "grpc.aio.ServicerContext[bytes, bytes]"], Awaitable[bytes]]


class Refusal(Exception):
    """A call that is refused, with Google's code and words."""

    def __init__(self, code: grpc.StatusCode, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Carried(Protocol):
    """A method of an API, from bytes to bytes."""

    def carry_out(self, request: bytes) -> bytes: ...

    def detail(self, request: bytes) -> Mapping[str, object]: ...


@dataclass(frozen=True, kw_only=True)
class Method(Generic[Request, Response]):
    """A method of an API: how its request is read, answered, and the answer written.

    `shown` says what of a request is kept in the log; it must leave out what could be secret.
    """

    read: Callable[[bytes], Request]
    answer: Callable[[Request], Response]
    write: Callable[[Response], bytes]
    shown: Callable[[Request], Mapping[str, object]]

    def carry_out(self, request: bytes) -> bytes:
        """Raises `Refusal`."""
        return self.write(self.answer(self.read(request)))

    def detail(self, request: bytes) -> Mapping[str, object]:
        return self.shown(self.read(request))


class Wire:
    """Makes handlers of methods."""

    def __init__(self, *, faults: Faults, log: Log) -> None:
        self._faults = faults
        self._log = log

    def handlers(self, service: str, methods: Mapping[str, Carried]) -> grpc.GenericRpcHandler:
        """The handlers of a service, such as google.cloud.run.v2.Services; calls go by "Services.GetService"."""
        short = service.rpartition(".")[2]
        handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            name: grpc.unary_unary_rpc_method_handler(self._call(f"{short}.{name}", method))
            for name, method in methods.items()
        }
        return grpc.method_handlers_generic_handler(service, handlers)

    def _call(self, name: str, method: Carried) -> Call:
        async def call(request: bytes, context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
            begun = time.perf_counter()
            error: str | None = None
            try:
                return await self._carried(name, method, request)
            except Refusal as refusal:
                error = f"{refusal.code.name}: {refusal.words}"[:200]
                await context.abort(refusal.code, refusal.words)
            finally:
                took = (time.perf_counter() - begun) * 1000
                self._log.note(TARGET, name, error=error, ms=took, detail=method.detail(request))

        return call

    async def _carried(self, name: str, method: Carried, request: bytes) -> bytes:
        half = self._faults.latency(TARGET, name) / 2
        await asyncio.sleep(half)
        answer = _answered(method, request, self._faults.strike(TARGET, name))
        await asyncio.sleep(half)
        return answer


def _answered(method: Carried, request: bytes, fault: Fault | None) -> bytes:
    kind = fault.kind if fault else ""
    match kind:
        case "ratelimited":
            raise Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "Quota exceeded for quota metric 'Read requests'.")
        case "http_500" | "internal_error_not_applied":
            raise Refusal(grpc.StatusCode.INTERNAL, "Internal error encountered.")
        case "http_503":
            raise Refusal(grpc.StatusCode.UNAVAILABLE, "The service is currently unavailable.")
        case "drop_before":
            raise Refusal(grpc.StatusCode.UNAVAILABLE, "Socket closed")
        case _ if kind.startswith("error:"):
            _raise_named(kind.removeprefix("error:"))
        case _:
            pass
    answer = method.carry_out(request)
    match kind:
        case "internal_error_applied":
            raise Refusal(grpc.StatusCode.INTERNAL, "Internal error encountered.")
        case "drop_after":
            raise Refusal(grpc.StatusCode.UNAVAILABLE, "Socket closed")
        case "garbage_json":
            return GARBAGE
        case _:
            return answer


def _raise_named(code: str) -> NoReturn:
    """A fault may name any code of gRPC, such as PERMISSION_DENIED."""
    known = {each.name: each for each in grpc.StatusCode}
    raise Refusal(known.get(code.upper(), grpc.StatusCode.UNKNOWN), f"{code} (a fault of the practice ground's).")
