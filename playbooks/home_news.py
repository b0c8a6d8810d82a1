"""When App Homes are shown anew: something that they show has changed, here or outside."""

import json
from datetime import datetime, timedelta

from bot.domain.effect import Receipt
from bot.domain.home import OnCallNow, PublishHome, Shift
from bot.domain.incident import Incident
from bot.domain.run import Run
from bot.store.unit_of_work import UnitOfWork

LATELY = timedelta(minutes=30)
"""For so long after it was opened a Home is kept up to date; Slack does not say when it is left."""
Glimpse = tuple[object, ...]


async def learn_on_call(unit: UnitOfWork, receipt: Receipt) -> None:
    """It was looked who is on call; whoever has their Home open sees it."""
    shifts = tuple(_shift(*each) for each in json.loads(receipt.facts.get("shifts", "[]")))
    await unit.homes.keep_on_call(OnCallNow(at=unit.now, shifts=shifts, why=receipt.facts.get("why", "")))
    await refresh(unit)


def glimpse(incident: Incident, run: Run) -> Glimpse:
    """What of an incident the Homes show."""
    steps = tuple((step.key, run.progress(step.key)) for step in run.open_steps() if not step.auto)
    due = incident.update_asked, incident.update_due
    shown = incident.status, incident.severity, incident.private, incident.room, incident.services, *due
    return (*shown, dict(incident.duties), incident.tasks.open, steps)


async def refresh(unit: UnitOfWork) -> None:
    """What the Homes show has changed: those that are open are shown anew, each with what its owner may know."""
    for user in await unit.homes.opened_since(unit.now - LATELY):
        await unit.outbox.put(PublishHome(user=user))


def _shift(level: int, pagerduty: str, name: str, until: str) -> Shift:
    return Shift(level=level, pagerduty=pagerduty, name=name, until=datetime.fromisoformat(until) if until else None)
