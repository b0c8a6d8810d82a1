"""The bot watches itself: a check that has not started by its time, or does not come to an end, is an alert."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.domain.effect import Post, Priority, channel, direct
from bot.domain.message import Message
from bot.domain.run import Run
from bot.organisation import Organisation
from bot.store.slots import Next
from bot.store.unit_of_work import Store
from playbooks.messages.watched import not_ended, not_started
from playbooks.sight import is_only_looked_at
from playbooks.timetable import Timetable

log = structlog.get_logger(__name__)

STARTS_WITHIN = timedelta(minutes=5)
"""After its time; what starts late after a restart has started by then."""
ENDS_WITHIN = timedelta(minutes=15)
"""Whatever is looked at has been looked at by then: a look is given up after ten minutes."""


class Watch:
    """Each is told once, in #alerts and to whoever is on call. That opsbot itself is down, its heartbeat tells."""

    def __init__(self, *, store: Store, organisation: Organisation, timetable: Timetable) -> None:
        self._store = store
        self._organisation = organisation
        self._timetable = timetable

    async def look(self) -> None:
        """Tell what should have started or ended by now; what was due has had its turn just before."""
        async with self._store.look() as unit:
            late = self._unstarted(await unit.slots.timetable(), unit.now)
            found = {**dict(late), **dict(_endless(await unit.runs.unended(), unit.now))}
        for name, message in found.items():
            await self._tell(name, message)

    def _unstarted(self, rows: Mapping[str, Next], now: datetime) -> Iterator[tuple[str, Message]]:
        for name, planned in self._timetable.planned.items():
            if name in rows and rows[name].at + STARTS_WITHIN < now:
                yield f"{name}/{rows[name].at:%Y-%m-%dT%H:%M}", not_started(planned.playbook, rows[name].at)

    async def _tell(self, name: str, message: Message) -> None:
        people = [direct(member.slack) for member in self._organisation.members(["on-call"])]
        async with self._store.begin() as unit:
            if not await unit.marks.claim(f"watch/{name}"):
                return
            for place in (channel(self._organisation.channels.alerts), *people):
                slot = f"watch/{name}/{place}"
                await unit.outbox.put(
                    Post(place=place, slot=slot, message=message, urgency=Priority.REMINDER), key=slot
                )
        log.error("a check did not run", check=name)


def _endless(runs: Sequence[Run], now: datetime) -> Iterator[tuple[str, Message]]:
    """Runs of the clock that still look at something long after they began."""
    for run in runs:
        if run.start and run.start.sheet and run.started_at + ENDS_WITHIN < now:
            open_yet = [step for step in run.open_steps() if is_only_looked_at(step)]
            if open_yet:
                yield str(run.key), not_ended(run, len(open_yet))
