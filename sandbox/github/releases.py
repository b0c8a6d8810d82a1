"""GitHub's tags and releases: a tag is made of a commit, a release of a tag, with notes of what came since the one before."""

from urllib.parse import quote

from aiohttp import web

from sandbox.github.door import ROOT, Door, invalid, not_found, refusal
from sandbox.github.past import Past, login
from sandbox.github.reading import REPOSITORY, Reading
from sandbox.github.shapes import BOT, account
from sandbox.payload import JsonObject
from sandbox.rest_face import Reply
from sandbox.slack.archive import Archive, Shelf
from sandbox.world.chance import token


class Releases:
    """Tag objects, which are nothing until a reference names them, and releases."""

    def __init__(self, door: Door, reading: Reading, past: Past, archive: Archive) -> None:
        self._door = door
        self._reading = reading
        self._past = past
        self._objects: Shelf[JsonObject] = Shelf(archive, "github-tag-object", dict, dict)
        self._releases: Shelf[JsonObject] = Shelf(archive, "github-release", dict, dict)

    def routes(self) -> list[web.RouteDef]:
        """Tags, releases, and a page for people who follow a link."""
        route = self._door.route
        return [
            route("GET", f"{REPOSITORY}/tags", self._tags),
            route("POST", f"{REPOSITORY}/git/tags", self._describe),
            route("GET", f"{REPOSITORY}/releases/tags/{{tag:.+}}", self._one),
            route("POST", f"{REPOSITORY}/releases", self._release),
            web.get(f"{ROOT}/pages/{{owner}}/{{name}}/releases/{{tag:.+}}", self._page),
        ]

    def of(self, repository: str) -> list[JsonObject]:
        """The releases of a repository, the oldest first."""
        return [each for each in self._releases if each["repository"] == repository]

    def commit_of(self, sha: str) -> str:
        """The commit that a tag object is about; what is none is taken for a commit."""
        found = self._objects.get(sha)
        return str(found["object"]) if found else sha

    def _tags(self, request: web.Request, _body: JsonObject) -> Reply:
        tags = self._past.tags(self._reading.repository(request))
        shown: list[JsonObject] = [{"name": name, "commit": {"sha": sha}} for name, sha in tags.items()]
        return self._door.paged(request, shown)

    def _describe(self, request: web.Request, body: JsonObject) -> Reply:
        repository, sha = self._reading.repository(request), str(body.get("object") or "")
        if not body.get("tag") or not body.get("message"):
            raise invalid("Tag", "tag" if not body.get("tag") else "message", "missing_field")
        commit = self._past.commit(repository, sha)
        if commit is None or commit.sha != sha or body.get("type") != "commit":
            raise refusal(422, "Object does not exist")
        made = token(40, "tag", repository, str(body["tag"]), sha, str(body["message"]))
        self._objects.put(made, {"object": sha})
        return Reply(body={"sha": made, "tag": body["tag"], "object": {"sha": sha, "type": "commit"}}, status=201)

    def _one(self, request: web.Request, _body: JsonObject) -> Reply:
        found = self._releases.get(f"{self._reading.repository(request)}/{request.match_info['tag']}")
        if found is None:
            raise not_found()
        return Reply(body=found)

    def _release(self, request: web.Request, body: JsonObject) -> Reply:
        repository, tag = self._reading.repository(request), str(body.get("tag_name") or "")
        if not tag:
            raise invalid("Release", "tag_name", "missing_field")
        if self._releases.get(f"{repository}/{tag}"):
            raise invalid("Release", "tag_name", "already_exists")
        if tag not in self._past.tags(repository):
            # What surprises people: a tag that is not there is made of whatever the default branch is.
            self._past.tag(repository, tag, self._past.commits(repository)[-1].sha)
        release: JsonObject = {
            "id": len(self._releases) + 1,
            "repository": repository,
            "tag_name": tag,
            "name": str(body.get("name") or tag),
            "body": self._notes(repository, tag) if body.get("generate_release_notes") else str(body.get("body") or ""),
            "draft": bool(body.get("draft")),
            "prerelease": bool(body.get("prerelease")),
            "author": account(BOT),
            "created_at": self._door.stamp(),
            "html_url": f"{self._door.url}/pages/{repository}/releases/{quote(tag)}",
        }
        self._releases.put(f"{repository}/{tag}", release)
        return Reply(body=release, status=201)

    def _notes(self, repository: str, tag: str) -> str:
        """What was committed since the tag before."""
        commits, tags = self._past.commits(repository), self._past.tags(repository)
        shas = [each.sha for each in commits]
        here = shas.index(tags[tag])
        before = max((shas.index(sha) for sha in tags.values() if sha in shas[:here]), default=-1)
        lines = [f"* {each.title} by @{login(each.author)}" for each in commits[before + 1 : here + 1]]
        return "\n".join(("## What's Changed", *lines))

    async def _page(self, request: web.Request) -> web.Response:
        parts = request.match_info
        found = self._releases.get(f"{parts['owner']}/{parts['name']}/{parts['tag']}")
        if found is None:
            raise web.HTTPNotFound
        return web.Response(text=f"{found['name']}\n\n{found['body']}\n", content_type="text/plain")
