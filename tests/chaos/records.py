"""What the database must say once all is calm: nothing under way, nothing lost, and Slack shows just what it says."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import func, select

from bot.domain.incident import Incident
from bot.domain.profile import Standing
from bot.domain.run import Run, State
from bot.organisation import Organisation
from bot.slack.blocks import rendered
from bot.store.database import open_database
from bot.store.tables import binding, lease, outbox
from bot.store.unit_of_work import Store
from playbooks.rendering import Rendering
from sandbox.server import Sandbox
from sandbox.slack.message import with_ids
from tests.as_seen import words_of

ENDED = frozenset({"done", "withdrawn", "expired"})


class Records:
    """A bot's database, read from beside."""

    def __init__(self, store: Store, ground: Sandbox, organisation: Organisation) -> None:
        self._store = store
        self._ground = ground
        self._organisation = organisation
        self._rendering = Rendering(store=store, organisation=organisation)

    async def introduce(self) -> None:
        """Everybody of the operator's file is known as a full member."""
        async with self._store.begin() as unit:
            for member in self._organisation.people.values():
                await unit.people.keep(member.slack, Standing.FULL)

    async def incidents(self, title: str) -> list[Incident]:
        async with self._store.look() as unit:
            return [each for each in await unit.incidents.unclosed() if each.title == title]

    async def under_way(self) -> list[str]:
        """What is not done yet."""
        async with self._store.look() as unit:
            rows = await unit.outbox.waiting()
        return [f"{row.kind} #{row.serial} about {row.about} is {row.state}: {row.reason}" for row in rows]

    async def sending(self) -> list[str]:
        """What is on record as being carried out."""
        async with self._store.look() as unit:
            return [f"{row.kind} #{row.serial}" for row in await unit.outbox.waiting() if row.state == "sending"]

    async def leader(self) -> tuple[int, int]:
        """The epoch and the process number of whoever leads, on PostgreSQL."""
        async with self._store.look() as unit:
            row = (await unit.connection.execute(select(lease.c.epoch, lease.c.holder))).first()
            return (row.epoch, int(row.holder.rpartition("/")[2] or 0)) if row else (0, 0)

    async def steps_done(self) -> int:
        async with self._store.look() as unit:
            runs = [await unit.runs.current(each.number) for each in await unit.incidents.unclosed()]
            return sum(step.state is State.DONE for run in runs if run for step in run.steps.values())

    async def effects_done(self) -> int:
        async with self._store.look() as unit:
            done = select(func.count()).select_from(outbox).where(outbox.c.state == "done")
            return int(await unit.connection.scalar(done) or 0)

    async def wrongs(self, titles: list[str]) -> list[str]:
        """Everything that is missing, there twice or otherwise wrong; empty when all is well."""
        async with self._store.look() as unit:
            incidents = list(await unit.incidents.unclosed())
            found = [f"{'twice' if n > 1 else 'lost'}: {n} × {title}" for title, n in _counted(incidents, titles)]
            found += [wrong for each in incidents for wrong in _phases(each, await unit.runs.of(each.number))]
            rows = await unit.connection.execute(select(outbox.c.kind, outbox.c.serial, outbox.c.state))
            found += [f"lost: {row.kind} #{row.serial} is {row.state}" for row in rows if row.state not in ENDED]
            slots = (await unit.connection.execute(select(binding).where(binding.c.ts != ""))).all()
        found += [wrong for slot in slots async for wrong in self._shown(slot.name, slot.channel, slot.ts)]
        return found + [wrong for each in incidents async for wrong in self._topic(each)]

    async def _shown(self, slot: str, channel: str, ts: str) -> AsyncIterator[str]:
        """What stands in Slack is what is to be said now: no edit was lost. Those informed hear of the room, no more."""
        message = self._ground.workspace.message(channel, ts)
        due = await self._rendering.message_of(slot)
        if message is None:
            if due:
                yield f"lost: {slot} is bound to a message that is not there"
            return
        if "/inform/" in slot:
            if "<#" not in words_of({"blocks": message.blocks}):
                yield f"lost: {slot} does not name the room"
            return
        if due and _plain(rendered(due).blocks) != _plain(message.blocks):
            shown, meant = (words_of({"blocks": each}) for each in (message.blocks, rendered(due).blocks))
            yield f"lost: {slot} says {shown!r} and should say {meant!r}"

    async def _topic(self, incident: Incident) -> AsyncIterator[str]:
        room = self._ground.workspace.channel(incident.room)
        topic = await self._rendering.topic_of(incident.number)
        if room and room.topic["value"] != topic:
            yield f"lost: the topic is {room.topic['value']!r} and should be {topic!r}"


@asynccontextmanager
async def records(url: str, ground: Sandbox, organisation: Organisation) -> AsyncIterator[Records]:
    """The records in a database, as long as the block lasts."""
    store = Store(open_database(url), ground.clock)
    try:
        yield Records(store, ground, organisation)
    finally:
        await store.close()


def _counted(incidents: list[Incident], titles: list[str]) -> Iterator[tuple[str, int]]:
    counts = Counter(each.title for each in incidents)
    yield from ((title, counts[title]) for title in {*titles, *counts} if counts[title] != 1)


def _phases(incident: Incident, runs: Sequence[Run]) -> Iterator[str]:
    """Phase 1 has all its steps, each of them done, and phase 2 is open."""
    if len(runs) != 1:
        yield f"wrong: {incident.title} has {len(runs)} runs"
    for run in runs[:1]:
        states = {step.key: run.progress(step.key).state for step in run.playbook.phases[0].steps}
        yield from (f"lost: step {key} of {incident.title} is {s}" for key, s in states.items() if s is not State.DONE)
        if len(run.phases) != 2:
            yield f"wrong: {len(run.phases)} phases of {incident.title} are open"


def _plain(blocks: list[dict[str, object]]) -> list[dict[str, object]]:
    """Blocks without the ids that Slack gives to those that have none."""
    return [{name: value for name, value in each.items() if name != "block_id"} for each in with_ids(blocks)]
