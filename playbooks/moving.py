"""Gives an incident another war room: the old one is archived, lost, or was too public."""

from bot.domain.effect import Delete, Invite, Post, Priority, room
from bot.domain.errors import Refused
from bot.domain.message import Message
from bot.domain.putting_away import ArchiveRoom, RemoveFiles
from bot.domain.timeline import Happening
from playbooks.automatic import open_war_room
from playbooks.decision import Decision
from playbooks.messages import course

OUTSIDE = ("announcement", "inform/")
"""What is shown elsewhere than in the room."""


async def open_another(decision: Decision, *, company: tuple[str, ...]) -> str:
    """A new room with everything in it that the old one had; `company` is invited besides those who always are.

    Answers the place by which the old room can still be spoken to.
    """
    incident, place = decision.incident, room(decision.incident.number)
    former, left = f"former/{incident.number}/{incident.rooms}", incident.room
    bindings = decision.unit.bindings
    if bound := await bindings.find(place):
        await bindings.bind(former, bound)
    for name in (place, *map(decision.slot, _in_room(decision))):
        await bindings.forget(name)
    incident.shown -= set(_in_room(decision))
    for each in decision.beside.values():
        for name in each.shown:
            await bindings.forget(each.slot(name))
        each.run.move()
    incident.rooms += 1
    incident.room = incident.room_lost = ""
    incident.due_message, incident.posted_at, incident.troubles = 0, None, ()
    for user in incident.members:
        await decision.unit.marks.claim(caught_up(incident.number, user))
    incident.members = incident.invited = ()
    open_war_room(decision)
    if others := incident.invite(filter(None, company)):
        decision.put(Invite(place=place, users=others))
    if left:
        decision.say("post/moved", course.moved_here(incident, left))
    decision.tell(Happening.STEP, "A new war room is being opened.")
    return former


def caught_up(number: int, user: str) -> str:
    """The mark of somebody who knows how things stand: whoever was in one of its rooms is not told as a newcomer."""
    return f"catch-up/{number}/{user}"


def leave_empty(decision: Decision, former: str, slots: list[str], farewell: Message) -> None:
    """Take away what the bot said and shared in a room that was left, say goodbye and put the room away.

    `slots` are the names under which its messages were known there before another room was opened.
    """
    for slot in slots:
        decision.put(Delete(place=former, slot=slot))
    decision.put(Post(place=former, slot=f"{former}/farewell", message=farewell, urgency=Priority.ANSWER))
    decision.put(RemoveFiles(place=former))
    decision.put(ArchiveRoom(place=former, name=f"inc-{decision.incident.number}-left-{decision.incident.rooms - 1}"))


async def keep_names(decision: Decision) -> list[str]:
    """Other names for all that the bot said in the room, by which it is found when the room has been left."""
    incident, bindings = decision.incident, decision.unit.bindings
    kept = {}
    for name, ids in (await bindings.within(incident.room)).items():
        kept[f"former/{incident.number}/{incident.rooms}/{name}"] = ids
    await bindings.bind_all(kept)
    return sorted(kept)


def refuse_outdated(decision: Decision, rooms: int) -> None:
    """A press on a button that was shown before the last room was opened does nothing."""
    if decision.incident.rooms != rooms:
        raise Refused(f"That button is out of date: {decision.incident.key} has a new war room already.")


def _in_room(decision: Decision) -> list[str]:
    return [name for name in decision.incident.shown if not name.startswith(OUTSIDE)]
