"""Operations of Cloud SQL: begun at most once, whatever happened in between, and followed until they are over."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from bot.domain.database_instance import DatabaseInstance, DatabaseOperation
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused, Waiting
from bot.domain.evidence import CouldNotLook
from playbooks.hands import Hands, held
from playbooks.world import Outside, World, reached

SOON = 10.0
"""Seconds after which Cloud SQL is asked again how far it has got; nothing it does is quicker."""
OPERATION = "operation"
"""The note under which the name of what was begun is kept."""
EARLIER = timedelta(minutes=1)
"""By so much its clock may be behind ours."""
RUNNING = "RUNNABLE"


async def over(
    hands: Hands,
    attempt: Attempt,
    *,
    kind: str,
    instances: Sequence[str],
    begin: Callable[[], Awaitable[str]],
) -> None:
    """Returns once the operation is over; until then it raises, see `ChangeKind.carry_out`.

    `kind` is the platform's word for it, and `instances` are those among whose operations it is looked for when nobody
    knows whether it was begun.
    """
    name = attempt.note.get(OPERATION, "")
    if not name and attempt.look:
        name = await _begun(hands.world, attempt, kind, instances)
    if not name:
        name = await begin()
        raise Waiting("Cloud SQL has been asked.", after=SOON, note={OPERATION: name})
    operation = await held(hands.databases, Outside.DATABASES).operation(name)
    if operation.error:
        raise GiveUp(f"Cloud SQL could not do it: {operation.error}")
    if not operation.done:
        raise Waiting("Cloud SQL is still at it.", after=SOON, note={OPERATION: name})


async def stands(world: World, instance: str) -> DatabaseInstance:
    """An instance that can be changed now; refused while something else is done to it, with what and by whom."""
    databases = reached(world.databases, Outside.DATABASES)
    running = next((each for each in await databases.operations(instance, most=10) if not each.done), None)
    if running:
        raise Refused(f"{instance} is busy with {running.told}; ask again when that is over.")
    found = await databases.instance(instance)
    if found.state != RUNNING:
        raise Refused(f"{instance} is {found.state}, so it cannot be changed now.")
    return found


async def at_rest(world: World, instance: str) -> None:
    """Raises `Waiting` while something is done to an instance."""
    found = await reached(world.databases, Outside.DATABASES).operations(instance, most=10)
    if running := next((each for each in found if not each.done), None):
        raise Waiting(f"{instance} is busy with {running.told}.", after=SOON)


async def last_of(world: World, kind: str, instance: str) -> DatabaseOperation | None:
    """The newest operation of a kind."""
    found = await reached(world.databases, Outside.DATABASES).operations(instance, most=20)
    return next((each for each in found if each.kind == kind), None)


async def _begun(world: World, attempt: Attempt, kind: str, instances: Sequence[str]) -> str:
    """The name of what an earlier attempt began unseen; empty when it began nothing."""
    since = attempt.first_at - EARLIER
    refusals: list[CouldNotLook] = []
    for instance in instances:
        try:
            found = await reached(world.databases, Outside.DATABASES).operations(instance, most=20)
        except CouldNotLook as error:
            refusals.append(error)
            continue
        for each in found:
            if each.kind == kind and each.began_at is not None and each.began_at >= since:
                return each.name
    if refusals and len(refusals) == len(instances):
        raise refusals[0]
    return ""
