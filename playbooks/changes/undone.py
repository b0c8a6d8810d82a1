"""What lies between two revisions of a service: whose work is taken back, and what went into the database with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.cloud_service import Revision
from bot.domain.evidence import CouldNotLook
from bot.domain.repository import Commit, Comparison, Deployment
from bot.domain.scrub import excerpt
from bot.organisation import Service
from playbooks.changes.shipment import ROLLBACK
from playbooks.world import World

MIGRATION = re.compile(r"(^|/)(migrations?|migrate|alembic|flyway|liquibase)(/|$)", re.IGNORECASE)
PRODUCTION = re.compile(r"prod", re.IGNORECASE)
NEAR = timedelta(minutes=10)
"""A deployment and the revision that it made are noted so close to each other."""
MOST = 5
LONGEST = 90


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What is taken back. `unknown` says why nobody can tell, when that is so: then it may be anything.

    `older` is the commit that is gone back to, empty where GitHub does not know it.
    """

    lines: tuple[str, ...] = ()
    migrations: tuple[str, ...] = ()
    unknown: str = ""
    older: str = ""


async def undone(world: World, service: Service, *, newer: Revision, older: Revision) -> Undone:
    """The commits of a newer revision that an older one does not have, with their authors, and the migrations in them."""
    if world.code is None or service.repository is None:
        return Undone(unknown="opsbot does not know where its code is")
    try:
        deployments = await world.code.deployments(service.repository, since=older.created_at - NEAR)
        shas = [_deployed(deployments, each) for each in (older, newer)]
        if None in shas:
            return Undone(unknown="GitHub recorded no deployment of one of them", older=shas[0] or "")
        compared = await world.code.compare(service.repository, str(shas[0]), str(shas[1]))
    except CouldNotLook as error:
        return Undone(unknown=str(error).rstrip("."))
    return Undone(
        lines=tuple(_lines(world, compared)),
        migrations=tuple(file for file in compared.files if MIGRATION.search(file)),
        unknown="GitHub does not tell all of what changed" if compared.truncated else "",
        older=str(shas[0]),
    )


async def commit_of(world: World, service: Service, revision: Revision) -> str:
    """The commit that a revision was made from; empty where GitHub does not know it."""
    if world.code is None or service.repository is None:
        return ""
    try:
        deployments = await world.code.deployments(service.repository, since=revision.created_at - NEAR)
    except CouldNotLook:
        return ""
    return _deployed(deployments, revision) or ""


def _deployed(deployments: Sequence[Deployment], revision: Revision) -> str | None:
    """The commit that a revision was made from: that of the deployment to production at the same time.

    A rollback of just then says nothing of it, for it makes no revision.
    """
    near = [
        each
        for each in deployments
        if PRODUCTION.search(each.environment) and each.task != ROLLBACK and abs(each.at - revision.created_at) <= NEAR
    ]
    return min(near, key=lambda each: abs(each.at - revision.created_at)).sha if near else None


def _lines(world: World, compared: Comparison) -> list[str]:
    newest_first = sorted(compared.commits, key=lambda each: each.at, reverse=True)
    lines = [f"“{excerpt(each.title, most=LONGEST)}” by {_author(world, each)}" for each in newest_first[:MOST]]
    more = len(compared.commits) - MOST
    return [*lines, f"and {more} older commit{'s' if more > 1 else ''}"] if more > 0 else lines


def _author(world: World, commit: Commit) -> str:
    member = world.organisation.person_by_email(commit.author)
    return member.name if member else excerpt(commit.author.partition("@")[0], most=40)
