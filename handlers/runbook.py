"""What people do with the runbook: `/runbook`, and the buttons under its playbooks and runs."""

import re

from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.domain.playbook import Playbook
from bot.domain.run import RunKey
from handlers.buttons import key_of
from handlers.spoken import Answer, Aside, Ask, Desk, Filled, Pressed, Said, numeral
from playbooks.beginning import Somewhere
from playbooks.messages import controls
from playbooks.messages.runbook import found_message, listing_message, playbook_message, run_started, run_stopped
from playbooks.parameters import Told
from playbooks.questions.start import start_form, start_of, where_of

RUN = re.compile(r"(?:run[ -]?)?#?(\d{1,9})", re.IGNORECASE)


async def everything(said: Said, desk: Desk) -> Answer:
    standing = await desk.runbook.standing(said.user, Somewhere(channel=said.channel))
    return listing_message(desk.runbook.catalogue, suggested=standing.suggested, under_way=standing.under_way)


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
    """`start NAME [SERVICES] [what else it has to know]`; words that are no name start nothing."""
    name, rest = said.rest()
    if not name:
        raise Refused(
            "Say which: ", Code(text="/runbook start PLAYBOOK"), ". ", Code(text="/runbook list"), " has all."
        )
    return await begin(desk.runbook.read(name), rest, desk)


async def begin(playbook: Playbook, said: Said, desk: Desk) -> Answer:
    """Starts it with what the words tell it, and asks for what they do not."""
    where = Somewhere(channel=said.channel, thread=said.thread)
    told = await desk.runbook.told(playbook, said.words, where)
    if told.lacks(playbook):
        return _ask(playbook, told, where, desk)
    run = await desk.runbook.start(playbook.name, where, by=said.user, delivery=said.delivery, told=told)
    return run_started(run)


def _ask(playbook: Playbook, told: Told, where: Somewhere, desk: Desk) -> Ask:
    form = start_form(playbook, told, where, desk.organisation)
    return Ask(form=form, button=controls.start_playbook(playbook.name, where.thread))


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
    playbook = desk.runbook.read(name)
    told = await desk.runbook.told(playbook, "", where)
    if told.lacks(playbook):
        return _ask(playbook, told, where, desk)
    await desk.runbook.start(name, where, by=pressed.user, delivery=pressed.delivery, told=told)
    return None


async def start_sent(filled: Filled, desk: Desk) -> Aside | None:
    name, where = where_of(filled.answers)
    told = start_of(filled.answers, desk.runbook.read(name), desk.organisation)
    run = await desk.runbook.start(name, where, by=filled.user, delivery=filled.delivery, told=told)
    return Aside(message=run_started(run), channel=where.channel)


async def stop_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.runbook.stop(key_of(pressed.value), by=pressed.user, delivery=pressed.delivery)
    return None
