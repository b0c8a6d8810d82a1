"""A version of a service's code: a tag of one commit, and a release with the notes that GitHub makes of it. GH-02.

A tag is never moved, so whatever was lost on the way is settled by looking: a tag of that commit is ours or as good.
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused, Superseded, Waiting
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.domain.repository import Answer, Commit
from bot.domain.version import Version, following, newest_of
from bot.organisation import Organisation, Service
from playbooks.changes.commit_words import COMMIT, NEWEST, commit_meant, ref_in, repository_of, told
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters, Verified, for_good
from playbooks.changes.service_words import SERVICE, WHICH_SERVICE, service_first, service_of
from playbooks.evidence.checklist import all_tests
from playbooks.evidence.figure import count
from playbooks.hands import Hands, held
from playbooks.mistakes import shortened
from playbooks.world import Outside, World, reached

NAME = "release"
VERSION = "version"
EXAMPLE = "/ops release control-plane 1.9.0"
SOON = 3.0
MOST_TOLD = 5
"""Commits that the card names; the release's notes have all of them."""
LOOKS_LIKE = re.compile(r"v?\d[\w.+-]*", re.ASCII | re.IGNORECASE)


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    service, rest = _service_first(words, asked)
    if not rest:
        raise Lacking({SERVICE: service})
    if len(rest) > 2:
        raise Refused("A version and perhaps a commit are named: ", Code(text=f"{EXAMPLE} main"), ".", field=COMMIT)
    version = Version.read(rest[0])
    if version is None:
        raise Refused(*_no_version(rest[0]), field=VERSION)
    return {SERVICE: service, VERSION: str(version), COMMIT: ref_in(rest[1]) if len(rest) == 2 else NEWEST}


def _service_first(words: Sequence[str], asked: Asked) -> tuple[str, tuple[str, ...]]:
    """Where all code is in one repository, the version alone will do."""
    repositories = {each.repository for each in asked.organisation.services.values() if each.repository}
    if words and LOOKS_LIKE.fullmatch(words[0]) and len(repositories) == 1:
        return _one_of(asked.organisation, repositories.pop()), tuple(words)
    return service_first(words, asked)


def _one_of(organisation: Organisation, repository: str) -> str:
    return next(each.key for each in organisation.services.values() if each.repository == repository)


def _no_version(written: str) -> tuple[str, ...]:
    near = Version.near(written)
    hint = f"did you mean {near}?" if near else "write it like 1.9.0 or 2.0.0-rc.1."
    return (f"`{shortened(written)}` is no version; {hint}",)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What a release is planned on."""

    service: Service
    repository: str
    version: Version
    commit: Commit
    tags: Sequence[str]
    tagged: bool
    """Whether the tag is there already, on that commit."""
    released: str | None
    checks: tuple[Answer, str]

    @property
    def good(self) -> bool:
        return self.checks[0] is Answer.YES

    @property
    def before(self) -> Version | None:
        """The version before it."""
        return newest_of(self.tags, below=self.version)


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    del asked
    on = await _found(world, parameters)
    tag, title, before = on.version.tag, on.service.title, on.before
    return Plan(
        kind=NAME,
        target=f"repository/{on.repository}",
        title=f"Release {title} {on.version}",
        before=f"{before.tag} is the last" if before else "nothing was released",
        after=f"{tag} is {on.commit.sha[:8]}, with a release and its notes",
        risk=Risk.SAFE if on.good else Risk.DISRUPTIVE,
        because=("nothing that runs is changed",) if on.good else (on.checks[1],),
        differences=(
            f"the tag {tag} is there" if on.tagged else f"a tag {tag} in {on.repository}",
            "a release whose notes GitHub writes",
        ),
        blast="Whoever follows the repository is told of the release.",
        warnings=tuple([each async for each in _warnings(world, on)]),
        evidence=tuple([each async for each in _brings(world, on)]),
        command=f"git tag -a {tag} {on.commit.sha} -m 'Release {on.version}' && git push origin {tag} && "
        f"gh release create {tag} --repo {on.repository} --verify-tag --generate-notes",
        wanted={SERVICE: on.service.key, "repository": on.repository, "tag": tag, COMMIT: on.commit.sha},
        nothing_to_do=f"{tag} of {title} is released already: {on.released}" if on.released else "",
    )


async def _found(world: World, parameters: Parameters) -> _Found:
    """Looks at the commit and the tag; refused when the tag is another commit's."""
    service = service_of(parameters, world.organisation)
    repository, version = repository_of(service), Version.read(parameters[VERSION])
    assert version
    code = reached(world.code, Outside.CODE)
    commit = await commit_meant(world, service, parameters[COMMIT])
    tags, tagged = await code.tags(repository), await code.find(repository, f"tags/{version.tag}")
    if tagged and tagged.sha != commit.sha:
        raise _taken(service, version, tagged, tags)
    return _Found(
        service=service,
        repository=repository,
        version=version,
        commit=commit,
        tags=tags,
        tagged=tagged is not None,
        released=await code.release(repository, version.tag) if tagged else None,
        checks=all_tests(await code.checks(repository, commit.sha)),
    )


