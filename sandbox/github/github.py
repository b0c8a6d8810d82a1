"""GitHub as a whole: the platform's repositories, to be mounted into the practice ground's server."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from aiohttp import web

from sandbox.faults import Faults
from sandbox.github.branches import Branches
from sandbox.github.deployments import Deployments
from sandbox.github.door import ROOT, Door, stamp
from sandbox.github.issues import SEEDS, Issues
from sandbox.github.past import Past, World
from sandbox.github.reading import Reading
from sandbox.github.releases import Releases
from sandbox.github.workflows import Workflows
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive
from sandbox.world.build import Commit, commit_of
from sandbox.world.spec import PROJECT


class GitHub:
    """Repositories on loopback, the API below /github. Commits and the pipeline's deployments are the world's own."""

    def __init__(
        self,
        world: World,
        *,
        archive: Archive,
        faults: Faults,
        log: Log,
        address: Callable[[], str],
    ) -> None:
        """`address` is the practice ground's own, once it listens."""
        self._door = Door(now=world.now, faults=faults, log=log, address=address)
        self._past = past = Past(world, archive)
        self._reading = Reading(self._door, past, archive)
        self._issues = Issues(self._door, self._reading, archive)
        self._releases = Releases(self._door, self._reading, past, archive)
        self._branches = Branches(self._door, self._reading, past, self._issues, self._releases, archive)
        self._deployments = Deployments(self._door, self._reading, past, archive)
        self.workflows = Workflows(self._door, self._reading, archive)
        now = world.now()
        self._issues.seed(PROJECT, [stamp(now - timedelta(hours=hours)) for *_, hours in SEEDS])

    def routes(self) -> list[web.RouteDef]:
        """Everything of the API that there is here, and a page for each issue."""
        return [
            *self._reading.routes(),
            *self._issues.routes(),
            *self._branches.routes(),
            *self._releases.routes(),
            *self._deployments.routes(),
            *self.workflows.routes(),
            web.get(f"{ROOT}/pages/{{owner}}/{{name}}/{{kind}}/{{number:\\d+}}", self._page),
        ]

    def commit(self, repository: str, ref: str) -> Commit | None:
        """The commit that a sha, its beginning, a tag or a branch of a repository stands for."""
        return self._past.commit(repository, ref) if repository in self._past.repositories else None

    def merge(self, repository: str, title: str, *, by: str = "ben") -> Commit:
        """Somebody merges a change into the default branch; no pipeline has built it yet."""
        name = repository.partition("/")[2]
        commit = commit_of(
            name, title=title, author=f"{by}@example.com", at=self._door.now(), files=("src/handlers.py",)
        )
        self._past.merge(repository, commit)
        return commit

    def tags(self, repository: str) -> Mapping[str, str]:
        """The commit of each tag."""
        return self._past.tags(repository)

    def releases(self, repository: str) -> list[JsonObject]:
        """The releases of a repository, the oldest first."""
        return self._releases.of(repository)

    def deployments(self, repository: str) -> list[JsonObject]:
        """What was recorded of a repository, the oldest first, each with its `states` and their `links`, the latest first."""
        return self._deployments.of(repository)

    def issues(self, repository: str) -> list[JsonObject]:
        """The issues and pull requests of a repository, the oldest first."""
        return self._issues.of(repository)

    def comments(self, repository: str, number: int) -> list[JsonObject]:
        """What was said below one."""
        return self._issues.comments(repository, number)

    def file(self, repository: str, branch: str, path: str) -> str | None:
        """What a file on a branch holds."""
        return self._branches.file(repository, branch, path)

    def open_issue(self, repository: str, title: str, *, labels: tuple[str, ...] = (), by: str = "cho") -> JsonObject:
        """Somebody opens an issue."""
        return self._issues.add(repository, title=title, labels=labels, by=by)

    def fail(self, repository: str, workflow: str) -> None:
        """An automation of a repository fails now."""
        self._reading.fail(repository, workflow)

    def find(self, repository: str, scan: str, alerts: list[JsonObject] | None) -> None:
        """A scan (code-scanning, dependabot, secret-scanning) has found these open alerts; None turns it off."""
        self._reading.find(repository, scan, alerts)

    async def _page(self, request: web.Request) -> web.Response:
        """What people see who follow a link: the words of it, as they were written."""
        issue = self._issues.one(request)
        said = [str(each["body"]) for each in self._issues.comments(issue["repository"], issue["number"])]
        text = "\n\n---\n\n".join([f"{issue['title']} · #{issue['number']} · {issue['state']}", issue["body"], *said])
        return web.Response(text=text, content_type="text/plain")
