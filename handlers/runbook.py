"""What people do with the runbook: `/runbook`, and the buttons under its playbooks and runs."""

import re

from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.domain.run import RunKey
from handlers.buttons import key_of
from handlers.spoken import Answer, Desk, Pressed, Said, numeral
from playbooks.beginning import Somewhere
from playbooks.messages.runbook import found_message, listing_message, playbook_message, run_started, run_stopped

RUN = re.compile(r"(?:run[ -]?)?#?(\d{1,9})", re.IGNORECASE)


async def everything(said: Said, desk: Desk) -> Answer:
    del said
    return listing_message(desk.runbook.catalogue)


async def find(said: Said, desk: Desk) -> Answer:
    """One that is meant for sure is shown, else those that may be."""
    found = desk.runbook.find(said.words)
    if len(found) == 1:
        return playbook_message(found[0].playbook, 1, thread=said.thread)
    return found_message(said.words, found, thread=said.thread)


async def show(said: Said, desk: Desk) -> Answer:
    if not said.words:
        return await everything(said, desk)
    return await find(said, desk)


async def start(said: Said, desk: Desk) -> Answer:
    """`start NAME [SERVICES]`; words that are no name start nothing."""
    name, rest = said.rest()
    if not name:
        raise Refused(
            "Say which: ", Code(text="/runbook start PLAYBOOK"), ". ", Code(text="/runbook list"), " has all."
        )
    services = desk.runbook.services(rest.words)
    where = Somewhere(channel=said.channel, thread=said.thread)
    return run_started(await desk.runbook.start(name, where, by=said.user, delivery=said.delivery, services=services))


async def stop(said: Said, desk: Desk) -> Answer:
    number = RUN.fullmatch(said.words.strip())
    if number is None:
        raise Refused("Say which run: ", Code(text="/runbook stop 7"), ". Its steps say their number.")
    key = RunKey(run=int(number[1]))
    return run_stopped(await desk.runbook.stop(key, by=said.user, delivery=said.delivery))


async def show_pressed(pressed: Pressed, desk: Desk) -> Answer:
    name, page, thread = pressed.parts(3)
    return playbook_message(desk.runbook.read(name), numeral(page), thread=thread)


async def start_pressed(pressed: Pressed, desk: Desk) -> Answer:
    name, _, thread = pressed.value.partition("/")
    where = Somewhere(channel=pressed.channel, thread=thread)
    await desk.runbook.start(name, where, by=pressed.user, delivery=pressed.delivery)
    return None


async def stop_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.runbook.stop(key_of(pressed.value), by=pressed.user, delivery=pressed.delivery)
    return None
