"""How services are switched to another instance of their database: by the variable that names the one they use."""

from collections.abc import Sequence

from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.following import Following
from bot.domain.platform import Database
from bot.organisation import Service
from playbooks.evidence.deployed import deployed
from playbooks.world import Outside, World, reached

ENV = "env"


async def switched(world: World, database: Database, *, into: str) -> tuple[Following, ...]:
    """What sets the services of a database to another instance of it, one for each that has such a variable."""
    services = [service for key in database.services if (service := world.organisation.service(key))]
    naming = [(service, await _naming(world, service, database.instance)) for service in services]
    return tuple(
        Following(kind=ENV, target=service.key, words=tuple(f"{name}={into}" for name in names))
        for service, names in naming
        if names
    )


async def _naming(world: World, service: Service, instance: str) -> Sequence[str]:
    """The variables of what serves whose value is the name of the instance; none where that cannot be looked at.

    No values are read, only compared.
    """
    try:
        stands = await deployed(world, service)
    except (NotConfigured, CouldNotLook):
        return ()
    services = reached(world.services, Outside.SERVICES)
    there = [each for revision in stands.serving[:1] for each in revision.environment]
    return [each.name for each in there if each.digest == services.digest(each.name, instance)]
