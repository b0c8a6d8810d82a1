"""The front doors of the platform's services: whether they are well, and which revision answers."""

from collections.abc import Sequence
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
from sandbox.world.cloud_service import Share, WorldRevision
from sandbox.world.load import NO_CODE, Load, ServiceLoad, ShareLoad
from sandbox.world.state import WorldState

ROOT = "/services"
PATHS = ("health", "ready")
OPEN = "INGRESS_TRAFFIC_ALL"
TAGGED = "---"
"""What stands between a tag and the name of its service in an address."""
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
    """Answers below /services/NAME as the service would, by what the world is like just then.

    Below /services/TAG---NAME the revision with that tag answers, whether or not it has any traffic.
    """

    def __init__(self, world: World, *, faults: Faults, log: Log) -> None:
        self._world = world
        self._knocks = count()
        line = Line(target="service", faults=faults, wording=WORDING)
        self._face = RestFace(root=ROOT, line=line, log=log, admit=self._admit)

    def routes(self) -> list[web.RouteDef]:
        return [self._face.route("GET", f"/{{service}}/{path}", self._health) for path in PATHS]

    def _admit(self, request: web.Request) -> None:
        """Whoever asks from outside finds nothing where there is nothing, or where only the inside may ask."""
        tag, name = _named(request)
        service = self._world.state().service(name)
        if service is None or service.ingress != OPEN or (tag and self._tagged(name, tag) is None):
            raise Refused(404, {"error": "Page not found"})

    def _health(self, request: web.Request, _body: JsonObject) -> Reply:
        (tag, name), load = _named(request), self._world.load()
        if tag:
            return _well(name, self._tagged(name, tag))
        if name not in load.services:
            return _well(name, self._served(name))
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

    def _tagged(self, name: str, tag: str) -> WorldRevision | None:
        """The revision that a tag leads to, once it is ready."""
        return next((each.revision for each in self._shares(name) if each.tag == tag), None)

    def _served(self, name: str) -> WorldRevision | None:
        """The revision that most of a service's traffic goes to."""
        shares = sorted(self._shares(name), key=lambda each: each.percent)
        return shares[-1].revision if shares else None

    def _shares(self, name: str) -> Sequence[Share]:
        service = self._world.state().service(name)
        return service.serving(self._world.now().timestamp()) if service else ()


def _well(name: str, revision: WorldRevision | None) -> Reply:
    """A revision that hardly anybody asks, by its tag or in staging: its code alone decides."""
    build = revision.build if revision else None
    flaws = build.flaws if build else NO_CODE
    said = {"service": name, "revision": revision.name if revision else "", "version": build.version if build else ""}
    if flaws.errors >= UNWELL:
        return Reply(body={"status": "unhealthy", **said}, status=503)
    return Reply(body={"status": "ok", **said})


def _named(request: web.Request) -> tuple[str, str]:
    """The tag, if any, and the service that are asked."""
    tag, _, name = request.match_info["service"].rpartition(TAGGED)
    return tag, name


def _answering(service: ServiceLoad, dice: float) -> ShareLoad | None:
    """The revision that a request meets; None when none serves."""
    rest = dice
    for share in service.shares:
        rest -= share.part
        if rest < 0:
            return share
    return service.shares[-1] if service.shares else None
