"""Plans the maintenances that come round by the clock: each turn once, long enough before it is announced."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain, takewhile
from uuid import uuid4

import structlog

from bot.domain.maintenance import Maintenance, Stage
from bot.domain.maintenance_calendar import Calendar, Turn, merged
from bot.domain.playbook import Playbook
from bot.organisation import Organisation
from bot.store.unit_of_work import UnitOfWork
from playbooks.timetable import DATABASES, Planned, Timetable

log = structlog.get_logger(__name__)

HORIZON = timedelta(days=50)
"""So far ahead all are planned, and one that comes later: two weeks, and the longest row of days off, before each."""
USUAL_LENGTH = timedelta(hours=2)


async def plan_ahead(unit: UnitOfWork, timetable: Timetable, organisation: Organisation) -> None:
    """Plan what comes round; what nobody has been told of follows a schedule that was changed."""
    until = _until(timetable, unit.now)
    wanted = {turn.name: turn for turn in turns(timetable, organisation, unit.now, until)}
    known = {each.recurring: each for each in await unit.maintenances.planned_by_clock(unit.now)}
    for name, turn in wanted.items():
        if name not in known:
            await _plan(unit, turn, organisation)
    for each in known.values():
        if each.stage is Stage.PLANNED and not each.sent and each.starts_at <= until:
            await _follow(unit, each, wanted.get(each.recurring), organisation)


def turns(timetable: Timetable, organisation: Organisation, now: datetime, until: datetime) -> Sequence[Turn]:
    """What comes round in the time to come; what overlaps is one."""
    return merged(
        _turn(planned, slot.at, organisation)
        for planned in timetable.maintenance.values()
        for slot in takewhile(lambda slot: slot.at <= until, planned.slots(now))
    )


def calendar(organisation: Organisation) -> Calendar:
    """The days on which the organisation works."""
    days = organisation.business_hours.days
    return Calendar(zone=organisation.timezone, days=days, day_off=organisation.holidays.day_off)


def touched(playbook: Playbook, organisation: Organisation) -> tuple[str, ...]:
    """The services that a maintenance touches, in the order of the file."""
    if not playbook.touches:
        return tuple(organisation.services)
    of_databases = set(chain.from_iterable(each.services for each in organisation.databases.values()))
    wanted = {*playbook.touches, *(of_databases if DATABASES in playbook.touches else ())}
    return tuple(key for key in organisation.services if key in wanted)


def _until(timetable: Timetable, now: datetime) -> datetime:
    """There is always one planned ahead, so that the clock has something to come back for."""
    horizon = now + HORIZON
    later = [slot.at for each in timetable.maintenance.values() if (slot := next(each.slots(horizon), None))]
    return min(later, default=horizon)


def _turn(planned: Planned, at: datetime, organisation: Organisation) -> Turn:
    playbook = planned.playbook
    return Turn(
        title=playbook.title,
        starts_at=at,
        ends_at=at + (playbook.lasts or USUAL_LENGTH),
        services=touched(playbook, organisation),
        playbooks=(playbook.name,),
    )


async def _plan(unit: UnitOfWork, turn: Turn, organisation: Organisation) -> None:
    planned = Maintenance(
        title=turn.title,
        starts_at=turn.starts_at,
        ends_at=turn.ends_at,
        services=turn.services,
        planned_at=unit.now,
        announced=calendar(organisation).announcements(turn.starts_at),
        playbooks=turn.playbooks,
        recurring=turn.name,
        posting=uuid4().hex,
    )
    if await unit.maintenances.add(planned):
        log.info("planned a maintenance", maintenance=planned.key, at=turn.name, playbooks=list(turn.playbooks))


async def _follow(unit: UnitOfWork, known: Maintenance, turn: Turn | None, organisation: Organisation) -> None:
    if turn is None:
        await unit.maintenances.forget(known.number)
        log.info("a maintenance is not due any more", maintenance=known.key)
        return
    before = _of_turn(known)
    known.title, known.ends_at, known.services, known.playbooks = (
        turn.title,
        turn.ends_at,
        turn.services,
        turn.playbooks,
    )
    known.announced = calendar(organisation).announcements(turn.starts_at)
    if _of_turn(known) != before:
        await unit.maintenances.save(known)


def _of_turn(known: Maintenance) -> tuple[object, ...]:
    return known.title, known.ends_at, known.services, known.playbooks, dict(known.announced)
