"""GitHub's branches, the files on them, and the pull requests that bring one onto another."""

import base64
import binascii

from aiohttp import web

from sandbox.github.door import Door, invalid, not_found, refusal
from sandbox.github.issues import Issues, checked_text
from sandbox.github.past import Past
from sandbox.github.reading import REPOSITORY, Reading
from sandbox.github.releases import Releases
from sandbox.payload import JsonObject
from sandbox.rest_face import Reply
from sandbox.slack.archive import Archive, Shelf
from sandbox.world.chance import token

HEADS, TAGS = "refs/heads/", "refs/tags/"
MAIN = "main"


class Branches:
    """Branches are made from a commit, files put onto them one by one, and pull requests opened from them."""

    def __init__(
        self, door: Door, reading: Reading, past: Past, issues: Issues, releases: Releases, archive: Archive
    ) -> None:
        self._door = door
        self._reading = reading
        self._past = past
        self._issues = issues
        self._releases = releases
        self._heads: Shelf[JsonObject] = Shelf(archive, "github-branch", dict, dict)
        self._files: Shelf[JsonObject] = Shelf(archive, "github-file", dict, dict)

    def routes(self) -> list[web.RouteDef]:
        route = self._door.route
        return [
            route("GET", f"{REPOSITORY}/git/ref/{{ref:.+}}", self._ref),
            route("POST", f"{REPOSITORY}/git/refs", self._make),
            route("GET", f"{REPOSITORY}/contents/{{path:.+}}", self._read),
            route("PUT", f"{REPOSITORY}/contents/{{path:.+}}", self._write),
            route("GET", f"{REPOSITORY}/pulls", self._pulls),
            route("POST", f"{REPOSITORY}/pulls", self._propose),
            route("GET", f"{REPOSITORY}/pulls/{{number:\\d+}}", self._pull),
        ]

    def file(self, repository: str, branch: str, path: str) -> str | None:
        """What a file on a branch holds."""
        found = self._there(repository, branch, path)
        return None if found is None else base64.b64decode(str(found["content"])).decode()

    def _there(self, repository: str, branch: str, path: str) -> JsonObject | None:
        """A file as a branch has it; what a branch did not change it has from the main one."""
        found = self._files.get(f"{repository}/{branch}/{path}")
        return found or self._files.get(f"{repository}/{MAIN}/{path}")

    def _head(self, repository: str, branch: str) -> str | None:
        if branch == MAIN:
            return self._past.commits(repository)[-1].sha
        found = self._heads.get(f"{repository}/{branch}")
        return None if found is None else str(found["sha"])

    def _ref(self, request: web.Request, _body: JsonObject) -> Reply:
        repository, ref = self._reading.repository(request), request.match_info["ref"]
        kind, _, name = ref.partition("/")
        sha = self._head(repository, name) if kind == "heads" else None
        if kind == "tags":
            sha = self._past.tags(repository).get(name)
        if sha is None:
            raise not_found()
        return Reply(body=_ref_shown(ref, sha))

    def _make(self, request: web.Request, body: JsonObject) -> Reply:
        repository, ref, sha = self._reading.repository(request), str(body.get("ref", "")), str(body.get("sha", ""))
        branch = ref.removeprefix(HEADS)
        if ref.startswith(TAGS) and ref != TAGS:
            return self._make_tag(repository, ref.removeprefix(TAGS), self._releases.commit_of(sha))
        if not ref.startswith(HEADS) or not branch:
            raise refusal(422, "Reference name must start with 'refs/'")
        if self._past.commit(repository, sha) is None:
            raise refusal(422, "Object does not exist")
        if self._head(repository, branch) is not None:
            raise refusal(422, "Reference already exists")
        self._heads.put(f"{repository}/{branch}", {"sha": sha})
        return Reply(body=_ref_shown(f"heads/{branch}", sha), status=201)

    def _make_tag(self, repository: str, tag: str, sha: str) -> Reply:
        """A tag of a commit, or of the tag object that says something about one."""
        commit = self._past.commit(repository, sha)
        if commit is None or commit.sha != sha:
            raise refusal(422, "Object does not exist")
        if tag in self._past.tags(repository):
            raise refusal(422, "Reference already exists")
        self._past.tag(repository, tag, sha)
        return Reply(body=_ref_shown(f"tags/{tag}", sha), status=201)

    def _read(self, request: web.Request, _body: JsonObject) -> Reply:
        repository, path = self._reading.repository(request), request.match_info["path"]
        found = self._there(repository, request.query.get("ref", MAIN), path)
        if found is None:
            raise not_found()
        return Reply(body={"type": "file", "encoding": "base64", "path": path, **found})

    def _write(self, request: web.Request, body: JsonObject) -> Reply:
        """Makes a file, or changes it when its present sha is named."""
        repository, path = self._reading.repository(request), request.match_info["path"]
        branch = str(body.get("branch") or MAIN)
        if self._head(repository, branch) is None:
            raise refusal(404, f"Branch {branch} not found")
        content = _content(body)
        key = f"{repository}/{branch}/{path}"
        known = self._there(repository, branch, path)
        if known is not None and body.get("sha") != known["sha"]:
            raise refusal(409 if body.get("sha") else 422, f"{path} does not match {known['sha']}")
        self._files.put(key, {"sha": token(40, "blob", content), "content": content})
        sha = token(40, "commit", key, content, body.get("message"))
        if branch != MAIN:
            self._heads.put(f"{repository}/{branch}", {"sha": sha})
        shown = {"path": path, "sha": token(40, "blob", content)}
        return Reply(body={"content": shown, "commit": {"sha": sha}}, status=200 if known else 201)

    def _pulls(self, request: web.Request, _body: JsonObject) -> Reply:
        repository, query = self._reading.repository(request), request.query
        state, head = query.get("state", "open"), query.get("head")
        found = [self._pull_shown(each) for each in self._issues.of(repository) if "pull_request" in each]
        owner = repository.partition("/")[0]
        kept = [
            each
            for each in found
            if state in {"all", each["state"]} and head in {None, f"{owner}:{each['head']['ref']}"}
        ]
        return self._door.paged(request, kept[::-1])

    def _pull(self, request: web.Request, _body: JsonObject) -> Reply:
        issue = self._issues.one(request)
        if "pull_request" not in issue:
            raise not_found()
        return Reply(body=self._pull_shown(issue))

    def _propose(self, request: web.Request, body: JsonObject) -> Reply:
        repository = self._reading.repository(request)
        head, base = str(body.get("head", "")), str(body.get("base", ""))
        title, text = checked_text(body, "PullRequest")
        for name, branch in (("head", head), ("base", base)):
            if self._head(repository, branch) is None:
                raise invalid("PullRequest", name)
        if any(each["pull_request"]["head"] == head for each in self._issues.of(repository) if "pull_request" in each):
            message = f"A pull request already exists for {repository.partition('/')[0]}:{head}."
            raise invalid("PullRequest", "", "custom", message)
        made = self._issues.add(repository, title=title, body=text, pull={"head": head, "base": base})
        return Reply(body=self._pull_shown(made), status=201)

    def _pull_shown(self, issue: JsonObject) -> JsonObject:
        repository, pull = str(issue["repository"]), issue["pull_request"]
        sha = self._head(repository, str(pull["head"]))
        return {**issue, "head": {"ref": pull["head"], "sha": sha}, "base": {"ref": pull["base"]}, "merged_at": None}


def _ref_shown(ref: str, sha: str) -> JsonObject:
    return {"ref": f"refs/{ref}", "object": {"sha": sha, "type": "commit"}}


def _content(body: JsonObject) -> str:
    content = str(body.get("content", ""))
    try:
        base64.b64decode(content, validate=True)
    except (ValueError, binascii.Error):
        raise refusal(422, "content is not valid Base64") from None
    if not body.get("message"):
        raise invalid("Commit", "message", "missing_field")
    return content
