"""The verbs of `/ops`: what is not about one incident."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.message import Code
from handlers.changes import asking
from handlers.runbook import begin
from handlers.spoken import Answer, Desk, Said
from playbooks.beginning import Somewhere
from playbooks.glances import BACKUPS, DATABASE, LOGS, METRICS, Wanted, check_named
from playbooks.messages.examined import examining
from playbooks.messages.glance import checks_message, looking
from playbooks.messages.schedule import schedule_message
from playbooks.mistakes import unknown
from playbooks.stretch import stretch_last
from playbooks.timetable import Timetable

AHEAD = 14
"""Days of the schedule that are shown."""
VERIFICATION = "backup-verification"
"""The playbook that `backup verify` runs, where there is one."""


DATABASE_CHANGES = {
    "kill-idle": "kill-idle",
    "kill-idle-in-transaction": "kill-idle-in-transaction",
    "pool": "pool",
    "max-connections": "max-connections",
    "scale": "tier",
    "replica": "replica",
}
BACKUP_CHANGES = {"now": "backup", "restore-test": "restore-test", "clone": "clone", "restore": "restore"}
"""Verbs that ask for a change, each with its kind."""


async def schedule(_: Said, desk: Desk) -> Answer:
    """What the clock starts in the days to come."""
    timetable = Timetable(desk.organisation, desk.catalogue)
    return schedule_message(timetable, timetable.ahead(desk.clock.now(), timedelta(days=AHEAD)), AHEAD)


async def doctor(said: Said, desk: Desk) -> Answer:
    await desk.doctor.examine(by=said.user, channel=said.channel, thread=said.thread, delivery=said.delivery)
    return examining()


async def check(said: Said, desk: Desk) -> Answer:
    """A playbook is run, one piece of evidence is looked at; what follows its name are services."""
    if not said.words.strip():
        return checks_message(desk.runbook.catalogue)
    checked, rest = check_named(said.words, desk.runbook.catalogue.playbooks)
    if isinstance(checked, str):
        return await look(desk.glances.check(checked, rest), said, desk)
    return await begin(checked, replace(said, words=rest), desk)


async def logs(said: Said, desk: Desk) -> Answer:
    return await _of_services("Logs", LOGS, said, desk)


async def metrics(said: Said, desk: Desk) -> Answer:
    return await _of_services("Metrics", METRICS, said, desk)


async def database(said: Said, desk: Desk) -> Answer:
    verb, rest = said.rest()
    if verb in DATABASE_CHANGES:
        return await asking(DATABASE_CHANGES[verb])(rest, desk)
    evidence = _one_of("/ops db", DATABASE, DATABASE_CHANGES, verb)
    return await look(Wanted(title=f"Database {verb}", evidence=evidence), said, desk)


async def backup(said: Said, desk: Desk) -> Answer:
    """Verifying is a playbook, because people do part of it; without one, it is what can be looked at."""
    verb, rest = said.rest()
    if verb in BACKUP_CHANGES:
        return await asking(BACKUP_CHANGES[verb])(rest, desk)
    evidence = _one_of("/ops backup", BACKUPS, BACKUP_CHANGES, verb)
    if verb == "verify" and (playbook := desk.runbook.catalogue.playbooks.get(VERIFICATION)):
        return await begin(playbook, replace(said, words=""), desk)
    return await look(Wanted(title=f"Backups: {verb}", evidence=evidence), said, desk)


async def look(wanted: Wanted, said: Said, desk: Desk) -> Answer:
    """It shows where it was asked for."""
    await desk.glances.look(wanted, where(said), by=said.user, delivery=said.delivery)
    return looking(wanted.title)


def where(said: Said) -> Somewhere:
    return Somewhere(channel=said.channel, thread=said.thread)


async def _of_services(what: str, evidence: tuple[str, ...], said: Said, desk: Desk) -> Answer:
    words, window = stretch_last(said.words)
    services = await desk.glances.services(words, where(said))
    return await look(desk.glances.of_services(what, evidence, services, window), said, desk)


def _one_of(command: str, looks: Mapping[str, tuple[str, ...]], changes: Collection[str], verb: str) -> tuple[str, ...]:
    if verb in looks:
        return looks[verb]
    verbs = (*looks, *changes)
    if not verb:
        raise Refused("Say what: ", Code(text=f"{command} {' | '.join(verbs)}"), ".")
    raise Refused(unknown(f"{command} command", verbs, verb))
