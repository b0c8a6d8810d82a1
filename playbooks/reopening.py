"""Reopens an incident that was not over after all: clocks, announcement, page and playbook go on."""

from bot.domain.delivery import Delivery
from bot.domain.effect import direct
from bot.domain.incident import Incident
from bot.domain.page import Page
from bot.domain.run import State
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks import Catalogue
from playbooks.deciding import Deciding, refuse_merged
from playbooks.decision import Decision
from playbooks.escalation import next_response
from playbooks.lent_page import follow_lent
from playbooks.messages import course
from playbooks.moving import open_another
from playbooks.putting_away import stay
from playbooks.switching import switch

NOTE = "It was done before the incident was reopened."


class Reopening:
    """Reopens incidents, for people and for alerts that fire again."""

    def __init__(self, *, store: Store, organisation: Organisation, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._deciding = Deciding(store=store, organisation=organisation)

    async def reopen(self, number: int, why: str, *, by: str, delivery: Delivery) -> Incident:
        """Somebody says that it is not over."""
        async with self._deciding.about(number, delivery) as decision:
            await self._reopen(decision, why.strip(), by=by)
        return decision.incident

    async def reopen_within(self, unit: UnitOfWork, number: int, why: str, *, by: str, page: Page) -> Incident:
        """The same as part of a unit of work under way, because its alert fires again; `page` may be out for that."""
        async with self._deciding.within(unit, number) as decision:
            await self._reopen(decision, why, by=by, page=page)
        return decision.incident

    async def _reopen(self, decision: Decision, why: str, *, by: str, page: Page | None = None) -> None:
        incident = decision.incident
        refuse_merged(incident)
        incident.reopen(decision.now, update_due=decision.policy.update_due(decision.now))
        incident.response_due = next_response(incident, decision.policy, decision.now)
        decision.tell(Happening.STATUS, f"Reopened{f': {why}' if why else '.'}", by=by)
        incident.page = page or incident.page
        follow_lent(decision)
        await stay(decision)
        if incident.room_lost:
            await open_another(decision, company=_company(incident))
        _forget_phases(decision)
        playbook = self._catalogue.playbooks.get(decision.policy.playbook) or decision.run.playbook
        switch(decision, playbook, kept={State.DONE}, note=NOTE)
        decision.say("post/reopened", course.reopened(incident, by, why, decision.organisation))
        for user in incident.informed:
            decision.say(f"inform/{user}/reopened", course.reopened_told(incident, why), place=direct(user))


def _company(incident: Incident) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*incident.duties.values(), *incident.invited, *incident.members)))


def _forget_phases(decision: Decision) -> None:
    """What is to be done is posted anew, where people look."""
    incident = decision.incident
    incident.shown = {name for name in incident.shown if not name.startswith("phase/") and name != "page"}
