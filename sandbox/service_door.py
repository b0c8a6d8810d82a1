"""The front doors of the platform's services: whether they are well, and which revision answers."""

from datetime import datetime
from itertools import count
from typing import Protocol

from aiohttp import web

from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.rest_face import Refused, Reply, RestFace
from sandbox.world.chance import chance
from sandbox.world.load import Load, ServiceLoad, ShareLoad
from sandbox.world.state import WorldState

ROOT = "/services"
OPEN = "INGRESS_TRAFFIC_ALL"
UNWELL = 0.5
"""From this part of failing requests on a service says itself that it is not well."""

WORDING = Wording(
    ratelimited=lambda seconds: web.Response(
        status=429, text="Rate exceeded.", headers={"Retry-After": f"{seconds:g}"}
    ),
    internal_error=lambda: web.json_response({"status": "error"}, status=500),
    error=lambda code: web.json_response({"status": code}, status=500),
)


class World(Protocol):
    """The platform, as its customers meet it."""

    def now(self) -> datetime: ...

    def state(self) -> WorldState: ...

    def load(self) -> Load: ...


class ServiceDoor:
    """Answers below /services/NAME as the service would, by what the world is like just then."""

    def __init__(self, world: World, *, faults: Faults, log: Log) -> None:
        self._world = world
        self._knocks = count()
        line = Line(target="service", faults=faults, wording=WORDING)
        self._face = RestFace(root=ROOT, line=line, log=log, admit=self._admit)

    def routes(self) -> list[web.RouteDef]:
        return [self._face.route("GET", "/{service}/health", self._health)]

    def _admit(self, request: web.Request) -> None:
        """Whoever asks from outside finds nothing where there is nothing, or where only the inside may ask."""
        service = self._world.state().services.get(request.match_info["service"])
        if service is None or service.ingress != OPEN:
            raise Refused(404, {"error": "Page not found"})

    def _health(self, request: web.Request, _body: JsonObject) -> Reply:
        name, load = request.match_info["service"], self._world.load()
        service, dice = load.services[name], chance("knock", name, load.at, next(self._knocks))
        share = _answering(service, dice)
        if share is None or chance("turned away", dice) < service.turned_away:
            raise Refused(503, {"error": "The service is unavailable."})
        revision = share.share.revision
        build = revision.build
        said = {"service": name, "revision": revision.name, "version": build.version if build else ""}
        if share.errors >= UNWELL:
            return Reply(body={"status": "unhealthy", **said}, status=503)
        if chance("fails", dice) < share.errors:
            return Reply(body={"status": "error", **said}, status=500)
        return Reply(body={"status": "ok", **said})


def _answering(service: ServiceLoad, dice: float) -> ShareLoad | None:
    """The revision that a request meets; None when none serves."""
    rest = dice
    for share in service.shares:
        rest -= share.part
        if rest < 0:
            return share
    return service.shares[-1] if service.shares else None
