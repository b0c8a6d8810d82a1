"""Settings of a database that restart it: what its tier and `max_connections` have in common."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

from bot.domain.database_instance import Connections, DatabaseInstance
from bot.domain.effect import Attempt
from bot.domain.errors import Superseded
from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.plan import Plan
from bot.organisation import Organisation
from playbooks.changes.database_operation import OPERATION, RUNNING, at_rest, over
from playbooks.changes.kind import Asked, Verified
from playbooks.evidence.figure import count
from playbooks.hands import Hands
from playbooks.world import Outside, World, reached

UPDATE = "UPDATE"
REGIONAL = "REGIONAL"
RESTARTS = "it restarts the database"
WITHIN = timedelta(minutes=30)
"""After which Cloud SQL has failed to set something."""
COOL_DOWN = timedelta(minutes=60)

IsSet = Callable[[DatabaseInstance], bool]


async def set_once(
    hands: Hands, plan: Plan, attempt: Attempt, *, is_set: IsSet, begin: Callable[[str], Awaitable[str]]
) -> None:
    """Returns once an instance is set as wanted and nothing is done to it any more; see `ChangeKind.carry_out`.

    `begin` is given the version of the settings that the plan was made for.
    """
    name = str(plan.wanted["instance"])
    instance = await reached(hands.world.databases, Outside.DATABASES).instance(name)
    if OPERATION not in attempt.note:
        if is_set(instance):
            await at_rest(hands.world, name)
            return
        if not attempt.look and instance.settings_version != plan.fingerprint:
            raise Superseded(f"the settings of {name} were changed meanwhile")
    await over(hands, attempt, kind=UPDATE, instances=(name,), begin=lambda: begin(plan.fingerprint))


async def set_and_up(world: World, plan: Plan, *, is_set: IsSet, says: Callable[[DatabaseInstance], str]) -> Verified:
    """Whether an instance is set as wanted, runs, and lets clients in."""
    name = str(plan.wanted["instance"])
    instance = await reached(world.databases, Outside.DATABASES).instance(name)
    if not is_set(instance):
        return Verified(helped=False, found=(f"{says(instance)}, which is not what was wanted",))
    if instance.state != RUNNING:
        return Verified(helped=None, found=(f"{name} is {instance.state}",))
    inside = await inside_of(world)
    if inside is None:
        return Verified(helped=None, found=(f"{says(instance)}; the database itself does not answer yet",))
    taken = f"{count(inside.used)} of {count(inside.usable, 'connection')} are taken"
    return Verified(helped=True, found=(says(instance), f"the database answers: {taken}"))


async def inside_of(world: World) -> Connections | None:
    """Who is connected; None when the database does not say."""
    try:
        return await reached(world.sessions, Outside.SESSIONS).connections()
    except (CouldNotLook, NotConfigured):
        return None


async def standing(world: World, name: str) -> tuple[DatabaseInstance, Connections | None]:
    """An instance from outside and from inside."""
    found, inside = await asyncio.gather(reached(world.databases, Outside.DATABASES).instance(name), inside_of(world))
    return found, inside


def blast(instance: DatabaseInstance, organisation: Organisation) -> str:
    """Whom a restart hits."""
    users = [
        service.title
        for database in organisation.databases.values()
        if database.instance == instance.name
        for service in organisation.services.values()
        if service.key in database.services
    ]
    long = "about a minute" if instance.availability == REGIONAL else "some minutes, for it has no standby"
    return f"The database restarts: {', '.join(users) or 'its services'} fail for {long}."


def warnings(instance: DatabaseInstance, asked: Asked) -> Iterator[str]:
    """What a restart makes worse."""
    if asked.incident is None:
        yield "No incident is the reason: do it in a maintenance window, and announce it."
    if instance.availability != REGIONAL:
        yield "There is no standby, so the outage is as long as the restart."
    if instance.maintenance_at:
        yield f"The platform's own maintenance is due {instance.maintenance_at:%d %b %H:%M} UTC."
