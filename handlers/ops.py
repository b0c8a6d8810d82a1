"""The verbs of `/ops`: what is not about one incident."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.message import Code
from handlers.changes import asking
from handlers.runbook import begin
from handlers.spoken import Answer, Desk, Said, SaidHandler
from handlers.verbs import Verb
from playbooks.beginning import Somewhere
from playbooks.glances import BACKUPS, DATABASE, LOGS, METRICS, Wanted, check_named
from playbooks.messages.examined import examining
from playbooks.messages.glance import checks_message, looking
from playbooks.messages.schedule import schedule_message
from playbooks.stretch import stretch_last
from playbooks.timetable import Timetable

AHEAD = 14
"""Days of the schedule that are shown."""
VERIFICATION = "backup-verification"
"""The playbook that `backup verify` runs, where there is one."""


async def schedule(_: Said, desk: Desk) -> Answer:
    """What the clock starts in the days to come."""
    timetable = Timetable(desk.organisation, desk.catalogue)
    return schedule_message(timetable, timetable.ahead(desk.clock.now(), timedelta(days=AHEAD)), AHEAD)


async def due(said: Said, desk: Desk) -> Answer:
    """What waits for whoever asks."""
    return await desk.due_lists.of(said.user)


async def doctor(said: Said, desk: Desk) -> Answer:
    await desk.doctor.examine(by=said.user, channel=said.channel, thread=said.thread, delivery=said.delivery)
    return examining()


async def check(said: Said, desk: Desk) -> Answer:
    """A playbook is run, one piece of evidence is looked at; what follows its name are services, and how far back."""
    if not said.words.strip():
        return checks_message(desk.runbook.catalogue)
    checked, rest = check_named(said.words, desk.runbook.catalogue)
    if isinstance(checked, str):
        return await look(desk.glances.check(checked, rest), said, desk)
    return await begin(checked, replace(said, words=rest), desk)


async def logs(said: Said, desk: Desk) -> Answer:
    return await _of_services("Logs", LOGS, said, desk)


async def metrics(said: Said, desk: Desk) -> Answer:
    return await _of_services("Metrics", METRICS, said, desk)


def looking_at(title: str, evidence: tuple[str, ...]) -> SaidHandler:
    """What a verb does that looks at always the same."""

    async def looks(said: Said, desk: Desk) -> Answer:
        return await look(Wanted(title=title, evidence=evidence), said, desk)

    return looks


async def database(said: Said, desk: Desk) -> Answer:
    """Nothing by itself: what it can do is said."""
    del said, desk
    raise _say_what("/ops db", DATABASE_VERBS)


async def backup(said: Said, desk: Desk) -> Answer:
    """Nothing by itself: what it can do is said."""
    del said, desk
    raise _say_what("/ops backup", BACKUP_VERBS)


async def verify(said: Said, desk: Desk) -> Answer:
    """It is a playbook, because people do part of it; without one, it is what can be looked at."""
    if playbook := desk.runbook.catalogue.playbooks.get(VERIFICATION):
        return await begin(playbook, said, desk)
    return await look(Wanted(title="Backups: verify", evidence=BACKUPS["verify"]), said, desk)


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


def _say_what(command: str, verbs: Sequence[Verb]) -> Refused:
    return Refused("Say what: ", Code(text=f"{command} {' | '.join(verb.name for verb in verbs)}"), ".")


DATABASE_VERBS = (
    Verb("status", "", "See how it stands", looking_at("Database status", DATABASE["status"])),
    Verb("connections", "", "See who is connected", looking_at("Database connections", DATABASE["connections"])),
    Verb("kill-idle", "[DATABASE] [10m]", "End idle connections", asking("kill-idle")),
    Verb("kill-idle-in-transaction", "[DATABASE] [10m]", "End idle transactions", asking("kill-idle-in-transaction")),
    Verb("pool", "[DATABASE]", "Propose sizes of pools", asking("pool")),
    Verb("max-connections", "[DATABASE] [400]", "Allow more connections", asking("max-connections")),
    Verb("scale", "[DATABASE] [db-custom-8-32768]", "Change its machine", asking("tier")),
    Verb("replica", "[DATABASE] [NAME]", "Make a read replica", asking("replica")),
)
BACKUP_VERBS = (
    Verb("list", "", "See the backups", looking_at("Backups: list", BACKUPS["list"])),
    Verb("verify", "", "See whether they could be used", verify),
    Verb("now", "[DATABASE]", "Take one", asking("backup")),
    Verb("restore-test", "[DATABASE] [BACKUP]", "Try one", asking("restore-test")),
    Verb("clone", "[DATABASE] [14:05]", "Copy the database as it was", asking("clone")),
    Verb("restore", "[DATABASE] [BACKUP]", "Go back to one", asking("restore")),
)