def _taken(service: Service, version: Version, tagged: Commit, tags: Sequence[str]) -> Refused:
    free = following(newest_of((version.tag, *tags)) or version)
    return Refused(
        f"{version.tag} of {service.title} is another commit already ({told(tagged)}), and a tag is never moved. "
        "The next version that is free: ",
        Code(text=f"/ops release {service.key} {free}"),
        ".",
        field=VERSION,
    )


async def _warnings(world: World, on: _Found) -> AsyncIterator[str]:
    if not on.good:
        yield f"{on.checks[1][:1].upper()}{on.checks[1][1:]}."
    newest = newest_of(on.tags)
    if newest and on.version < newest:
        yield f"{newest.tag} is there already, and newer."
    beside = await reached(world.code, Outside.CODE).compare(on.repository, NEWEST, on.commit.sha)
    if beside.commits:
        yield f"It is not on the default branch: {count(len(beside.commits), 'commit')} of it were not merged there."


async def _brings(world: World, on: _Found) -> AsyncIterator[str]:
    """The commit, and what else it brings that the version before did not have."""
    yield told(on.commit)
    if on.before is None:
        return
    brings = await reached(world.code, Outside.CODE).compare(on.repository, on.before.tag, on.commit.sha)
    others = [each for each in reversed(brings.commits) if each.sha != on.commit.sha]
    for each in others[:MOST_TOLD]:
        yield told(each)
    if len(others) > MOST_TOLD:
        yield f"and {count(len(others) - MOST_TOLD, 'commit')} more since {on.before.tag}"


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    code, releases = reached(hands.world.code, Outside.CODE), held(hands.releases, Outside.CODE)
    repository, tag, sha = (str(plan.wanted[name]) for name in ("repository", "tag", COMMIT))
    tagged = await code.find(repository, f"tags/{tag}")
    if tagged is None:
        await releases.tag(repository, tag, commit=sha, message=f"Release {tag.removeprefix('v')}")
        raise Waiting("The commit has been tagged.", after=SOON, note={"tagged": "yes"})
    if tagged.sha != sha:
        raise _moved(tag, tagged, attempt)
    url = await code.release(repository, tag)
    if url is None:
        early = bool((version := Version.read(tag)) and version.before)
        await releases.release(repository, tag, title=tag.removeprefix("v"), early=early)
        raise Waiting("The release has been made.", after=SOON, note={"tagged": "yes"})
    return Done(says=f"{tag} is released ({url}); next: /ops build {plan.wanted[SERVICE]} {tag.removeprefix('v')}")


def _moved(tag: str, tagged: Commit, attempt: Attempt) -> Exception:
    """Somebody else gave the tag to another commit."""
    says = f"{tag} was given to {tagged.sha[:8]} meanwhile"
    return GiveUp(f"{says}; look at its history") if attempt.note else Superseded(says)


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    """Whether the release is there, of the commit that was agreed to."""
    del since
    code = reached(world.code, Outside.CODE)
    repository, tag, sha = (str(plan.wanted[name]) for name in ("repository", "tag", COMMIT))
    tagged = await code.find(repository, f"tags/{tag}")
    if tagged is None or tagged.sha != sha:
        return Verified(helped=False, found=(f"{tag} is not {sha[:8]}",))
    url = await code.release(repository, tag)
    if url is None:
        return Verified(helped=False, found=(f"{tag} is {sha[:8]}, and its release is gone",))
    return Verified(helped=True, found=(f"{tag} is {sha[:8]}, and its notes are there: {url}",))


RELEASE = ChangeKind(
    name=NAME,
    title="Release",
    sentence="Tags a commit as a version and makes a release of it at GitHub, with its notes.",
    command="/ops release",
    asks=(
        WHICH_SERVICE,
        Ask(name=VERSION, label="Version", hint="Like 1.9.0."),
        Ask(name=COMMIT, label="Commit", hint="Empty: the newest of the default branch.", optional=True),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=for_good,
    verify_within=timedelta(minutes=2),
)
