"""What the configuration differs in from its last backup: what nobody meant to change shows here first."""

import asyncio
from datetime import timedelta

from bot.domain.config_backup import DAILY, taken_at
from bot.domain.evidence import CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.scrub import excerpt
from playbooks.evidence.figure import when
from playbooks.evidence.seen import Seen
from playbooks.settings_now import backup_of, differences
from playbooks.world import World

NAME = "config-drift"
JUST_NOW = timedelta(minutes=30)
"""A backup that is younger is the one that is just being made: it is compared with the one before."""
NAMED = 10


async def config_drift(world: World, subject: Subject) -> Evidence:
    """Raises `NotConfigured` where no backup is made."""
    del subject
    configuration, now = world.configuration, world.clock.now()
    if configuration is None:
        raise NotConfigured("opsbot.yaml does not say where the configuration is backed up; give it a config_backup.")
    moments = [(taken_at(name), name) for name in await configuration.shelf.names(DAILY)]
    older = [(at, name) for at, name in moments if at is not None and now - at > JUST_NOW]
    if not older:
        first = Finding(verdict=Verdict.GREEN, says="There is no earlier backup of the configuration to compare with")
        return Seen(findings=(first,)).evidence(NAME, world, until=now)
    at, name = max(older)
    before, today = await asyncio.gather(configuration.shelf.read(name), backup_of(world, configuration, now))
    try:
        changed = await asyncio.to_thread(differences, before, today)
    except CouldNotLook as error:
        raise CouldNotLook(f"{name}: {error}") from error
    since = when(at, now, world.organisation.timezone)
    found = [Finding(verdict=Verdict.AMBER, says=excerpt(each, most=160)) for each in changed[:NAMED]]
    if len(changed) > NAMED:
        found.append(Finding(verdict=Verdict.AMBER, says=f"and {len(changed) - NAMED} more settings"))
    well = Finding(verdict=Verdict.GREEN, says=f"No setting changed since the backup of {since}")
    return Seen(findings=tuple(found) or (well,)).evidence(NAME, world, until=now)
