"""The image of a service that people mean by a tag, a digest or a commit; where there is none yet, building it is offered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.evidence import CouldNotLook
from bot.domain.message import Button, Code
from bot.domain.repository import Commit
from bot.organisation import Service
from playbooks.changes.commit_words import DIGITS as COMMIT_DIGITS
from playbooks.changes.commit_words import find_commit, tag_for, told
from playbooks.mistakes import nearest, shortened
from playbooks.world import Outside, World, reached

VERSION = "version"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
TAG = re.compile(r"[A-Za-z0-9_][\w.-]{0,127}", re.ASCII)
DIGITS = 7


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that is there. `commit` is the one it is called after, where GitHub knows it."""

    version: str
    path: str
    digest: str
    commit: Commit | None = None

    @property
    def short_digest(self) -> str:
        return self.digest.removeprefix("sha256:")[:DIGITS]

    @property
    def whole(self) -> str:
        """How it is deployed: always by its digest, for a tag may be another image tomorrow."""
        return f"{self.path}@{self.digest}"


async def image_meant(world: World, service: Service, version: str) -> Image:
    """The image that is meant; refused when there is none, with *Build* where it can be built."""
    if service.image is None:
        raise Refused(f"opsbot.yaml does not say where the images of {service.title} are; give it an image.")
    images = reached(world.images, Outside.IMAGES)
    if DIGEST.fullmatch(version):
        if not await images.exists(service.image, version):
            raise Refused(f"There is no image of {service.title} called {version[:80]}.", field=VERSION)
        return Image(version=version[:19], path=service.image, digest=version)
    if digest := await images.digest(service.image, version):
        return Image(version=version, path=service.image, digest=digest, commit=await _known(world, service, version))
    commit = await find_commit(world, service, version)
    for tag in _tags(version, commit) if commit else ():
        if digest := await images.digest(service.image, tag):
            return Image(version=tag, path=service.image, digest=digest, commit=commit)
    raise await _not_built(world, service, version, commit)


async def _known(world: World, service: Service, version: str) -> Commit | None:
    """What the image is of; it can be deployed, with its checklist waived, though GitHub does not answer."""
    try:
        return await find_commit(world, service, version)
    except CouldNotLook:
        return None


def _tags(version: str, commit: Commit) -> Iterator[str]:
    """What else an image may be called that was built of a commit."""
    called = (tag_for(version, commit), commit.sha[:COMMIT_DIGITS], commit.sha[:DIGITS], commit.sha)
    yield from (tag for tag in dict.fromkeys(called) if tag != version)


async def _not_built(world: World, service: Service, version: str, commit: Commit | None) -> Refused:
    begin = f"There is no image of {service.title} called {shortened(version)}"
    if commit is None:
        tags = await world.code.tags(service.repository) if world.code and service.repository else ()
        near = nearest(version, [each.removeprefix("v") for each in tags])
        hint = f"; did you mean {near}?" if near else ", nor a commit: name a version, a tag or a commit."
        return Refused(f"{begin}{hint}", field=VERSION)
    command = f"/ops build {service.key} {version}"
    if service.shipping.build_trigger is None:
        return Refused(f"{begin}. Build it from its commit first: {told(commit)}.", field=VERSION)
    build = Button(action="ask-change", label="Build", value=f"build/{service.key}/{version}")
    return Refused(
        f"{begin}. Build it from its commit first ({told(commit)}): ",
        Code(text=command),
        ".",
        field=VERSION,
        offers=(build,),
    )
