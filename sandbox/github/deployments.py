"""GitHub's deployments: what somebody recorded, and beside it what the pipeline did; each with what was said of it since.

Source: docs.github.com/rest, Deployments and Deployment statuses.
"""

from collections.abc import Iterator

from aiohttp import web

from sandbox.github.door import Door, invalid, not_found, refusal
from sandbox.github.past import Past
from sandbox.github.reading import REPOSITORY, Reading
from sandbox.github.shapes import BOT, account, deployment_shown, state_shown
from sandbox.payload import JsonObject
from sandbox.rest_face import Reply
from sandbox.slack.archive import Archive, Shelf

ONE = f"{REPOSITORY}/deployments/{{id:\\d+}}"
FIRST = 5_000_000_000
"""Above the numbers of what the pipeline did, which have eight hexadecimal digits."""
STATES = frozenset({"error", "failure", "inactive", "in_progress", "queued", "pending", "success"})
DEPLOY = "deploy"
PRODUCTION, SUCCESS, INACTIVE = "production", "success", "inactive"
LONGEST = 140
"""Characters of what is said of one."""
NEAR = 600.0
"""The pipeline records no revision that somebody recorded within so many seconds."""


class Deployments:
    """What was recorded here is kept; what the pipeline did is read off the world."""

    def __init__(self, door: Door, reading: Reading, past: Past, archive: Archive) -> None:
        self._door = door
        self._reading = reading
        self._past = past
        self._recorded: Shelf[JsonObject] = Shelf(archive, "github-deployment", dict, dict)
        self._said: Shelf[JsonObject] = Shelf(archive, "github-deployment-status", dict, dict)

    def routes(self) -> list[web.RouteDef]:
        route = self._door.route
        return [
            route("GET", f"{REPOSITORY}/deployments", self._list),
            route("POST", f"{REPOSITORY}/deployments", self._record),
            route("GET", ONE, lambda request, _body: Reply(body=self._one(request))),
            route("GET", f"{ONE}/statuses", self._statuses),
            route("POST", f"{ONE}/statuses", self._say),
        ]

    def of(self, repository: str) -> list[JsonObject]:
        """What was recorded of a repository, the oldest first, each with its `states` and their `links`, the latest first."""
        mine = [each for each in self._recorded if each["repository"] == repository]
        told = [(each, self._of(int(each["id"]))) for each in mine]
        return [
            {**each, "states": [one["state"] for one in said], "links": [one["log_url"] for one in said]}
            for each, said in told
        ]

    def _list(self, request: web.Request, _body: JsonObject) -> Reply:
        wanted = {name: request.query[name] for name in ("environment", "sha", "ref", "task") if name in request.query}
        found = self._all(self._reading.repository(request))
        kept = [each for each in found if all(each[name] == value for name, value in wanted.items())]
        return self._door.paged(request, kept)

    def _all(self, repository: str) -> list[JsonObject]:
        """Newest first."""
        recorded = [each for each in self._recorded if each["repository"] == repository]
        found = [*recorded, *(deployment for deployment, _ in self._pipeline(repository, recorded))]
        return sorted(found, key=lambda each: (str(each["created_at"]), int(each["id"]) >= FIRST), reverse=True)

    def _pipeline(self, repository: str, recorded: list[JsonObject]) -> Iterator[tuple[JsonObject, JsonObject]]:
        """What the pipeline did and nobody else recorded, with how it went."""
        made = [each for each in recorded if each["task"] == DEPLOY]
        taken = [(each["sha"], each["environment"], float(each["at"])) for each in made]
        for each in self._past.deployments(repository, self._door.now().timestamp()):
            known = (each.sha, each.environment)
            if not any((sha, where) == known and abs(at - each.at) <= NEAR for sha, where, at in taken):
                yield deployment_shown(each), state_shown(repository, each)

    def _one(self, request: web.Request) -> JsonObject:
        number = int(request.match_info["id"])
        for each in self._all(self._reading.repository(request)):
            if each["id"] == number:
                return each
        raise not_found()

    def _record(self, request: web.Request, body: JsonObject) -> Reply:
        repository, ref = self._reading.repository(request), body.get("ref")
        if not isinstance(ref, str) or not ref:
            raise refusal(422, 'Invalid request.\n\n"ref" wasn\'t supplied.')
        _check_types(body)
        commit = self._past.commit(repository, ref)
        if commit is None:
            raise refusal(422, f"No ref found for: {ref}")
        if body.get("auto_merge", True) and commit != self._past.commits(repository)[-1]:
            # What surprises people: unless told otherwise it merges the default branch into what is deployed.
            raise refusal(409, f"Conflict merging main into {ref}.")
        if body.get("required_contexts"):
            raise refusal(409, f"Conflict: Commit status checks failed for {ref}.")
        number = FIRST + len(self._recorded)
        made: JsonObject = {
            "id": number,
            "repository": repository,
            "sha": commit.sha,
            "ref": ref,
            "task": body.get("task") or DEPLOY,
            "environment": body.get("environment") or PRODUCTION,
            "description": body.get("description") or None,
            "payload": body.get("payload") or {},
            "creator": account(BOT),
            "at": self._door.now().timestamp(),
            "created_at": self._door.stamp(),
            "updated_at": self._door.stamp(),
            "url": f"{self._door.url}/repos/{repository}/deployments/{number}",
        }
        self._recorded.put(str(number), made)
        return Reply(body=made, status=201)

    def _statuses(self, request: web.Request, _body: JsonObject) -> Reply:
        """The latest first; how the pipeline's own went is what it said itself."""
        repository, one = self._reading.repository(request), self._one(request)
        own = [state for deployment, state in self._pipeline(repository, []) if deployment["id"] == one["id"]]
        return self._door.paged(request, [*self._of(int(one["id"])), *own])

    def _of(self, number: int) -> list[JsonObject]:
        return [each for each in self._said if each["deployment"] == number][::-1]

    def _say(self, request: web.Request, body: JsonObject) -> Reply:
        one, state = self._one(request), body.get("state")
        if state is None:
            raise refusal(422, 'Invalid request.\n\n"state" wasn\'t supplied.')
        if state not in STATES:
            raise invalid("DeploymentStatus", "state")
        said = body.get("description") or ""
        if not isinstance(said, str) or len(said) > LONGEST:
            raise invalid("DeploymentStatus", "description", "custom", f"is too long (maximum is {LONGEST} characters)")
        link = body.get("log_url") or ""
        if link and not str(link).startswith(("http://", "https://")):
            raise invalid("DeploymentStatus", "log_url", "custom", "must use http(s) scheme")
        if state == SUCCESS and one["environment"] != PRODUCTION and body.get("auto_inactive", True):
            self._retire(one)
        return Reply(body=self._keep(one, str(state), said, str(link)), status=201)

    def _retire(self, by: JsonObject) -> None:
        """What went well before in the same place is not active any more."""
        for each in self.of(str(by["repository"])):
            if each["id"] != by["id"] and each["environment"] == by["environment"] and each["states"][:1] == [SUCCESS]:
                self._keep(each, INACTIVE, "", "")

    def _keep(self, one: JsonObject, state: str, description: str, link: str) -> JsonObject:
        number = len(self._said) + 1
        status: JsonObject = {
            "id": number,
            "deployment": one["id"],
            "state": state,
            "environment": one["environment"],
            "description": description,
            "creator": account(BOT),
            "created_at": self._door.stamp(),
            "log_url": link,
            "target_url": link,
        }
        self._said.put(f"{number:09}", status)
        return status


def _check_types(body: JsonObject) -> None:
    """Refuses what is of another type than documented."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "auto_merge": bool,
        "required_contexts": list,
        "environment": str,
        "description": str,
        "task": str,
        "payload": (dict, str),
    }
    for name, kind in kinds.items():
        if body.get(name) is not None and not isinstance(body[name], kind):
            raise refusal(422, f"Invalid request.\n\nFor 'properties/{name}', {body[name]!r} is of another type.")
