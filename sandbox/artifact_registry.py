"""Artifact Registry as the practice ground has it: the images that the platform's services were built into."""

from datetime import datetime
from typing import Protocol
from urllib.parse import unquote

from aiohttp import web

from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.rest_face import Refused, Reply, RestFace
from sandbox.world.build import Build
from sandbox.world.state import WorldState

ROOT = "/artifact-registry"
PACKAGE = "/v1/projects/{project}/locations/{location}/repositories/{repository}/packages/{package}"
STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}


class World(Protocol):
    """The platform, as far as its images go."""

    def now(self) -> datetime: ...

    def state(self) -> WorldState: ...


def refusal(status: int, message: str) -> Refused:
    """Google's no."""
    return Refused(status, _error(status, message))


def _error(status: int, message: str) -> JsonObject:
    return {"error": {"code": status, "message": message, "status": STATUSES.get(status, "UNKNOWN")}}


WORDING = Wording(
    ratelimited=lambda seconds: web.json_response(
        {"error": {"code": 429, "message": "Quota exceeded.", "status": "RESOURCE_EXHAUSTED"}},
        status=429,
        headers={"Retry-After": f"{seconds:g}"},
    ),
    internal_error=lambda: web.json_response(_error(500, "Internal error encountered."), status=500),
    error=lambda code: web.json_response(
        _error(int(code) if code.isdecimal() else 400, "Refused"), status=int(code) if code.isdecimal() else 400
    ),
)


class ArtifactRegistry:
    """The Docker repository of the platform on loopback, the API below /artifact-registry; nobody is asked for a token."""

    def __init__(self, world: World, *, faults: Faults, log: Log) -> None:
        self._world = world
        line = Line(target="artifact-registry", faults=faults, wording=WORDING)
        self._face = RestFace(root=ROOT, line=line, log=log, admit=lambda _request: None)

    def routes(self) -> list[web.RouteDef]:
        """What may be looked at: one tag, one version, all tags, and where repositories can be."""
        route = self._face.route
        return [
            route("GET", "/v1/projects/{project}/locations", self._locations),
            route("GET", f"{PACKAGE}/tags", self._tags),
            route("GET", f"{PACKAGE}/tags/{{tag}}", self._tag),
            route("GET", f"{PACKAGE}/versions/{{digest}}", self._version),
        ]

    def _locations(self, request: web.Request, _body: JsonObject) -> Reply:
        name = f"projects/{request.match_info['project']}/locations/us-central1"
        return Reply(body={"locations": [{"name": name, "locationId": "us-central1"}]})

    def _tags(self, request: web.Request, _body: JsonObject) -> Reply:
        return Reply(body={"tags": [_tag_shown(request, each) for each in self._builds(request)]})

    def _tag(self, request: web.Request, _body: JsonObject) -> Reply:
        tag = request.match_info["tag"]
        for build in self._builds(request):
            if build.version == tag:
                return Reply(body=_tag_shown(request, build))
        raise refusal(404, f"tag {tag} not found")

    def _version(self, request: web.Request, _body: JsonObject) -> Reply:
        digest = request.match_info["digest"]
        for build in self._builds(request):
            if build.digest == digest:
                name = f"{_package(request)}/versions/{digest}"
                return Reply(body={"name": name, "relatedTags": [_tag_shown(request, build)]})
        raise refusal(404, f"version {digest} not found")

    def _builds(self, request: web.Request) -> list[Build]:
        """The images of a package; there is none of a package that no service is built into."""
        parts = request.match_info
        path = (
            f"{parts['location']}-docker.pkg.dev/{parts['project']}/{parts['repository']}/{unquote(parts['package'])}"
        )
        state = self._world.state()
        services = {name for name, service in state.services.items() if service.spec.image == path}
        if not services:
            raise refusal(404, "Requested entity was not found.")
        now = self._world.now().timestamp()
        return [build for build in state.builds.values() if build.service in services and build.ready_at <= now]


def _package(request: web.Request) -> str:
    parts = request.match_info
    where = f"projects/{parts['project']}/locations/{parts['location']}"
    return f"{where}/repositories/{parts['repository']}/packages/{parts['package']}"


def _tag_shown(request: web.Request, build: Build) -> JsonObject:
    package = _package(request)
    return {"name": f"{package}/tags/{build.version}", "version": f"{package}/versions/{build.digest}"}
