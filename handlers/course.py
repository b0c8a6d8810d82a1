"""What changes an incident's course: merge, reopen, escalate, page, invite, remove, private, drill; typed, pressed, sent."""

import re

from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Code
from handlers.aim import aim
from handlers.commands import declare_question
from handlers.spoken import Answer, Aside, Ask, Desk, Filled, Pressed, Said, numeral
from handlers.words import everybody_mentioned, mentioned, severity_first
from playbooks.declaration import Declaration
from playbooks.messages import answers, controls, course
from playbooks.page_target import target_of
from playbooks.questions.course import invite_form, merge_form, page_form, private_form, remove_form, reopen_form

NOW = "now"
"""Said on the line in place of the form that asks whether one is sure."""
MERGE = re.compile(
    r"(?:(?:inc-?|#)?(?P<gone>\d{1,9}))?\s*(?:\binto\s+(?:inc-?|#)?(?P<into>\d{1,9}))?\s*", re.IGNORECASE
)


async def merge(said: Said, desk: Desk) -> Answer:
    """`merge INC-41 into INC-42`; in a war room one of the two may be left out."""
    words = MERGE.fullmatch(said.words.strip())
    if words is None:
        raise Refused("Say which two: ", Code(text="/incident merge INC-41 into INC-42"), ".")
    here = await desk.incidents.of_channel(said.channel)
    gone, into = _two(words["gone"], words["into"], here)
    if gone is None:
        raise Refused("Say which two: ", Code(text="/incident merge INC-41 into INC-42"), ".")
    incident = await desk.incidents.find_for(gone, said.user, channel=said.channel)
    if into is None:
        return await merge_question(incident, desk, by=said.user)
    await desk.incidents.find_for(into, said.user, channel=said.channel)
    return course.merged_answer(*await desk.merging.merge(gone, into, by=said.user, delivery=said.delivery))


async def merge_question(incident: Incident, desk: Desk, *, by: str, into: int | None = None) -> Ask:
    """Asks what it is to be merged into."""
    others = await desk.merging.candidates(incident.number, by=by)
    button = controls.merge(incident.number, into or incident.number)
    return Ask(form=merge_form(incident, others, into=into), button=button)


async def merge_pressed(pressed: Pressed, desk: Desk) -> Answer:
    number, into = map(numeral, pressed.parts(2))
    incident = await desk.incidents.find(number)
    if incident.merged_into is not None:
        raise Refused(f"{incident.key} was merged into INC-{incident.merged_into} already.")
    return await merge_question(incident, desk, by=pressed.user, into=into)


async def merge_sent(filled: Filled, desk: Desk) -> Aside | None:
    into = filled.answers.text("into")
    if not into:
        raise Refused("Choose the incident that goes on.", field="into")
    await desk.merging.merge(int(filled.answers.subject), int(into), by=filled.user, delivery=filled.delivery)
    return None


