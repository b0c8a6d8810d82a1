"""Starts what is due by the clock, each slot once; what was missed starts late or is told together, and is never silent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.effect import Post, Priority, channel, direct
from bot.domain.playbook import Playbook
from bot.domain.run import Run
from bot.domain.schedule import Slot
from bot.domain.start import Sheet, Start
from bot.organisation import Organisation
from bot.store.slots import Next
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.composed import composed
from playbooks.deciding import Deciding
from playbooks.handoff_notice import expect_notice
from playbooks.kept_diary import note_editions
from playbooks.known_trouble import known_troubles, trouble_began
from playbooks.messages.missed import Missed, missed_message
from playbooks.timetable import ON_TIME, Planned, Timetable, owners

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Group:
    """What starts at one minute in one channel, and is one message."""

    at: datetime
    channel: str
    planned: tuple[Planned, ...]

    def __str__(self) -> str:
        return " and ".join(each.playbook.name for each in self.planned)


@dataclass(frozen=True, kw_only=True)
class Outage:
    """What was due while nothing ran: what of it is too late is told in one message."""

    planned: tuple[Planned, ...]

    def __str__(self) -> str:
        return f"what was missed of {', '.join(each.playbook.name for each in self.planned)}"


class Starting:
    """When a playbook starts next is a row of the database: it survives restarts, and whoever ticks finds it there."""

    def __init__(self, *, store: Store, organisation: Organisation, timetable: Timetable) -> None:
        self._store = store
        self._organisation = organisation
        self._timetable = timetable
        self._said = {name: each.said for name, each in timetable.planned.items()}
        self._deciding = Deciding(store=store, organisation=organisation)

    def as_said(self, rows: Mapping[str, Next]) -> bool:
        """Whether the rows are what the playbooks and the organisation's file say now."""
        return {name: each.said for name, each in rows.items()} == self._said

    async def expect(self) -> None:
        """Bring the rows in line with what is said now; a changed schedule counts from now on."""
        async with self._store.begin() as unit:
            rows = await unit.slots.timetable()
            await unit.slots.expect_no_more(rows.keys() - self._said.keys())
            for name, planned in self._timetable.planned.items():
                if name not in rows or rows[name].said != planned.said:
                    await self._expect(unit, planned, unit.now)
            await note_editions(unit, self._timetable.playbooks)

    async def _expect(self, unit: UnitOfWork, planned: Planned, after: datetime) -> None:
        following = next(planned.slots(after), None)
        if following is None:
            await unit.slots.expect_no_more([planned.playbook.name])
            return
        await unit.slots.expect(planned.playbook.name, Next(said=planned.said, at=following.at))
        await expect_notice(unit, planned.playbook, following, self._organisation)

    def missed(self, rows: Mapping[str, Next], now: datetime) -> Sequence[Outage]:
        """What was due and does not start any more, if there is any."""
        due = [each for name, each in self._timetable.planned.items() if name in rows and rows[name].at <= now]
        planned = tuple(each for each in due if _too_late(each, rows[each.playbook.name], now))
        return [Outage(planned=planned)] if planned else []

    async def tell(self, outage: Outage) -> None:
        """Say all at once what was missed; what still starts is left to its start."""
        async with self._store.begin() as unit:
            rows = await unit.slots.timetable()
            missed = [
                Missed(playbook=each.playbook, slots=claimed)
                for each in outage.planned
                if (row := rows.get(each.playbook.name)) and row.at <= unit.now
                if (
                    claimed := [
                        slot for slot in _too_late(each, row, unit.now) if await unit.slots.claim(slot, run=None)
                    ]
                )
            ]
            await self._tell_missed(unit, missed)

    def due(self, rows: Mapping[str, Next], now: datetime) -> Sequence[Group]:
        """What is due to start by now; what is at the same minute in the same channel belongs together."""
        groups: dict[tuple[datetime, str, str], list[Planned]] = {}
        for name, planned in self._timetable.planned.items():
            if name in rows and rows[name].at <= now:
                last = _last(planned, rows[name], now)
                alone = name if planned.quiet or planned.playbook.only_trouble else ""
                groups.setdefault((last.at, planned.channel, alone), []).append(planned)
        return [Group(at=at, channel=where, planned=tuple(groups[at, where, of])) for at, where, of in sorted(groups)]

    async def start(self, group: Group) -> None:
        """Start what is due, or say that it was missed; whoever comes second finds its slots claimed."""
        async with self._store.begin() as unit:
            rows = await unit.slots.timetable()
            number = await unit.runs.next_number()
            starting: list[tuple[Planned, Slot]] = []
            for planned in group.planned:
                row = rows.get(planned.playbook.name)
                if row is None or row.at > unit.now:
                    continue
                if slot := await self._take(unit, planned, row, number):
                    starting.append((planned, slot))
                await self._expect(unit, planned, unit.now)
            if starting:
                await self._begin(unit, number, group.channel, starting)
                log.info("started by the clock", playbooks=str(group), at=group.at.isoformat())

    async def _take(self, unit: UnitOfWork, planned: Planned, row: Next, number: int) -> Slot | None:
        """The slot that starts now, if it is not too late for it and nobody was sooner."""
        claimed = [slot for slot in _too_late(planned, row, unit.now) if await unit.slots.claim(slot, run=None)]
        await self._tell_missed(unit, [Missed(playbook=planned.playbook, slots=claimed)] if claimed else [])
        last = _last(planned, row, unit.now)
        starts = planned.still_starts(last, unit.now)
        return last if starts and await unit.slots.claim(last, run=number) else None

    async def _tell_missed(self, unit: UnitOfWork, missed: Sequence[Missed]) -> None:
        """In one message each: where it would have been said, in #alerts, to its owner and to whoever is on call."""
        concerns: dict[str, list[Missed]] = {}
        for each in missed:
            for place in self._concerned(each.playbook):
                concerns.setdefault(place, []).append(each)
        for place, told in concerns.items():
            last = told[0].slots[-1]
            name = f"missed/{last.playbook}/{last.local}/{place}"
            message = missed_message(told)
            await unit.outbox.put(Post(place=place, slot=name, message=message, urgency=Priority.REMINDER), key=name)
        for each in missed:
            log.warning("missed by the clock", playbook=each.playbook.name, slots=[slot.local for slot in each.slots])

    def _concerned(self, playbook: Playbook) -> Sequence[str]:
        organisation = self._organisation
        told = (*owners(playbook, organisation), *organisation.members(["on-call"]))
        where = self._timetable.planned[playbook.name].channel
        places = (channel(where), channel(organisation.channels.alerts))
        return tuple(dict.fromkeys((*places, *(direct(member.slack) for member in told))))

    async def _begin(self, unit: UnitOfWork, number: int, where: str, starting: Sequence[tuple[Planned, Slot]]) -> None:
        due = min(slot.at for _, slot in starting)
        quiet = all(planned.playbook.only_trouble for planned, _ in starting)
        thread = await _day(unit, channel(where), *starting[0])
        first = starting[0][1].playbook
        sheet = Sheet(
            due=due,
            since=min(self._timetable.since(planned, slot.at) for planned, slot in starting),
            late=unit.now - due > ON_TIME,
            thread=thread,
            only_trouble=quiet,
            known=await known_troubles(unit, first, due) if quiet else (),
            began=await trouble_began(unit, first, due) if thread else None,
        )
        playbook = composed([planned.playbook for planned, _ in starting])
        private = where in self._organisation.channels.private
        start = Start(by="", place=channel(where), private=private, sheet=sheet)
        await self._deciding.begin(
            unit, Run(id=number, incident=0, playbook=playbook, started_at=unit.now, start=start)
        )


async def _day(unit: UnitOfWork, place: str, planned: Planned, slot: Slot) -> str:
    """The message of the day in whose thread a check stands that runs every hour; posted with the first."""
    if not planned.quiet:
        return ""
    day = f"day/{slot.playbook}/{slot.day}"
    await unit.outbox.put(Post(place=place, slot=day, urgency=Priority.ANSWER), key=day)
    return day


def _too_late(planned: Planned, row: Next, now: datetime) -> Sequence[Slot]:
    """The slots that were due and do not start any more."""
    last = _last(planned, row, now)
    passed = [slot for slot in planned.missed(row.at, now) if slot != last]
    return passed if planned.still_starts(last, now) else [*passed, last]


def _last(planned: Planned, row: Next, now: datetime) -> Slot:
    """The latest slot that is due; the row's own, if its days off have been changed since."""
    missed = planned.missed(row.at, now)
    return missed[-1] if missed else next(planned.slots(row.at - ON_TIME))
