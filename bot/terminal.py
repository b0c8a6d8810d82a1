"""`opsbot incident …`, `runbook`, `ops`, `oncall`: Slack's words at a terminal, for when Slack is down.

What is typed is committed to the bot's own database, and the bot that leads carries it out. When none does, this
process carries out what is due before it ends, as far as the outside lets it, and says what still waits.
"""

import asyncio
import contextlib
import os
import pwd
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta

from bot.app import as_told, relay_of
from bot.domain.clock import Clock
from bot.domain.errors import Refused
from bot.domain.message import Message
from bot.domain.paging import FollowPage
from bot.organisation import Organisation
from bot.outside import outside_of
from bot.settings import Settings
from bot.store.database import open_database
from bot.store.database_check import database_troubles
from bot.store.due import next_due
from bot.store.unit_of_work import DatabaseDown, Store
from bot.store.waiting import Waiting
from handlers import COMMANDS
from handlers.desk import desk_over
from handlers.typed import answered_at, named_in, person_at, said_at
from playbooks import Catalogue, load
from playbooks.messages.terminal import refused_text, terminal_text
from playbooks.messages.trouble import doing
from playbooks.rendering import Rendering
from playbooks.vocabulary import vocabulary
from scheduler.relay import Relay

LONGEST = 30.0
"""Seconds in which what is due is carried out from here; what is left then waits."""
SOON = timedelta(seconds=2)
"""What is due within this time is waited for: Slack's pace, a first try again."""
BESIDE = 8.0
"""Seconds in which a running bot should have seen what was typed here; it looks every five by itself."""
GLANCE = 0.2
MOST_TOLD = 8

Tell = Callable[[str], None]


class NotDone(Exception):
    """It was not done; the text says why and what to do."""


async def typed(
    settings: Settings, organisation: Organisation, clock: Clock, command: str, words: Sequence[str], tell: Tell
) -> None:
    """Does what a line after a command says, as the person here; raises `NotDone`, and then nothing was changed."""
    organisation = as_told(organisation, settings)
    url = settings.database_url.get_secret_value()
    try:
        said = said_at(words, person_at(login(), organisation), organisation)
        for trouble in await asyncio.to_thread(database_troubles, url):
            raise NotDone(f"Nothing was done: {trouble}")
        async with _store(settings, clock) as store:
            catalogue = load(vocabulary(organisation.changes.declared), settings.playbooks)
            terminal = Terminal(settings, organisation, store, catalogue, about=named_in(words))
            desk = desk_over(store, organisation=organisation, catalogue=catalogue)
            terminal.tell(await answered_at(COMMANDS[f"/{command}"], said, desk), tell)
            if terminal.has_changed:
                tell(await terminal.see_to_it())
                for shown in await terminal.shown(said.user):
                    tell(f"\n{shown}")
    except Refused as refused:
        raise NotDone(refused_text(refused, organisation, about=named_in(words))) from refused
    except DatabaseDown as error:
        raise NotDone("The database does not answer, so nothing was done. Try again.") from error


def login() -> str:
    """The user of the operating system; what the environment says of it could be anybody's."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


class Terminal:
    """One line typed at a terminal: what it changed, and what becomes of that outside."""

    def __init__(
        self, settings: Settings, organisation: Organisation, store: Store, catalogue: Catalogue, *, about: str
    ) -> None:
        self._settings = settings
        self._organisation = organisation
        self._store = store
        self._catalogue = catalogue
        self._about = about
        self._since = store.clock.now()
        self.has_changed = False
        store.on_commit(self._changed)

    def tell(self, answer: Message | None, tell: Tell) -> None:
        """The answer, if there is one."""
        tell(terminal_text(answer, self._organisation, about=self._about) if answer else "Done.")

    async def see_to_it(self) -> str:
        """Has carried out what is due, and says by whom, and what still waits."""
        if not self._settings.slack_bot_token.get_secret_value():
            return "Committed. SLACK_BOT_TOKEN is not set here: the running bot carries it out, or the next to start."
        if await self._carried_out():
            who, then = "No bot is running, so this was carried out from here", "by the next bot that starts"
            after = " Start one: nobody is reminded, and nothing escalates, without it."
        else:
            await self._seen_to()
            who, then, after = "The running bot carries it out", "by the running bot", ""
        waiting = await self._waiting()
        return f"{who}.{self._still(waiting, then)}{after}"

    async def shown(self, user: str) -> Sequence[str]:
        """What the runs say that this person's line began; in Slack it stands where they are."""
        rendering = Rendering(store=self._store, organisation=self._organisation)
        async with self._store.look() as unit:
            begun = await unit.runs.begun_since(self._since)
        slots = [
            run.key.slot(name) for run in begun if run.start and run.start.by == user for name in sorted(run.shown)
        ]
        messages = [await rendering.message_of(slot) for slot in slots]
        return [terminal_text(message, self._organisation) for message in messages if message]

    async def _carried_out(self) -> bool:
        """Whether it was this process that did what could be done; a running bot leads otherwise."""
        async with outside_of(self._settings, self._organisation, self._store) as outside:
            relay = relay_of(self._settings, self._organisation, self._catalogue, self._store, outside)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LONGEST):
                    return await self._run_dry(relay)
        return True

    async def _run_dry(self, relay: Relay) -> bool:
        while await relay.run_dry():
            wait = await self._next()
            if wait is None or wait > SOON:
                return True
            await asyncio.sleep(max(wait.total_seconds(), GLANCE))
        return False

    async def _next(self) -> timedelta | None:
        async with self._store.look() as unit:
            due = await next_due(unit.connection, unit.now)
            return due - unit.now if due else None

    async def _seen_to(self) -> None:
        """Gives the running bot the time to do it, so that what still waits can be told."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BESIDE):
                while await self._waiting():  # noqa: ASYNC110  (another process does it, and tells nobody here)
                    await asyncio.sleep(GLANCE)

    async def _waiting(self) -> list[Waiting]:
        """What was put since, is due and not done; whoever follows a page waits for news and not for us."""
        async with self._store.look() as unit:
            found = await unit.outbox.waiting()
            late = [each for each in found if each.put_at >= self._since and (each.reason or each.due_at <= unit.now)]
        return [each for each in late if not isinstance(each.effect, FollowPage)]

    def _still(self, waiting: Sequence[Waiting], then: str) -> str:
        """What waits, why, and who will do it."""
        if not waiting:
            return ""
        doings = list(dict.fromkeys(doing(each.effect, self._organisation) for each in waiting))
        more = f" and {len(doings) - MOST_TOLD} more" if len(doings) > MOST_TOLD else ""
        reasons = dict.fromkeys(each.reason.strip().rstrip(".") for each in waiting if each.reason)
        why = f" ({'; '.join(reasons)})" if reasons else ""
        return (
            f" Still to do outside: {'; '.join(doings[:MOST_TOLD])}{more}{why}. It is done as soon as possible, {then}."
        )

    def _changed(self) -> None:
        self.has_changed = True


@contextlib.asynccontextmanager
async def _store(settings: Settings, clock: Clock) -> AsyncIterator[Store]:
    store = Store(open_database(settings.database_url.get_secret_value()), clock)
    try:
        yield store
    finally:
        await store.close()
