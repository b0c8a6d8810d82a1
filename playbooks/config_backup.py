"""Carries out the backup of the configuration: daily as it is, and once a week encrypted as well."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from bot.domain.config_backup import BackUpConfiguration, daily, weekly
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Retry
from bot.domain.evidence import CouldNotLook, NotConfigured
from playbooks.evidence.figure import count
from playbooks.settings_now import backup_of
from playbooks.shelf import Configuration
from playbooks.world import World

AGAIN = 300.0
"""Seconds after which a system is asked again that did not answer."""


class ConfigBackups:
    """The executor of `BackUpConfiguration`. It is made again until it stands there: what stands there is never replaced."""

    def __init__(self, world: World) -> None:
        self._world = world

    def executors(self) -> Mapping[type[Effect], Callable[[BackUpConfiguration, Attempt], Awaitable[Receipt]]]:
        """What is carried out here."""
        return {BackUpConfiguration: self.back_up}

    async def back_up(self, effect: BackUpConfiguration, attempt: Attempt) -> Receipt:
        """Facts: `says` what was put there. Raises `Retry` while something does not answer."""
        del attempt
        configuration = self._world.configuration
        if configuration is None:
            raise GiveUp("opsbot.yaml does not say where: give it a config_backup")
        try:
            return Receipt(facts={"says": await self._backed_up(configuration, effect.at)})
        except NotConfigured as error:
            raise GiveUp(str(error)) from error
        except CouldNotLook as error:
            raise Retry(str(error), after=AGAIN) from error

    async def _backed_up(self, configuration: Configuration, at: datetime) -> str:
        content = await backup_of(self._world, configuration, at)
        await _kept(configuration, daily(at), content)
        if configuration.sealed is None:
            return "kept; nobody holds a key for an encrypted copy"
        copies = await configuration.shelf.names(weekly(at))
        if not copies:
            await _kept(configuration, weekly(at), await configuration.sealed(content))
        return f"kept, {count(len(content), 'byte')}; {'the week has' if copies else 'with'} an encrypted copy"


async def _kept(configuration: Configuration, name: str, content: bytes) -> None:
    """Put there and read back: a backup that cannot be read is none."""
    await configuration.shelf.write(name, content)
    if not await configuration.shelf.read(name):
        raise CouldNotLook(f"{name} was put there and is empty.")
