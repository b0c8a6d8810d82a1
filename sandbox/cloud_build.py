"""Cloud Build as the practice ground has it: a trigger for each service, whose builds take a while and make an image."""

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from aiohttp import web

from sandbox.artifact_registry import WORDING, refusal
from sandbox.faults import Faults
from sandbox.line import Line
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.rest_face import Reply, RestFace
from sandbox.slack.archive import Archive, Shelf
from sandbox.world.build import Build, Commit, frozen_build
from sandbox.world.chance import token
from sandbox.world.chronicle import Chronicle
from sandbox.world.spec import PROJECT, REGION
from sandbox.world.state import WorldState

ROOT = "/cloud-build"
LOCATION = "/v1/projects/{project}/locations/{location}"
QUEUED, WORKING = timedelta(seconds=5), timedelta(seconds=85)
"""How long a build waits, and how long it then takes."""
AFTER = re.compile(r'create_time>="([^"]+)"')
MOST = 1000


class World(Protocol):
    """The platform, as far as its images go."""

    chronicle: Chronicle

    def now(self) -> datetime: ...

    def state(self) -> WorldState: ...


class Code(Protocol):
    """The repositories that are built."""

    def commit(self, repository: str, ref: str) -> Commit | None: ...


class CloudBuild:
    """The API below /cloud-build; nobody is asked for a token."""

    def __init__(self, world: World, code: Code, *, archive: Archive, faults: Faults, log: Log) -> None:
        self._world = world
        self._code = code
        self._builds: Shelf[JsonObject] = Shelf(archive, "cloud-build", dict, dict)
        self._failing: set[str] = set()
        self._guarded: set[str] = set()
        line = Line(target="cloud-build", faults=faults, wording=WORDING)
        self._face = RestFace(root=ROOT, line=line, log=log, admit=lambda _request: None)

    def routes(self) -> list[web.RouteDef]:
        """Running a trigger, and what was built."""
        route = self._face.route
        return [
            route("POST", f"{LOCATION}/triggers/{{trigger}}:run", self._run),
            route("GET", f"{LOCATION}/triggers/{{trigger}}", self._trigger),
            route("GET", f"{LOCATION}/builds", self._list),
        ]

    def begun(self, service: str) -> list[Mapping[str, str]]:
        """The substitutions of each build of a service, the oldest first."""
        return [each["substitutions"] for each in self._builds if each["service"] == service]

    def fail_next(self, service: str) -> None:
        """The next build of it fails."""
        self._failing.add(service)

    def guard(self, service: str) -> None:
        """From now on somebody has to approve its builds."""
        self._guarded.add(service)

    def approve(self, service: str) -> None:
        """Somebody approves the builds of it that wait for that."""
        for number, build in enumerate(list(self._builds)):
            if build["service"] == service and build["waits"]:
                self._begin(number, {**build, "waits": False, "at": self._world.now().timestamp()})

    def _run(self, request: web.Request, body: JsonObject) -> Reply:
        service = self._service(request)
        if missing := [name for name in ("projectId", "triggerId") if not body.get(name)]:
            raise refusal(400, f"{missing[0]} is required")
        source = body.get("source") or {}
        sha = str(source.get("commitSha") or "")
        commit = self._code.commit(f"{PROJECT}/{service}", sha)
        if commit is None or commit.sha != sha:
            raise refusal(400, f"Couldn't read commit {sha or '(none)'}")
        substitutions = {"_TAG": sha[:7], "COMMIT_SHA": sha, **(source.get("substitutions") or {})}
        build: JsonObject = {
            "id": token(32, "build", service, sha, len(self._builds)),
            "service": service,
            "trigger": request.match_info["trigger"],
            "substitutions": substitutions,
            "at": self._world.now().timestamp(),
            "fails": service in self._failing,
            "waits": service in self._guarded,
        }
        self._failing.discard(service)
        self._begin(len(self._builds), build)
        return Reply(body=_operation(self._shown(list(self._builds)[-1])))

    def _begin(self, number: int, build: JsonObject) -> None:
        """Keeps a build; its image will be there when it ends, unless it fails or still waits for somebody."""
        made = self._image(build)
        self._builds.put(f"{number:06}", {**build, "digest": made.digest})
        if not (build["fails"] or build["waits"]):
            self._world.chronicle.happen("built", of=made.service, by="cloud-build", detail=frozen_build(made))

    def _image(self, build: JsonObject) -> Build:
        """What comes of it: the code of a commit is as good or bad as it was when it was built before."""
        service, given = str(build["service"]), build["substitutions"]
        commit = self._code.commit(f"{PROJECT}/{service}", str(given["COMMIT_SHA"]))
        assert commit
        known = [each for each in self._world.state().builds.values() if each.commit.sha == commit.sha]
        fresh = Build(service=service, version=str(given["_TAG"]), commit=commit)
        ready_at = float(build["at"]) + (QUEUED + WORKING).total_seconds()
        return replace(known[0] if known else fresh, service=service, version=str(given["_TAG"]), ready_at=ready_at)

    def _trigger(self, request: web.Request, _body: JsonObject) -> Reply:
        service = self._service(request)
        return Reply(body={"id": token(32, "trigger", service), "name": request.match_info["trigger"]})

    def _service(self, request: web.Request) -> str:
        parts = request.match_info
        service = parts["trigger"].removesuffix("-image")
        here = (parts["project"], parts["location"]) == (PROJECT, REGION)
        if not here or service not in self._world.state().services or service == parts["trigger"]:
            raise refusal(404, "Requested entity was not found.")
        return service

    def _list(self, request: web.Request, _body: JsonObject) -> Reply:
        if request.match_info["project"] != PROJECT:
            raise refusal(403, "The caller does not have permission")
        after = AFTER.fullmatch(request.query.get("filter", ""))
        since = datetime.fromisoformat(after[1]).timestamp() if after else 0.0
        here = list(self._builds) if request.match_info["location"] == REGION else []
        kept = [self._shown(each) for each in here if each["at"] >= since][::-1]
        first = int(request.query.get("pageToken") or 0)
        most = min(int(request.query.get("pageSize") or MOST), MOST)
        more = {"nextPageToken": str(first + most)} if first + most < len(kept) else {}
        return Reply(body={"builds": kept[first : first + most], **more})

    def _shown(self, build: JsonObject) -> JsonObject:
        at, status = datetime.fromtimestamp(build["at"], UTC), self._status(build)
        service = self._world.state().services[build["service"]]
        image = f"{service.spec.image}:{build['substitutions']['_TAG']}"
        made = {"images": [{"name": image, "digest": build["digest"]}]} if status == "SUCCESS" else {}
        console = f"https://console.cloud.google.com/cloud-build/builds;region={REGION}"
        return {
            "id": build["id"],
            "name": f"projects/{PROJECT}/locations/{REGION}/builds/{build['id']}",
            "projectId": PROJECT,
            "status": status,
            "createTime": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}",
            "substitutions": dict(build["substitutions"]),
            "images": [image],
            "results": made,
            "logUrl": f"{console}/{build['id']}?project={PROJECT}",
        }

    def _status(self, build: JsonObject) -> str:
        if build["waits"]:
            return "PENDING"
        age = self._world.now().timestamp() - float(build["at"])
        if age < QUEUED.total_seconds():
            return "QUEUED"
        if age < (QUEUED + WORKING).total_seconds():
            return "WORKING"
        return "FAILURE" if build["fails"] else "SUCCESS"


def _operation(build: JsonObject) -> JsonObject:
    name = base64.b64encode(str(build["id"]).encode()).decode()
    kind = "type.googleapis.com/google.devtools.cloudbuild.v1.BuildOperationMetadata"
    return {"name": f"operations/build/{PROJECT}/{name}", "metadata": {"@type": kind, "build": build}}
