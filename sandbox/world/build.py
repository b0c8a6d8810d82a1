"""An image that was built from a commit, and what is wrong with the code in it."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sandbox.payload import JsonObject
from sandbox.world.chance import token


@dataclass(frozen=True, kw_only=True)
class Flaws:
    """What is wrong with an image's code; without any it is fine.

    `errors` is the part of requests it fails, `slowness` a factor on its answer times, `leak` the part of an
    instance's memory it loses every minute, `leaked_connections` how many connections it forgets to close every
    minute, `slow_query` whether it asks the database for far too much, `agent` the agent whose runs it breaks.
    """

    errors: float = 0.0
    slowness: float = 1.0
    leak: float = 0.0
    leaked_connections: float = 0.0
    slow_query: bool = False
    agent: str = ""

    @property
    def any(self) -> bool:
        return self != Flaws()


@dataclass(frozen=True, kw_only=True)
class Commit:
    """What was committed. `files` are paths in the repository."""

    sha: str
    title: str
    author: str
    at: float
    files: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Build:
    """An image of a service. `version` is its tag, such as "1.8.0"; `error` what failing requests write into the log.

    It is there from `ready_at` on; one that was there from the beginning says nothing of that.
    """

    service: str
    version: str
    commit: Commit
    flaws: Flaws = field(default=Flaws())
    error: str = ""
    ready_at: float = 0.0

    @property
    def digest(self) -> str:
        return f"sha256:{token(64, self.service, self.version, self.commit.sha)}"


def frozen_build(build: Build) -> JsonObject:
    return asdict(build)


def thawed_build(record: JsonObject) -> Build:
    commit = record["commit"]
    return Build(
        service=record["service"],
        version=record["version"],
        commit=Commit(**{**commit, "files": tuple(commit["files"])}),
        flaws=Flaws(**record["flaws"]),
        error=record["error"],
        ready_at=record.get("ready_at", 0.0),
    )


def commit_of(service: str, *, title: str, author: str, at: datetime, files: tuple[str, ...] = ()) -> Commit:
    """A commit whose name follows from what is in it."""
    moment = at.timestamp()
    return Commit(sha=token(40, service, title, moment), title=title, author=author, at=moment, files=files)
