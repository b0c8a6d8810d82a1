"""What GitHub knows of the platform's past: its commits, who reviewed them, and what was deployed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf
from sandbox.world.build import Build, Commit
from sandbox.world.chance import token
from sandbox.world.cloud_service import ServiceState, WorldRevision
from sandbox.world.spec import PROJECT
from sandbox.world.state import WorldState

OTHERS = ("infrastructure", "operations")
"""Repositories without a service: what the platform stands on, and its runbooks and reports."""
PEOPLE = ("ana", "ben", "dee")
HOUR = 3600.0
CHECKS = ("Unit tests", "Integration tests", "E2E tests", "Performance tests", "Security scan", "Migrations")


class World(Protocol):
    """The platform, as far as GitHub has to do with it."""

    def now(self) -> datetime: ...

    def state(self) -> WorldState: ...


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """Something that was deployed somewhere; `state` is GitHub's word for how it went."""

    id: int
    sha: str
    environment: str
    state: str
    at: float
    by: str


class Past:
    """Reads the repositories' history off the world, so that it agrees with what runs; and what was added to it here."""

    def __init__(self, world: World, archive: Archive) -> None:
        self._world = world
        self._tagged: Shelf[JsonObject] = Shelf(archive, "github-tag", dict, dict)
        self._pushed: Shelf[JsonObject] = Shelf(archive, "github-push", dict, dict)

    @property
    def repositories(self) -> tuple[str, ...]:
        """All there are, as "owner/name"."""
        return tuple(f"{PROJECT}/{name}" for name in (*self._services(), *OTHERS))

    def commits(self, repository: str) -> list[Commit]:
        """The default branch, oldest first; it begins with an empty one."""
        name = repository.partition("/")[2]
        known = [*(build.commit for build in self._builds(name)), *self._merged(repository)]
        made = {commit.sha: commit for commit in sorted(known, key=lambda each: each.at)}
        begin = min((commit.at for commit in made.values()), default=self._world.state().founded_at) - 90 * 24 * HOUR
        first = Commit(sha=token(40, "first", name), title="Begin", author="ana@example.com", at=begin)
        return [first, *made.values()]

    def commit(self, repository: str, ref: str) -> Commit | None:
        """The commit that a sha, its beginning, a tag or a branch stands for."""
        commits, name = self.commits(repository), ref.removeprefix("heads/").removeprefix("tags/")
        if name in {"main", "HEAD"}:
            return commits[-1]
        tagged = self.tags(repository).get(f"v{name.removeprefix('v')}", name)
        return next((each for each in commits if len(tagged) >= 7 and each.sha.startswith(tagged)), None)

    def tags(self, repository: str) -> Mapping[str, str]:
        """The commit of each tag: every version of the pipeline's has one, and so has what was tagged since."""
        built = {f"v{build.version}": build.commit.sha for build in self._built(repository.partition("/")[2])}
        own = {each["name"]: each["sha"] for each in self._tagged if each["repository"] == repository}
        return {**built, **own}

    def tag(self, repository: str, name: str, sha: str) -> None:
        """A commit is called like this from now on."""
        self._tagged.put(f"{repository}/{name}", {"repository": repository, "name": name, "sha": sha})

    def merge(self, repository: str, commit: Commit) -> None:
        """A commit is added to the default branch; nothing has built it yet."""
        self._pushed.put(commit.sha, {"repository": repository, "commit": asdict(commit)})

    def number(self, repository: str, commit: Commit) -> int | None:
        """The number of the pull request that brought a commit; the first came without one."""
        shas = [each.sha for each in self.commits(repository)]
        return shas.index(commit.sha) or None

    def brought(self, repository: str, number: int) -> Commit | None:
        """The commit that a pull request brought."""
        commits = self.commits(repository)
        return commits[number] if 0 < number < len(commits) else None

    def deployments(self, repository: str, now: float) -> list[Deployed]:
        """Newest first: each image to staging an hour after it was committed, each revision to production."""
        name = repository.partition("/")[2]
        found = [*self._staged(name), *self._live(name, now)]
        return sorted((each for each in found if each.at <= now), key=lambda each: each.at, reverse=True)

    def _services(self) -> Mapping[str, ServiceState]:
        return self._world.state().services

    def _builds(self, service: str) -> Sequence[Build]:
        return [build for build in self._world.state().builds.values() if build.service == service]

    def _built(self, service: str) -> Sequence[Build]:
        """What the pipeline built, tagged and took to staging; what was built at somebody's wish it knows nothing of."""
        return [build for build in self._builds(service) if not build.ready_at]

    def _merged(self, repository: str) -> Iterator[Commit]:
        for each in self._pushed:
            if each["repository"] == repository:
                yield Commit(**{**each["commit"], "files": tuple(each["commit"]["files"])})

    def _staged(self, service: str) -> Iterator[Deployed]:
        for build in self._built(service):
            yield Deployed(
                id=_number("staging", build.digest),
                sha=build.commit.sha,
                environment="staging",
                state="success",
                at=build.commit.at + HOUR,
                by="deployer[bot]",
            )

    def _live(self, service: str, now: float) -> Iterator[Deployed]:
        state = self._services().get(service)
        for revision in state.revisions if state else ():
            if revision.build is not None:
                yield Deployed(
                    id=_number("production", revision.name),
                    sha=revision.build.commit.sha,
                    environment="production",
                    state=_state(revision, now),
                    at=revision.created_at,
                    by=login(revision.creator) or "deployer[bot]",
                )


def login(author: str) -> str:
    """What an e-mail address is called at GitHub."""
    name, _, domain = author.partition("@")
    return f"{name}[bot]" if domain.endswith("gserviceaccount.com") else name


def reviewer(commit: Commit) -> str:
    """Who approved a commit: the first of the people who did not write it."""
    return next(name for name in PEOPLE if name != login(commit.author))


def head(commit: Commit) -> str:
    """The last commit of the pull request, which was squashed into one."""
    return token(40, "head", commit.sha)


def _state(revision: WorldRevision, now: float) -> str:
    if revision.pending(now):
        return "in_progress"
    return "failure" if revision.reason else "success"


def _number(*parts: str) -> int:
    return int(token(8, *parts), 16)
