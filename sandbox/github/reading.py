"""What GitHub tells of code: commits, checks, reviews, workflows and alerts."""

from aiohttp import web

from sandbox.github.door import Door, not_found, refusal
from sandbox.github.past import Past
from sandbox.github.shapes import (
    WEB,
    checks_shown,
    commit_shown,
    merged_shown,
    moment,
    review_shown,
)
from sandbox.payload import JsonObject
from sandbox.rest_face import Reply
from sandbox.slack.archive import Archive, Shelf
from sandbox.world.build import Commit

REPOSITORY = "/repos/{owner}/{name}"
SCANS = ("code-scanning", "dependabot", "secret-scanning")


class Reading:
    """The addresses that only tell. Failed runs and alerts are what tests and the control panel put there."""

    def __init__(self, door: Door, past: Past, archive: Archive) -> None:
        self._door = door
        self._past = past
        self._runs: Shelf[JsonObject] = Shelf(archive, "github-run", dict, dict)
        self._alerts: Shelf[JsonObject] = Shelf(archive, "github-alerts", dict, dict)

    def routes(self) -> list[web.RouteDef]:
        route = self._door.route
        commit = f"{REPOSITORY}/commits/{{ref:(?:tags/|heads/)?[^/]+}}"
        return [
            route("GET", "/rate_limit", lambda _request, _body: Reply(body=self._limit())),
            route("GET", REPOSITORY, lambda request, _body: Reply(body=self._shown(self.repository(request)))),
            route("GET", f"{REPOSITORY}/commits", self._commits),
            route("GET", commit, lambda request, _body: Reply(body=self._one(request, self._commit(request)))),
            route("GET", f"{commit}/check-runs", self._checks),
            route("GET", f"{commit}/status", self._status),
            route("GET", f"{commit}/pulls", self._pulls),
            route("GET", f"{REPOSITORY}/pulls/{{number:\\d+}}/reviews", self._reviews),
            route("GET", f"{REPOSITORY}/compare/{{base:[^/]+?}}...{{head:[^/]+}}", self._compare),
            route("GET", f"{REPOSITORY}/actions/runs", self._workflows),
            *(route("GET", f"{REPOSITORY}/{scan}/alerts", self._scan) for scan in SCANS),
        ]

    def repository(self, request: web.Request) -> str:
        """The repository that is asked about."""
        name = f"{request.match_info['owner']}/{request.match_info['name']}"
        if name not in self._past.repositories:
            raise not_found()
        return name

    def fail(self, repository: str, workflow: str) -> None:
        """An automation of a repository fails now."""
        number = len(self._runs) + 1
        run: JsonObject = {
            "id": number,
            "repository": repository,
            "name": workflow,
            "status": "completed",
            "conclusion": "failure",
            "created_at": self._door.stamp(),
            "html_url": f"{WEB}/{repository}/actions/runs/{number}",
        }
        self._runs.put(str(number), run)

    def find(self, repository: str, scan: str, alerts: list[JsonObject] | None) -> None:
        """A scan has found these open alerts; None turns it off."""
        self._alerts.put(f"{repository}/{scan}", {"alerts": alerts})

    def _limit(self) -> JsonObject:
        core = {"limit": 5000, "remaining": self._door.left, "reset": self._door.reset}
        return {"resources": {"core": core}, "rate": core}

    def _shown(self, repository: str) -> JsonObject:
        name = repository.partition("/")[2]
        return {
            "name": name,
            "full_name": repository,
            "private": True,
            "default_branch": "main",
            "html_url": f"{WEB}/{repository}",
        }

    def _commit(self, request: web.Request) -> Commit:
        ref = request.match_info["ref"]
        found = self._past.commit(self.repository(request), ref)
        if found is None:
            raise refusal(422, f"No commit found for SHA: {ref}")
        return found

    def _one(self, request: web.Request, commit: Commit) -> JsonObject:
        repository = self.repository(request)
        commits = self._past.commits(repository)
        place = commits.index(commit)
        shown = commit_shown(repository, commit, commits[place - 1] if place else None)
        return {**shown, "files": [{"filename": name, "status": "modified"} for name in commit.files]}

    def _commits(self, request: web.Request, _body: JsonObject) -> Reply:
        commits = reversed(self._past.commits(self.repository(request)))
        return self._door.paged(request, [self._one(request, each) for each in commits])

    def _checks(self, request: web.Request, _body: JsonObject) -> Reply:
        commit = self._commit(request)
        return self._door.paged(request, checks_shown(self.repository(request), commit), "check_runs")

    def _status(self, request: web.Request, _body: JsonObject) -> Reply:
        """Nobody reports the old way, which GitHub calls pending."""
        return Reply(body={"state": "pending", "sha": self._commit(request).sha, "total_count": 0, "statuses": []})

    def _pulls(self, request: web.Request, _body: JsonObject) -> Reply:
        repository, commit = self.repository(request), self._commit(request)
        number = self._past.number(repository, commit)
        return self._door.paged(request, [merged_shown(repository, number, commit)] if number else [])

    def _reviews(self, request: web.Request, _body: JsonObject) -> Reply:
        commit = self._past.brought(self.repository(request), int(request.match_info["number"]))
        return self._door.paged(request, [review_shown(commit)] if commit else [])

    def _compare(self, request: web.Request, _body: JsonObject) -> Reply:
        repository = self.repository(request)
        ends = [self._past.commit(repository, request.match_info[name]) for name in ("base", "head")]
        commits = self._past.commits(repository)
        if None in ends:
            raise not_found()
        base, head = (commits.index(each) for each in ends if each)
        between = commits[base + 1 : head + 1]
        files = dict.fromkeys(name for commit in between for name in commit.files)
        return Reply(
            body={
                "status": "ahead" if head > base else "behind" if head < base else "identical",
                "ahead_by": max(head - base, 0),
                "behind_by": max(base - head, 0),
                "total_commits": len(between),
                "commits": [self._one(request, each) for each in between],
                "files": [{"filename": name, "status": "modified"} for name in files],
            }
        )

    def _workflows(self, request: web.Request, _body: JsonObject) -> Reply:
        """The automation of each commit succeeded; what failed was made to."""
        repository = self.repository(request)
        good = [
            {"id": number, "name": "CI", "status": "completed", "conclusion": "success", "created_at": moment(each.at)}
            for number, each in enumerate(self._past.commits(repository), start=10_000)
        ]
        bad = [run for run in self._runs if run["repository"] == repository]
        wanted, created = request.query.get("status"), request.query.get("created", "").removeprefix(">=")
        every = [run for run in (*bad, *good) if run["conclusion"] == (wanted or run["conclusion"])]
        recent = [run for run in every if str(run["created_at"]) >= created]
        recent.sort(key=lambda run: str(run["created_at"]), reverse=True)
        return self._door.paged(request, recent, "workflow_runs")

    def _scan(self, request: web.Request, _body: JsonObject) -> Reply:
        repository, scan = self.repository(request), request.path.split("/")[-2]
        known = self._alerts.get(f"{repository}/{scan}") or {"alerts": []}
        if known["alerts"] is None:
            raise refusal(403 if scan == "code-scanning" else 404, f"{scan} is not enabled for this repository.")
        severities = request.query.get("severity", "").split(",")
        kept = [each for each in known["alerts"] if severities == [""] or _severity(each) in severities]
        return self._door.paged(request, kept)


def _severity(alert: JsonObject) -> str:
    return str((alert.get("security_advisory") or {}).get("severity") or "")