async def reopen(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    return course.reopened_answer(
        await desk.reopening.reopen(incident.number, said.words, by=said.user, delivery=said.delivery)
    )


async def reopen_pressed(pressed: Pressed, desk: Desk) -> Answer:
    incident = await desk.incidents.find_for(pressed.number, pressed.user, channel=pressed.channel)
    return Ask(form=reopen_form(incident), button=controls.reopen(incident))


async def reopen_sent(filled: Filled, desk: Desk) -> Aside | None:
    number, _, suggestion = filled.answers.subject.partition("/")
    why = filled.answers.text("why")
    if suggestion:
        await desk.alerts.reopen(int(suggestion), why, by=filled.user, delivery=filled.delivery)
    else:
        await desk.reopening.reopen(int(number), why, by=filled.user, delivery=filled.delivery)
    return None


async def escalate(said: Said, desk: Desk) -> Answer:
    incident, _ = await aim(said, desk)
    incident, rung = await desk.reaching.escalate(incident.number, by=said.user, delivery=said.delivery)
    return answers.escalated(incident, rung, desk.organisation)


async def escalate_pressed(pressed: Pressed, desk: Desk) -> Answer:
    number, climbed = map(numeral, pressed.parts(2))
    await desk.reaching.escalate(number, by=pressed.user, climbed=climbed, delivery=pressed.delivery)
    return None


async def page(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if not said.words:
        return Ask(form=page_form(incident, desk.organisation), button=controls.page(incident))
    target, why = target_of(desk.organisation, said.words, mentioned(said.words.split()[0]))
    incident = await desk.reaching.page(incident.number, target, why, by=said.user, delivery=said.delivery)
    return answers.paging(incident, target, desk.organisation)


async def page_pressed(pressed: Pressed, desk: Desk) -> Answer:
    incident = await desk.incidents.find(pressed.number)
    return Ask(form=page_form(incident, desk.organisation), button=controls.page(incident))


async def page_sent(filled: Filled, desk: Desk) -> Aside | None:
    given = filled.answers
    target, _ = target_of(desk.organisation, given.text("target"), None)
    await desk.reaching.page(int(given.subject), target, given.text("why"), by=filled.user, delivery=filled.delivery)
    return None


async def invite(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    users = everybody_mentioned(said.words)
    if not users and not said.words:
        return Ask(form=invite_form(incident), button=controls.members(incident))
    if not users:
        raise Refused("Mention the person: ", Code(text="/incident invite @name"), ".")
    incident = await desk.members.invite(incident.number, users, by=said.user, delivery=said.delivery)
    return course.invited_answer(incident, users)


async def invite_pressed(pressed: Pressed, desk: Desk) -> Answer:
    incident = await desk.incidents.find(pressed.number)
    return Ask(form=invite_form(incident), button=controls.members(incident))


async def invite_sent(filled: Filled, desk: Desk) -> Aside | None:
    number, users = int(filled.answers.subject), filled.answers.several("users")
    await desk.members.invite(number, users, by=filled.user, delivery=filled.delivery)
    return None


async def remove(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    user = mentioned(said.words)
    if user is None and not said.words:
        return Ask(form=remove_form(incident), button=controls.members(incident))
    if user is None:
        raise Refused("Mention the person: ", Code(text="/incident remove @name"), ".")
    incident = await desk.members.remove(incident.number, user, by=said.user, delivery=said.delivery)
    return course.removed_answer(incident, user)


async def remove_sent(filled: Filled, desk: Desk) -> Aside | None:
    for user in filled.answers.several("users"):
        await desk.members.remove(int(filled.answers.subject), user, by=filled.user, delivery=filled.delivery)
    return None


async def private(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if said.words.lower() == NOW:
        return course.private_answer(
            await desk.members.make_private(incident.number, by=said.user, delivery=said.delivery)
        )
    return Ask(form=private_form(incident, desk.organisation), button=controls.make_private(incident))


async def private_pressed(pressed: Pressed, desk: Desk) -> Answer:
    incident = await desk.incidents.find(pressed.number)
    return Ask(form=private_form(incident, desk.organisation), button=controls.make_private(incident))


async def private_sent(filled: Filled, desk: Desk) -> Aside | None:
    await desk.members.make_private(int(filled.answers.subject), by=filled.user, delivery=filled.delivery)
    return None


async def new_room(said: Said, desk: Desk) -> Answer:
    incident, _ = await aim(said, desk)
    await desk.room_news.new_room(incident.number, by=said.user, delivery=said.delivery)
    return course.new_room_answer()


async def new_room_pressed(pressed: Pressed, desk: Desk) -> Answer:
    number, rooms = map(numeral, pressed.parts(2))
    await desk.room_news.new_room(number, rooms=rooms, by=pressed.user, delivery=pressed.delivery)
    return course.new_room_answer()


async def drill(said: Said, desk: Desk) -> Answer:
    severity, title = severity_first(said.words)
    if severity is None or not title:
        return declare_question(desk.organisation, severity=severity, title=title, channel=said.channel, drill=True)
    declaration = Declaration(title=title, severity=severity, channel=said.channel, drill=True)
    incident = await desk.incidents.declare(declaration, by=said.user, delivery=said.delivery)
    return answers.declared(incident, desk.organisation, room=None)


def _two(gone: str | None, into: str | None, here: Incident | None) -> tuple[int | None, int | None]:
    """Which one ends, and in which one; the room that it is typed in is the one that is not named."""
    room = here.number if here else None
    if gone and into:
        return int(gone), int(into)
    if into:
        return room, int(into)
    if gone and room is not None and int(gone) != room:
        return int(gone), room
    return int(gone) if gone else room, None
