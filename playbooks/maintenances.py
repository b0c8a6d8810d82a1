"""Maintenances as people deal with them: plan one, say go, begin, extend, look it over, end it, cancel it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.domain.maintenance import LONGEST, Maintenance
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks import Catalogue, maintenance_course
from playbooks.authorization import Rules, groups_of
from playbooks.change_door import look_at, may_not
from playbooks.deciding import Deciding
from playbooks.maintenance_decision import MaintenanceDecision, deciding_maintenance, no_maintenance
from playbooks.maintenance_news import against
from playbooks.maintenance_plan import calendar
from playbooks.maintenance_run import PLANNED, look
from playbooks.messages.maintenance import Against
from playbooks.public_words import refuse_internal
from playbooks.timetable import Timetable

LONGEST_TITLE, LONGEST_WHY = 120, 500
WINDOW = "Is it a quiet time?"


@dataclass(frozen=True, kw_only=True)
class Window:
    """When something is to be maintained, what it touches, and what is done, in words for customers."""

    title: str
    starts_at: datetime
    length: timedelta
    services: tuple[str, ...]
    why: str = ""
    playbook: str = ""


class Maintenances:
    """Planning and ending are of those who may change things; looking is everybody's."""

    def __init__(self, *, store: Store, organisation: Organisation, catalogue: Catalogue) -> None:
        self._store = store
        self._organisation = organisation
        self._timetable = Timetable(organisation, catalogue)
        self._deciding = Deciding(store=store, organisation=organisation)

    async def open(self) -> Sequence[Maintenance]:
        """Those that are not over."""
        async with self._store.look() as unit:
            return await unit.maintenances.open()

    async def find(self, number: int) -> Maintenance:
        """One by its number; refused when there is none."""
        async with self._store.look() as unit:
            found = await unit.maintenances.get(number)
        if found is None:
            raise no_maintenance(number)
        return found

    async def card(self, number: int) -> tuple[Maintenance, Against]:
        """One, with what speaks against it."""
        async with self._store.look() as unit:
            found = await unit.maintenances.get(number)
            if found is None:
                raise no_maintenance(number)
            return found, await against(unit, found)

    async def plan(self, window: Window, *, by: str, delivery: Delivery) -> Maintenance:
        """A maintenance of its own, announced as all are, at once if it comes soon."""
        await self._let_in(by, "plan")
        self._check(window)
        async with self._store.decide(delivery) as unit:
            _check_time(window, unit.now)
            planned = Maintenance(
                title=window.title,
                starts_at=window.starts_at,
                ends_at=window.starts_at + window.length,
                services=window.services,
                planned_at=unit.now,
                planned_by=by,
                announced=calendar(self._organisation).announcements(window.starts_at),
                playbooks=(window.playbook,) if window.playbook else (),
                why=window.why,
                posting=uuid4().hex,
            )
            await unit.maintenances.add(planned)
            decision = MaintenanceDecision(unit, self._organisation, planned)
            decision.show()
            await look(decision, self._deciding, WINDOW, PLANNED, by=by)
            await decision.remember("planned", by=by, detail={"starts": planned.starts_at.isoformat()})
            await decision.conclude()
        return planned

    async def go(self, number: int, *, by: str, delivery: Delivery) -> Maintenance:
        """Somebody says that it may begin."""
        async with self._by_person(number, "say go to", by, delivery) as decision:
            decision.maintenance.go(by, decision.now)
            await decision.remember("go", by=by)
        return decision.maintenance

    async def begin(self, number: int, *, by: str, delivery: Delivery) -> Maintenance:
        async with self._by_person(number, "begin", by, delivery) as decision:
            await maintenance_course.begin(decision, self._deciding, self._timetable, by=by)
        return decision.maintenance

    async def say(self, number: int, text: str, *, by: str, delivery: Delivery) -> Maintenance:
        """How it goes, for those who wait for its end."""
        refuse_internal(text, field="text")
        async with self._by_person(number, "speak for", by, delivery) as decision:
            maintenance_course.say(decision, text)
        return decision.maintenance

    async def extend(self, number: int, length: timedelta, *, by: str, delivery: Delivery) -> Maintenance:
        async with self._by_person(number, "extend", by, delivery) as decision:
            await maintenance_course.extend(decision, length, by=by)
        return decision.maintenance

    async def verify(self, number: int, *, by: str, delivery: Delivery) -> Maintenance:
        """The work is done; now it is looked whether all is well."""
        async with self._by_person(number, "end", by, delivery) as decision:
            await maintenance_course.verify(decision, self._deciding, by=by)
        return decision.maintenance

    async def end(self, number: int, summary: str, *, by: str, delivery: Delivery) -> Maintenance:
        """It is over; the summary is for those whom it touched."""
        refuse_internal(summary, field="text")
        async with self._by_person(number, "end", by, delivery) as decision:
            await maintenance_course.end(decision, self._deciding, by=by, summary=summary)
        return decision.maintenance

    async def cancel(self, number: int, reason: str, *, by: str, delivery: Delivery) -> Maintenance:
        refuse_internal(reason, field="text")
        async with self._by_person(number, "cancel", by, delivery) as decision:
            await maintenance_course.cancel(decision, by=by, reason=reason)
        return decision.maintenance

    @asynccontextmanager
    async def _by_person(self, number: int, do: str, by: str, delivery: Delivery) -> AsyncIterator[MaintenanceDecision]:
        await self._let_in(by, do)
        async with (
            self._store.decide(delivery) as unit,
            deciding_maintenance(unit, self._organisation, number) as decision,
        ):
            yield decision

    async def _let_in(self, by: str, do: str) -> None:
        """Whoever may by a group alone finds it looked at when they try again."""
        policy = self._organisation.changes
        targets = (*policy.ask, *policy.agree, *policy.leads)
        groups = groups_of(self._organisation, targets)
        async with self._store.begin() as unit:
            rules = Rules(organisation=self._organisation, now=unit.now, members=await unit.memberships.of(groups))
            ruling = rules.ruling(by, targets)
            if ruling.unseen:
                await look_at(unit, groups)
        if not ruling.may:
            raise may_not(do, "a maintenance", rules, ruling, targets)

    def _check(self, window: Window) -> None:
        """What customers read has no internal words in it."""
        if not window.title:
            raise Refused("Say what is done, in words for customers.", field="title")
        refuse_internal(window.title, field="title")
        refuse_internal(window.why, field="why")
        if window.playbook and not self._timetable.playbook(window.playbook):
            raise Refused(f"There is no playbook {window.playbook[:60]}.", field="playbook")


def _check_time(window: Window, now: datetime) -> None:
    if window.starts_at <= now:
        raise Refused("That has passed; a maintenance is planned ahead.", field="starts")
    if len(window.title) > LONGEST_TITLE or len(window.why) > LONGEST_WHY:
        raise Refused(f"Say it in {LONGEST_TITLE} characters; customers read it.", field="title")
    if not timedelta() < window.length <= LONGEST:
        raise Refused("It may take up to 24 h; write it like 2h or 90m.", field="length")
