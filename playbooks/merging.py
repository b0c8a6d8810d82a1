"""Merges two incidents that are the same: one room, one page, one timeline; the other one answers where it went."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from bot.domain.delivery import Delivery
from bot.domain.effect import Delete, Invite, Post, room
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Code
from bot.domain.page import Paging
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.advance import skip_rest, stop_beside
from playbooks.alike import alike
from playbooks.deciding import Deciding
from playbooks.decision import Decision, in_each_round, once
from playbooks.lent_page import resolve_pages
from playbooks.messages import course


class Merging:
    """Offers to merge what looks the same, and does it when somebody says so."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation
        self._deciding = Deciding(store=store, organisation=organisation)

    async def merge(self, number: int, into: int, *, by: str, delivery: Delivery) -> tuple[Incident, Incident]:
        """Makes one incident part of another; both rooms are told. Answers the merged one and the one that goes on."""
        if number == into:
            raise Refused(f"INC-{number} cannot be merged into itself; name the other one.", field="into")
        async with self._store.decide(delivery) as unit, AsyncExitStack() as stack:
            held: dict[int, Decision] = {}
            # Always in the same order, so that two people who merge the two either way do not wait for each other.
            for each in sorted((number, into)):
                held[each] = await stack.enter_async_context(self._deciding.within(unit, each))
            gone, stays = held[number], held[into]
            _refuse_what_cannot_be_merged(gone.incident, stays.incident, by)
            _merge(gone, stays, by)
            for here, other in ((gone, stays), (stays, gone)):
                await take_offer_back(here, here.incident, other.incident.number)
        return gone.incident, stays.incident

    async def candidates(self, number: int, *, by: str) -> Sequence[Incident]:
        """The open incidents that one can be merged with, those first that look like it."""
        async with self._store.look() as unit:
            incident = await unit.incidents.get(number)
            others = [each for each in await unit.incidents.open() if each.number != number]
            if incident is None:
                return ()
            similar = alike(incident.title, incident.services, others, unit.now, self._organisation)
            rest = [each for each in others if each not in similar]
            fitting = [each for each in (*similar, *rest) if each.private == incident.private]
            return [each for each in fitting if not each.private or each.knows(by)]


async def offer_merging(unit: UnitOfWork, incident: Incident, organisation: Organisation) -> None:
    """Say in both rooms that an incident which was just declared looks like one that is open; its first steps go first."""
    if incident.private or incident.drill:
        return
    others = [each for each in await unit.incidents.open() if each.number != incident.number and not each.drill]
    for other in alike(incident.title, incident.services, others, unit.now, organisation)[:1]:
        for here, there in ((incident, other), (other, incident)):
            if "card" in here.shown:
                slot = once(here, _offer(there.number))
                message = course.looks_like(here, there)
                await unit.outbox.put(Post(place=room(here.number), slot=slot, message=message), key=slot)


async def take_offer_back(decision: Decision, here: Incident, other: int) -> None:
    """Take away from one room what was said there about another incident that looked like it."""
    for slot in in_each_round(here, _offer(other)):
        if await decision.unit.bindings.find(slot):
            decision.put(Delete(place=room(here.number), slot=slot))
        else:
            await decision.unit.outbox.withdraw(slot)


def _offer(other: int) -> str:
    return f"post/alike-{other}"


def _refuse_what_cannot_be_merged(gone: Incident, stays: Incident, by: str) -> None:
    for incident in (gone, stays):
        if incident.merged_into is not None:
            raise Refused(f"{incident.key} was merged into INC-{incident.merged_into} already.", field="into")
        if not incident.open:
            again = Code(text=f"/incident reopen {incident.key}")
            raise Refused(f"{incident.key} is {incident.status}; reopen it first: ", again, ".", field="into")
        if incident.private and not incident.knows(by):
            raise Refused("There is no such incident.", field="into")
    if gone.private != stays.private:
        public = stays if gone.private else gone
        first = Code(text=f"/incident private {public.key}")
        raise Refused(
            "One of them is private, and must not show in the other: make both private first, ",
            first,
            ".",
            field="into",
        )
    if gone.drill != stays.drill:
        raise Refused("One of them is a drill; a drill is never merged with what is real.", field="into")


def _merge(gone: Decision, stays: Decision, by: str) -> None:
    incident, into = gone.incident, stays.incident
    incident.merge_into(into.number, gone.now)
    into.merged = (*into.merged, incident.number, *incident.merged)
    into.services = tuple(dict.fromkeys((*into.services, *incident.services)))
    gone.tell(Happening.CLOSED, f"Merged into {into.key}.", by=by)
    stays.tell(Happening.STATUS, f"{incident.key} was merged into this: {incident.title}", by=by)
    gone.say("post/merged", course.merged_away(incident, into, by, gone.organisation))
    _leave_one_page(gone, stays)
    stays.say(f"post/merged-{incident.number}", course.merged_here(into, incident, by))
    skip_rest(gone, f"It was merged into {into.key}.", by=by)
    stop_beside(gone, by=by)
    people = (incident.declared_by, *incident.duties.values(), *incident.invited, *incident.members)
    if new := into.invite(filter(None, dict.fromkeys(people))):
        stays.put(Invite(place=room(into.number), users=new))
    into.inform(incident.informed)
    _move_tasks(incident, into)


def _move_tasks(incident: Incident, into: Incident) -> None:
    """What is still to be done is done for the incident that goes on; what is done stays where it was."""
    for task in incident.tasks.open:
        number = max((each.number for each in into.tasks), default=0) + 1
        into.tasks.all.append(replace(task, number=number))
    incident.tasks.all = [task for task in incident.tasks.all if not task.open]


def _leave_one_page(gone: Decision, stays: Decision) -> None:
    """Leave one alert in PagerDuty: that of the incident that goes on, or the other's if it has none of its own."""
    incident, into = gone.incident, stays.incident
    if into.page.state is Paging.NONE and incident.page.state is not Paging.NONE:
        into.alert, into.page = incident.alert, incident.page
        into.paged = {**incident.paged, **into.paged}
        return
    resolve_pages(gone)
