"""Makes a public incident private: what was said of it is taken back, and it goes on where only the invited are."""

from collections.abc import AsyncIterator

from bot.domain.effect import Delete, direct
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.timeline import Happening
from playbooks.automatic import inform_stakeholders
from playbooks.decision import Decision
from playbooks.merging import take_offer_back
from playbooks.messages import course
from playbooks.messages.filing import still_there
from playbooks.moving import keep_names, leave_empty, open_another


async def withdraw(decision: Decision, *, by: str) -> None:
    """From now on only those who are invited know of it: another room, a neutral announcement, other people told."""
    incident = decision.incident
    _refuse(incident)
    incident.private = True
    decision.tell(Happening.STATUS, "Made private.", by=by)
    await _take_back(decision)
    inform_stakeholders(decision)
    if "card" in incident.shown:
        slots = await keep_names(decision)
        company = (incident.declared_by, by, *incident.duties.values())
        former = await open_another(decision, company=tuple(dict.fromkeys(company)))
        leave_empty(decision, former, slots, course.went_private())
    decision.say("post/private", course.private_now(incident, by, decision.organisation))
    if any(filed.url for filed in incident.filed.values()):
        decision.say("post/private-at-github", still_there(incident))


def _refuse(incident: Incident) -> None:
    if incident.private:
        raise Refused(f"{incident.key} is private already.")
    if incident.closed_at is not None:
        raise Refused(f"{incident.key} is closed; reopen it first.")


async def _take_back(decision: Decision) -> None:
    """Who was told of it as a public incident hears no more, and has nothing to read; nor has any other room."""
    incident, organisation = decision.incident, decision.organisation
    entitled = {member.slack for member in organisation.members(organisation.private_inform)}
    strangers = tuple(user for user in incident.informed if user not in entitled)
    incident.informed = tuple(user for user in incident.informed if user in entitled)
    for user in strangers:
        incident.shown.discard(f"inform/{user}")
        async for slot in _told(decision, user):
            decision.put(Delete(place=direct(user), slot=slot))
    for other in await decision.unit.incidents.unclosed():
        await take_offer_back(decision, other, incident.number)


async def _told(decision: Decision, user: str) -> AsyncIterator[str]:
    """The names of all direct messages about it to one person."""
    conversation = await decision.unit.bindings.find(direct(user))
    if conversation:
        for slot in await decision.unit.bindings.within(conversation["channel"]):
            if slot.startswith(decision.slot("inform/")):
                yield slot
