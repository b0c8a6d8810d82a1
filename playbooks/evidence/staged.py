"""How a service does in staging: whether what stands for it there serves a commit, and answers well where it has to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.health import HealthAnswer
from bot.domain.repository import Answer
from bot.domain.scrub import excerpt
from bot.organisation import Service
from playbooks.evidence.deployed import deployed
from playbooks.world import World

MADE_OF = "opsbot.dev/commit"
"""The annotation by which a revision in staging tells which commit it is."""


@dataclass(frozen=True, kw_only=True)
class Smoke:
    """What one address in staging answered."""

    path: str
    answer: HealthAnswer

    @property
    def says(self) -> str:
        """The same in words."""
        return f"{self.path} answers well" if self.answer.healthy else f"{self.path}: {excerpt(self.answer.says)}"


def in_staging(service: Service) -> Service | None:
    """What stands for a service in staging, as a service of its own; None when nothing does."""
    if service.shipping.staging is None:
        return None
    return replace(
        service,
        title=f"{service.title} in staging",
        cloud_run=service.shipping.staging,
        health_url=None,
        pool_size=None,
    )


async def smoke(world: World, service: Service, url: str) -> Sequence[Smoke]:
    """Asks each path that has to answer well below an address in staging; empty when none is named."""
    own = (urlsplit(service.health_url).path,) if service.health_url else ()
    paths = service.shipping.smoke or tuple(map(_below, own))
    answers = await asyncio.gather(*(world.probe.health(f"{url.rstrip('/')}{path}") for path in paths))
    return [Smoke(path=path, answer=answer) for path, answer in zip(paths, answers, strict=True)]


def _below(path: str) -> str:
    """The last part of a path: what stands before it is of that address, and not of staging's."""
    return f"/{path.rstrip('/').rpartition('/')[2]}"


async def staged(world: World, service: Service, sha: str) -> tuple[Answer, str] | None:
    """Whether staging serves a commit that opsbot deployed there, and is well; None when it knows nothing of that."""
    there = in_staging(service)
    if there is None or world.services is None:
        return None
    try:
        stands = await deployed(world, there)
        if [each.annotations.get(MADE_OF) for each in stands.serving] != [sha]:
            return None
        ill = [each.says for each in await smoke(world, service, stands.cloud.url) if not each.answer.healthy]
    except (CouldNotLook, NotConfigured):
        return None
    return (
        (Answer.NO, f"staging is not well: {'; '.join(ill)}") if ill else (Answer.YES, "staging serves it, and is well")
    )
