"""How services are switched to another instance of their database: by the variable that names the one they use."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.following import Following
from bot.domain.platform import Database
from bot.organisation import Service
from playbooks.evidence.deployed import deployed
from playbooks.world import Outside, World, reached

ENV = "env"


@dataclass(frozen=True, kw_only=True)
class Switch:
    """What sets the services of a database to another instance of it; no values are read, only compared."""

    database: Database
    into: str

    async def changes(self, world: World) -> tuple[Following, ...]:
        """One for each service that has such a variable; where that cannot be looked at, none."""
        found = []
        for key in self.database.services:
            service = world.organisation.service(key)
            names = await self._variables(world, service) if service else ()
            if names:
                words = tuple(f"{name}={self.into}" for name in names)
                found.append(Following(kind=ENV, target=key, words=words))
        return tuple(found)

    async def _variables(self, world: World, service: Service) -> tuple[str, ...]:
        try:
            return tuple(await self._naming_it(world, service))
        except (NotConfigured, CouldNotLook):
            return ()

    async def _naming_it(self, world: World, service: Service) -> Iterator[str]:
        """The variables of what serves whose value is the name of the instance."""
        services = reached(world.services, Outside.SERVICES)
        stands = await deployed(world, service)
        there = {each.name: each.digest for revision in stands.serving[:1] for each in revision.environment}
        return (name for name, digest in there.items() if digest == services.digest(name, self.database.instance))
