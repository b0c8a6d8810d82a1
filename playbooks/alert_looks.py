"""What alerts are about is looked at as they are told, so that whoever reads them sees what is wrong and what treats it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.alert import Suggestion
from bot.domain.effect import Edit
from bot.domain.evidence import Evidence
from bot.domain.looking import LookAt, ShareChart
from bot.store.unit_of_work import UnitOfWork
from playbooks import Catalogue
from playbooks.looks import BEFORE, EVERY, SEARCH, SOON, next_look
from playbooks.seeing import unwell
from playbooks.sight import NOTHING_SEEN, Sight
from playbooks.suggesting import suggested

LOOKED_AT = (
    "error-ratio",
    "latency",
    "error-groups",
    "memory",
    "revisions",
    "environment",
    "instances",
    "database-connections",
    "slow-queries",
    "cache",
    "agent-runs",
    "containers",
    "row-counts",
    "backups",
)
"""What breaks in a service or a database shows in one of these; more would cost reads at every alert."""
SETTLED = timedelta(minutes=6)
"""Alerts come sooner than the numbers of the cloud: until those have arrived it is looked again soon."""


def slot(suggestion: Suggestion) -> str:
    """The name of its message."""
    return f"alert/{suggestion.number}"


async def look_for(unit: UnitOfWork, suggestion: Suggestion, place: str) -> None:
    """Have looked at what alerts are about, as long as nobody has decided on them."""
    if not suggestion.waits:
        return
    due = next_look(suggestion.looked_at, unit.now)
    if due == unit.now:
        suggestion.looked_at = due
    suggestion.look = suggestion.look or await unit.runs.next_number()
    for name in LOOKED_AT:
        effect = LookAt(
            run=suggestion.look,
            alert=suggestion.number,
            name=name,
            services=suggestion.services,
            since=suggestion.since - BEFORE,
            began=suggestion.since,
            place=place,
            thread=slot(suggestion),
        )
        await unit.outbox.put(effect, at=due)


async def sight_of_alerts(unit: UnitOfWork, suggestion: Suggestion) -> Sight:
    """What was seen for alerts, as everybody in their channel may read it."""
    if not suggestion.look or not suggestion.waits:
        return NOTHING_SEEN
    return Sight(evidence=await unit.evidence.of(incident=0, run=suggestion.look))


async def learn_for_alerts(unit: UnitOfWork, catalogue: Catalogue, effect: LookAt, seen: Evidence) -> None:
    """Something was looked at for alerts; once somebody has decided on them, the war room looks for itself."""
    suggestion = await unit.alerts.get_to_decide(effect.alert)
    if suggestion is None or not suggestion.waits:
        return
    await _look_on(unit, suggestion, effect)
    before = await unit.evidence.of(incident=0, run=effect.run)
    await unit.evidence.keep(seen, incident=0, run=effect.run)
    now = {**before, seen.name: seen}
    suggestion.suggested = tuple(suggested(catalogue, now)[:1])
    await unit.alerts.save(suggestion)
    if _is_told(before) or _is_told(now):
        await unit.outbox.put(Edit(place=effect.place, slot=effect.thread))
    drawn = before[seen.name].verdict if seen.name in before else None
    if replace(effect, drawn=drawn).draws(seen.verdict):
        await _share(unit, effect, seen)


async def _look_on(unit: UnitOfWork, suggestion: Suggestion, effect: LookAt) -> None:
    """Have the same looked at again after a while; one that is waited for already only comes sooner."""
    heard = unit.now - suggestion.seen_at
    if heard < SEARCH:
        await unit.outbox.put(effect, at=unit.now + (SOON if heard < SETTLED else EVERY))


def _is_told(seen: Mapping[str, Evidence]) -> bool:
    return bool(Sight(evidence=seen).unhealthy)


async def _share(unit: UnitOfWork, effect: LookAt, seen: Evidence) -> None:
    """The chart of the worst, as it turns bad and when it becomes worse."""
    for number in unwell(seen)[:1]:
        shared = ShareChart(
            run=effect.run,
            name=seen.name,
            number=number,
            looked_at=seen.looked_at,
            place=effect.place,
            thread=effect.thread,
            file=f"alert-{effect.alert}-{seen.name}-{number}-{unit.now:%Y%m%dT%H%M%S}.png",
        )
        await unit.outbox.put(shared)
