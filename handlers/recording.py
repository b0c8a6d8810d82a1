"""The record of an incident: notes and when things really were, by command, button and form."""

import re
from datetime import datetime

from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Code
from bot.domain.milestone import Milestone
from handlers.aim import aim
from handlers.spoken import Answer, Aside, Ask, Desk, Filled, Pressed, Said
from handlers.words import chosen, readable
from playbooks.dates import moment_first, read_moment
from playbooks.messages import answers, controls
from playbooks.messages.times import times_corrected
from playbooks.questions.note import correct_note_form, note_form, withdrawn
from playbooks.questions.times import around, times_form, times_of

BECAUSE = re.compile(r"^because\b[:,]?\s*", re.IGNORECASE)
CORRECT = Code(text="/incident correct 12 what it should say")


async def note(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    at, text = moment_first(said.words, now=desk.clock.now(), timezone=desk.organisation.timezone)
    if not text:
        return Ask(form=note_form(incident, at=said.words), button=controls.note(incident))
    text = readable(text, desk.organisation)
    incident = await desk.incidents.note(incident.number, text, by=said.user, delivery=said.delivery, at=at)
    return answers.noted(incident, at=at)


async def note_pressed(pressed: Pressed, desk: Desk) -> Answer:
    incident = await _pressed(pressed, desk)
    return Ask(form=note_form(incident), button=controls.note(incident))


async def note_sent(filled: Filled, desk: Desk) -> Aside | None:
    text = filled.answers.text("text")
    if not text:
        raise Refused("Write the note.", field="text")
    number, at = int(filled.answers.subject), _time_in(filled, desk)
    await desk.incidents.note(number, text, by=filled.user, delivery=filled.delivery, at=at)
    return None


async def correct(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if not said.words:
        return await correct_question(incident, desk)
    number, rest = _note_first(said)
    at, text = moment_first(rest.words, now=desk.clock.now(), timezone=desk.organisation.timezone)
    if not text and not at:
        raise Refused("Say what note it is and what it should say: ", CORRECT, ".")
    text = readable(text, desk.organisation)
    await desk.records.correct_note(incident.number, number, text, by=said.user, delivery=said.delivery, at=at)
    return answers.note_corrected(incident)


async def withdraw(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if not said.words:
        return await correct_question(incident, desk)
    number, _ = _note_first(said)
    await desk.records.withdraw_note(incident.number, number, by=said.user, delivery=said.delivery)
    return answers.note_withdrawn(incident)


async def correct_pressed(pressed: Pressed, desk: Desk) -> Answer:
    return await correct_question(await _pressed(pressed, desk), desk)


async def correct_question(incident: Incident, desk: Desk) -> Ask:
    """Asks which note, and what of it."""
    entries = await desk.incidents.timeline(incident.number)
    form = correct_note_form(incident, entries, desk.organisation)
    return Ask(form=form, button=controls.correct_note(incident))


async def correct_sent(filled: Filled, desk: Desk) -> Aside | None:
    number, serial = int(filled.answers.subject), int(filled.answers.text("note"))
    if withdrawn(filled.answers):
        await desk.records.withdraw_note(number, serial, by=filled.user, delivery=filled.delivery)
        return None
    text, at = filled.answers.text("text"), _time_in(filled, desk)
    if not text and not at:
        raise Refused("Write what it should say, give its time, or tick Withdraw.", field="text")
    await desk.records.correct_note(number, serial, text, by=filled.user, delivery=filled.delivery, at=at)
    return None


async def times(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if not said.words:
        return Ask(form=times_form(incident, desk.organisation), button=controls.times(incident))
    word, rest = said.rest()
    milestone = chosen(Milestone, "time", word)
    latest = around(incident, milestone, desk.clock.now())
    at, why = moment_first(rest.words, now=latest, timezone=desk.organisation.timezone)
    if at is None:
        at = read_moment(rest.words.partition(" ")[0], now=latest, timezone=desk.organisation.timezone)
    reason = BECAUSE.sub("", why)
    changed = {milestone: at}
    incident = await desk.records.correct_times(
        incident.number, changed, reason=reason, by=said.user, delivery=said.delivery
    )
    return times_corrected(incident, changed)


async def times_pressed(pressed: Pressed, desk: Desk) -> Answer:
    incident = await _pressed(pressed, desk)
    return Ask(form=times_form(incident, desk.organisation), button=controls.times(incident))


async def times_sent(filled: Filled, desk: Desk) -> Aside | None:
    incident = await desk.incidents.find(int(filled.answers.subject))
    changed = times_of(filled.answers, incident, desk.organisation, desk.clock.now())
    await desk.records.correct_times(
        incident.number, changed, reason=filled.answers.text("reason"), by=filled.user, delivery=filled.delivery
    )
    return None


async def _pressed(pressed: Pressed, desk: Desk) -> Incident:
    return await desk.incidents.find_for(pressed.number, pressed.user, channel=pressed.channel)


def _note_first(said: Said) -> tuple[int, Said]:
    """The number of a note, and the rest."""
    word, rest = said.rest()
    if not word.isdecimal() or len(word) > 12:
        raise Refused("Give the number of the note, as ", Code(text="/incident timeline"), " shows it: ", CORRECT, ".")
    return int(word), rest


def _time_in(filled: Filled, desk: Desk) -> datetime | None:
    words = filled.answers.text("at")
    if not words:
        return None
    return read_moment(words, now=desk.clock.now(), timezone=desk.organisation.timezone, field="at")
