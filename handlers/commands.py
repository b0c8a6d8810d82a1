"""The verbs of `/incident`: each parses the rest of the line, calls one function and says what came of it."""

import re

from bot.domain.errors import Refused
from bot.domain.incident import Duty, Incident, Severity
from bot.domain.message import Code
from bot.domain.status_page import Stage
from bot.organisation import Organisation
from handlers.aim import aim
from handlers.spoken import Answer, Ask, Desk, Said
from handlers.words import chosen, mentioned, readable, severity_first
from playbooks.audience import Audience, resets_timer
from playbooks.declaration import Declaration
from playbooks.messages import answers, controls
from playbooks.messages.status import list_message, status_message, timeline_message
from playbooks.public_words import Words
from playbooks.questions.declare import declare_form
from playbooks.questions.resolve import resolve_form
from playbooks.questions.role import role_form
from playbooks.questions.severity import severity_form
from playbooks.questions.status_page import status_page_form
from playbooks.questions.update import update_form

EVERYBODY = frozenset(Audience) - {Audience.STATUS_PAGE}
"""Whom an update that is typed on the line reaches; nothing goes to customers without a tick in the form."""
DEFAULT_SNOOZE = 15
WITHOUT = re.compile(
    r"without(?:\s+(?:it|(?:(?:a|the|its)\s+)?report)\b)?[:,.;]?\s*(?P<why>.*)", re.IGNORECASE | re.DOTALL
)
OUT = Code(text="without")


async def declare(said: Said, desk: Desk) -> Answer:
    severity, title = severity_first(readable(said.words, desk.organisation))
    if severity is None or not title:
        return declare_question(desk.organisation, severity=severity, title=title, channel=said.channel)
    declaration = Declaration(title=title, severity=severity, channel=said.channel)
    incident = await desk.incidents.declare(declaration, by=said.user, delivery=said.delivery)
    return answers.declared(incident, desk.organisation, room=None)


def declare_question(
    organisation: Organisation, *, channel: str, severity: Severity | None = None, title: str = "", drill: bool = False
) -> Ask:
    """Asks what was not on the line."""
    form = declare_form(organisation, severity=severity, title=title, channel=channel, drill=drill)
    return Ask(form=form, button=controls.declare())


async def acknowledge(said: Said, desk: Desk) -> Answer:
    incident, _ = await aim(said, desk)
    return answers.acknowledged(await desk.incidents.acknowledge(incident.number, by=said.user, delivery=said.delivery))


