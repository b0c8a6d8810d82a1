"""Workflows of the practice ground's GitHub that people may set off: a run takes a while, then it has succeeded or not."""

from datetime import datetime, timedelta

from aiohttp import web

from sandbox.github.door import Door, invalid, not_found, stamp
from sandbox.github.reading import REPOSITORY, Reading
from sandbox.github.shapes import WEB
from sandbox.payload import JsonObject
from sandbox.rest_face import Reply
from sandbox.slack.archive import Archive, Shelf

FLOWS = f"{REPOSITORY}/actions/workflows/{{workflow}}"
INPUTS = {"reindex.yml": ("region", "opsbot"), "flush-cache.yml": ("opsbot",)}
"""The workflows that can be dispatched, and the inputs each declares."""
QUEUED, RUNNING = timedelta(seconds=5), timedelta(seconds=45)


class Workflows:
    """Dispatches, and the runs they made. A run's name shows all of its inputs, as its `run-name` says."""

    def __init__(self, door: Door, reading: Reading, archive: Archive) -> None:
        self._door = door
        self._reading = reading
        self._runs: Shelf[JsonObject] = Shelf(archive, "github-dispatch", dict, dict)
        self._failing: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        route = self._door.route
        return [route("POST", f"{FLOWS}/dispatches", self._dispatch), route("GET", f"{FLOWS}/runs", self._list)]

    def dispatched(self, workflow: str) -> list[JsonObject]:
        """What was set off, the oldest first: the inputs of each."""
        return [run["inputs"] for run in self._runs if run["workflow"] == workflow]

    def fail_next(self, workflow: str) -> None:
        """The next run of it fails."""
        self._failing.add(workflow)

    def _dispatch(self, request: web.Request, body: JsonObject) -> Reply:
        repository, workflow = self._reading.repository(request), request.match_info["workflow"]
        if workflow not in INPUTS:
            raise not_found()
        inputs = body.get("inputs") or {}
        if not body.get("ref"):
            raise invalid("Workflow", "ref", "missing_field")
        if unexpected := [name for name in inputs if name not in INPUTS[workflow]]:
            raise invalid("Workflow", "inputs", message=f"Unexpected inputs provided: {unexpected}")
        number = str(len(self._runs) + 1)
        run = {"workflow": workflow, "repository": repository, "inputs": inputs, "id": 50_000 + int(number)}
        self._runs.put(number, {**run, "created_at": stamp(self._door.now()), "fails": workflow in self._failing})
        self._failing.discard(workflow)
        return Reply(body=None, status=204)

    def _list(self, request: web.Request, _body: JsonObject) -> Reply:
        repository, workflow = self._reading.repository(request), request.match_info["workflow"]
        if workflow not in INPUTS:
            raise not_found()
        created = request.query.get("created", "").removeprefix(">=")
        kept = [
            self._shown(run)
            for run in self._runs
            if (run["workflow"], run["repository"]) == (workflow, repository) and run["created_at"] >= created
        ]
        return self._door.paged(request, kept[::-1], "workflow_runs")

    def _shown(self, run: JsonObject) -> JsonObject:
        age = self._door.now() - datetime.fromisoformat(run["created_at"])
        done = age >= QUEUED + RUNNING
        conclusion = ("failure" if run["fails"] else "success") if done else None
        return {
            "id": run["id"],
            "name": run["workflow"],
            "display_title": " ".join((run["workflow"], *run["inputs"].values())),
            "event": "workflow_dispatch",
            "status": "completed" if done else "in_progress" if age >= QUEUED else "queued",
            "conclusion": conclusion,
            "created_at": run["created_at"],
            "html_url": f"{WEB}/{run['repository']}/actions/runs/{run['id']}",
        }
