"""Every playbook of the library runs to its end in the practice ground, all its looks made."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.delivery import Delivery
from bot.domain.evidence import Verdict
from bot.domain.playbook import Kind, Step
from bot.domain.run import Run, RunKey
from bot.organisation_file import load_organisation
from playbooks import load
from playbooks.runner import Runner
from playbooks.vocabulary import vocabulary
from sandbox.postgres_server import PostgresServer
from tests.organisation_text import EXAMPLE
from tests.town import Plan, Town, opened

LIBRARY = load(vocabulary(), None).playbooks
STARTED = [name for name, playbook in LIBRARY.items() if playbook.kind is not Kind.INCIDENT]


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    async with opened(replace(plan, cloud=postgres_server)) as town:
        yield town


async def test_every_playbook_that_is_started_runs_to_its_end(town: Town) -> None:
    worker = Worker(town)
    for number, name in enumerate(STARTED, start=1):
        told = {"service": "control-plane", "version": "v1.2.3", "commit": "main"}
        words = " ".join(told[parameter] for parameter in LIBRARY[name].parameters)
        await town.slash(f"/runbook start {name} {words}")
        ended = await worker.work_through(RunKey(run=number))

        assert ended.playbook.name == name
        assert ended.ended_at, name
        assert town.count(f"Run {number} ended at", "general") >= 1, name
        assert await worker.unseen(ended) == [], name


class Worker:
    """Somebody who does, answers and skips whatever is open."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._runner = Runner(store=town.bot.store, organisation=load_organisation(EXAMPLE))
        self._deliveries = 0

    async def work_through(self, key: RunKey) -> Run:
        while (run := await self._run(key)).ended_at is None:
            for step in list(run.open_steps()):
                if not (await self._run(key)).progress(step.key).state.ended:
                    await self._end(key, step)
            await self._town.pass_time(seconds=20)
        return run

    async def unseen(self, run: Run) -> list[str]:
        """What the playbook names and was never looked at, or could not even be tried."""
        async with self._town.bot.store.look() as unit:
            seen = await unit.evidence.of(incident=0, run=run.id)
        asked = {name for step in run.playbook.steps() for name in step.evidence}
        return sorted(name for name in asked if name not in seen or seen[name].verdict is Verdict.COULD_NOT_LOOK)

    async def _end(self, key: RunKey, step: Step) -> None:
        self._deliveries += 1
        delivery = Delivery(source="worker", key=str(self._deliveries))
        if step.ask:
            await self._runner.answer(key, step.key, "As expected.", by="U0ANA", delivery=delivery)
        elif step.done_when:
            await self._runner.skip(key, step.key, "Not today.", by="U0ANA", delivery=delivery)
        else:
            await self._runner.done(key, step.key, by="U0ANA", delivery=delivery)

    async def _run(self, key: RunKey) -> Run:
        async with self._town.bot.store.look() as unit:
            run = await unit.runs.get(key.run)
        assert run
        return run
