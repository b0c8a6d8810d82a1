"""Reads which commit is meant: by its sha or the beginning of it, a branch, a tag, or a version whose tag has a v."""

import re
from collections.abc import Iterator

from bot.domain.errors import Refused
from bot.domain.repository import Commit
from bot.domain.scrub import excerpt
from bot.organisation import Service
from playbooks.mistakes import nearest, shortened
from playbooks.world import Outside, World, reached

COMMIT = "commit"
NEWEST = "HEAD"
"""What GitHub calls the newest commit of the default branch."""
REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}", re.ASCII)
VERSION = re.compile(r"v?\d+(\.\d+){1,3}([.+-][A-Za-z0-9.-]+)?", re.ASCII)
SHA = re.compile(r"[0-9a-f]{7,40}", re.ASCII)
DIGITS = 12
"""Of a commit, as an image of it is called: enough that no two are called alike."""


def ref_in(word: str) -> str:
    """A word that can mean a commit; refused otherwise."""
    if not REF.fullmatch(word) or ".." in word:
        raise Refused(f"`{shortened(word)}` is no commit, tag or branch.", field=COMMIT)
    return word


def repository_of(service: Service) -> str:
    """Where a service's code is; refused when that is not said."""
    if service.repository is None:
        raise Refused(f"opsbot.yaml does not say where the code of {service.title} is; give it a repository.")
    return service.repository


async def commit_meant(world: World, service: Service, ref: str) -> Commit:
    """The commit that is meant; refused with the nearest tag, or the newest commit, when there is none."""
    code, repository = reached(world.code, Outside.CODE), repository_of(service)
    if found := await find_commit(world, service, ref):
        return found
    near = nearest(ref, await code.tags(repository))
    newest = await code.commit(repository, NEWEST)
    hint = f"did you mean {near}?" if near else f"the newest is {told(newest)}."
    raise Refused(f"{service.title} has no commit, tag or branch called {shortened(ref)}; {hint}", field=COMMIT)


async def find_commit(world: World, service: Service, ref: str) -> Commit | None:
    """The commit that is meant; None when there is none, or nobody says where the code is."""
    if world.code is None or service.repository is None:
        return None
    for name in _names(ref):
        if found := await world.code.find(service.repository, name):
            return found
    return None


def _names(ref: str) -> Iterator[str]:
    if VERSION.fullmatch(ref):
        yield f"tags/{ref}"
        yield f"tags/{ref.removeprefix('v') if ref.startswith('v') else f'v{ref}'}"
    yield ref


def tag_for(ref: str, commit: Commit) -> str:
    """What an image of a commit is called: as it was asked for, unless that may mean another commit tomorrow."""
    own_name = VERSION.fullmatch(ref) or (SHA.fullmatch(ref) and commit.sha.startswith(ref))
    return ref.replace("+", "-") if own_name else commit.sha[:DIGITS]


def told(commit: Commit) -> str:
    """A commit in a few words."""
    return f"{commit.sha[:8]} {excerpt(commit.title, most=60)} by {excerpt(commit.author, most=30)}"
