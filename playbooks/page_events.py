"""What PagerDuty says by webhook: of opsbot's own pages it is learnt at once, everything else is an alert like others."""

import re

from bot.domain.delivery import Delivery
from bot.domain.effect import Receipt, room
from bot.domain.page_event import PageEvent, Turn
from bot.domain.paging import ALONE, FollowPage
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.alerts import Alerts
from playbooks.deciding import Deciding
from playbooks.decision import Decision
from playbooks.page_news import learn

OURS = re.compile(r"opsbot-inc-(\d{1,9})-[^/]+(?:/.+)?")
TEST = re.compile(r"opsbot-test-\d{1,9}")
"""A test alert that came back to where it was sent from: nobody has to do anything."""
SOURCE = "pagerduty/webhook"


class PageEvents:
    """Takes in events, each once, however often and in whatever order they come."""

    def __init__(self, *, store: Store, organisation: Organisation, alerts: Alerts) -> None:
        self._store = store
        self._organisation = organisation
        self._alerts = alerts
        self._deciding = Deciding(store=store, organisation=organisation)

    async def hear(self, event: PageEvent) -> None:
        """One event; raises `AlreadyDone` when it was heard before."""
        async with self._store.decide(Delivery(source=SOURCE, key=event.id)) as unit:
            if TEST.fullmatch(event.incident_key):
                return
            if ours := OURS.fullmatch(event.incident_key):
                await self._learn(unit, int(ours[1]), event)
            elif not event.incident_key.startswith(ALONE):
                await self._alerts.hear_within(unit, [event.alert])

    async def _learn(self, unit: UnitOfWork, number: int, event: PageEvent) -> None:
        """A page of our own. What another opsbot pages is its own business."""
        incident = await unit.incidents.get(number)
        if incident is None or not f"{event.incident_key}/".startswith(f"{incident.alert}/"):
            return
        waiting = await unit.outbox.waiting(about=room(number))
        followed = any(
            isinstance(each.effect, FollowPage) and each.effect.alert == event.incident_key for each in waiting
        )
        async with self._deciding.within(unit, number) as decision:
            self._apply(decision, event, followed=followed)

    def _apply(self, decision: Decision, event: PageEvent, *, followed: bool) -> None:
        """Whom we know by id commands at once. Strangers are left to whoever follows the page, and can ask for more."""
        follow = FollowPage(incident=decision.incident.number, alert=event.incident_key, since=decision.now)
        match event.turn:
            case Turn.ACKNOWLEDGED if event.by:
                if not followed or self._organisation.person_by_pagerduty(event.by):
                    learn(decision, follow, Receipt(facts=_facts(event)))
            case Turn.REOPENED if not followed and decision.incident.open:
                decision.put(follow)
            case _:
                pass


def _facts(event: PageEvent) -> dict[str, str]:
    return {
        "state": "acknowledged",
        "who": event.by_name,
        "pagerduty": event.by,
        "at": event.alert.at.isoformat(),
        "url": event.alert.link,
    }