async def update(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if not said.words:
        return await update_question(incident, desk)
    incident = await desk.incidents.post_update(
        incident.number, readable(said.words, desk.organisation), EVERYBODY, by=said.user, delivery=said.delivery
    )
    counts = resets_timer(EVERYBODY, incident, desk.organisation.severity(incident.severity))
    return answers.update_posted(incident, counts=counts)


async def update_question(incident: Incident, desk: Desk) -> Ask:
    """Asks for an update, with a draft of what happened since the last one."""
    standing = await desk.incidents.status(incident.number)
    entries = await desk.incidents.timeline(incident.number)
    form = update_form(standing.incident, standing.run, entries, desk.organisation)
    return Ask(form=form, button=controls.post_update(incident))


async def status_page(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    word, rest = said.rest()
    stage = Stage(word) if word in set(Stage) else None
    text = readable(rest.words if stage else said.words, desk.organisation)
    if not text:
        return Ask(
            form=status_page_form(incident, desk.organisation, stage=stage), button=controls.status_page(incident)
        )
    words = Words(text=text, stage=stage)
    return answers.on_status_page(
        await desk.status_page.publish(incident.number, words, by=said.user, delivery=said.delivery)
    )


async def no_change(said: Said, desk: Desk) -> Answer:
    incident, _ = await aim(said, desk)
    return answers.put_off(
        await desk.incidents.no_change(incident.number, by=said.user, delivery=said.delivery), desk.organisation
    )


async def snooze(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    minutes = said.words or str(DEFAULT_SNOOZE)
    if minutes not in map(str, controls.SNOOZES):
        raise Refused("A reminder can be put off by 15 or 30 minutes: ", Code(text="/incident snooze 30"), ".")
    return answers.put_off(
        await desk.incidents.snooze(incident.number, int(minutes), by=said.user, delivery=said.delivery),
        desk.organisation,
    )


async def severity(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if not said.words:
        return Ask(form=severity_form(incident, desk.organisation), button=controls.change_severity(incident))
    word, rest = said.rest()
    level = chosen(Severity, "severity", word)
    return answers.severity_changed(
        await desk.incidents.change_severity(
            incident.number, level, by=said.user, reason=readable(rest.words, desk.organisation), delivery=said.delivery
        )
    )


async def role(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if not said.words:
        return Ask(form=role_form(incident), button=controls.role(incident))
    word, rest = said.rest()
    duty = chosen(Duty, "role", word)
    user = mentioned(rest.words) or said.user
    if rest.words and not mentioned(rest.words):
        raise Refused("Mention the person: ", Code(text=f"/incident role {duty} @name"), ".")
    incident = await desk.incidents.take_role(
        incident.number, duty, user=user, by=said.user, held_by=incident.duties.get(duty), delivery=said.delivery
    )
    return answers.role_taken(incident, duty, user)


async def timeline(said: Said, desk: Desk) -> Answer:
    incident, _ = await aim(said, desk)
    return timeline_message(incident, await desk.incidents.timeline(incident.number), desk.organisation)


async def status(said: Said, desk: Desk) -> Answer:
    incident, _ = await aim(said, desk)
    standing = await desk.incidents.status(incident.number)
    return status_message(
        standing.incident, standing.run, desk.organisation, room=standing.room, waiting=standing.waiting
    )


async def everything(said: Said, desk: Desk) -> Answer:
    here = await desk.incidents.of_channel(said.channel)
    found = await desk.incidents.open_ones()
    rooms = await desk.incidents.rooms(found)
    return list_message(found, desk.organisation, rooms=rooms, here=here.number if here else None)


async def next_phase(said: Said, desk: Desk) -> Answer:
    incident, _ = await aim(said, desk)
    standing = await desk.incidents.status(incident.number)
    await desk.runner.next_phase(standing.run.key, len(standing.run.opened), by=said.user, delivery=said.delivery)
    return answers.phase_opened(incident)


async def mitigated(said: Said, desk: Desk) -> Answer:
    incident, _ = await aim(said, desk)
    return answers.mitigated(await desk.incidents.mitigate(incident.number, by=said.user, delivery=said.delivery))


async def resolve(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if not said.words:
        return await resolve_question(incident, desk)
    resolution = readable(said.words, desk.organisation)
    return answers.resolved(
        await desk.incidents.resolve(incident.number, resolution, by=said.user, delivery=said.delivery)
    )


async def resolve_question(incident: Incident, desk: Desk) -> Ask:
    """Asks how it was resolved."""
    standing = await desk.incidents.status(incident.number)
    sight = await desk.incidents.sight(standing.incident)
    form = resolve_form(standing.incident, standing.run, desk.organisation, sight)
    return Ask(form=form, button=controls.resolve(incident))


async def close(said: Said, desk: Desk) -> Answer:
    """`close`, or `close without it was a false alarm` while the report is not written."""
    incident, said = await aim(said, desk)
    waived = WITHOUT.fullmatch(said.words)
    if said.words and not waived:
        raise Refused("To close it: ", Code(text=f"/incident close {incident.key}"), ". Nothing follows but ", OUT, ".")
    why = readable(waived["why"], desk.organisation) if waived else None
    return answers.closed(
        await desk.incidents.close(incident.number, by=said.user, delivery=said.delivery, without_report=why)
    )
