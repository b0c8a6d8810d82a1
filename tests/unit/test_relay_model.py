"""Whatever happens to the outbox in whatever order, it does what a simple model of it says."""

import asyncio
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.effect import Effect, Post, Priority
from bot.domain.errors import GiveUp, Retry, Unsure
from bot.domain.message import sentence
from bot.store.migrate import migrate
from tests.clock import ManualClock
from tests.relaying import Bench, bench
from tests.wire import Fault, Wire

Result = TypeVar("Result")

PLACES = ("room/1", "room/2", "channel/#alerts")
FAULTS = {
    "retry": lambda: Fault(Retry("later")),
    "unsure, applied": lambda: Fault(Unsure("timeout"), applied=True),
    "unsure, not applied": lambda: Fault(Unsure("timeout")),
    "surprise, applied": lambda: Fault(RuntimeError("what?"), applied=True),
    "give up": lambda: Fault(GiveUp("no")),
}
ENOUGH = 600.0
"""Seconds after which everything that can be done was done, however it was hindered."""


class Outbox(RuleBasedStateMachine):
    """A process that puts, relays, dies and comes back, in a world that now and then fails."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        self.url = f"sqlite:///{self.folder / 'opsbot.db'}"
        shutil.copy(template(), self.folder / "opsbot.db")
        self.clock, self.wire = ManualClock(), Wire()
        self.number = 0
        self.put_keys: dict[str, Effect] = {}
        self.withdrawn: set[str] = set()
        self.open()

    def open(self) -> None:
        self.context = bench(self.url, clock=self.clock, wire=self.wire)
        self.bench: Bench = self.run(self.context.__aenter__())

    def run(self, work: Coroutine[None, None, Result]) -> Result:
        return self.loop.run_until_complete(work)

    @initialize(bound=st.booleans())
    def maybe_bind(self, *, bound: bool) -> None:
        if bound:
            self.bind("room/1")

    @rule(place=st.sampled_from(PLACES[:2]))
    def bind(self, place: str) -> None:
        async def bind() -> None:
            async with self.bench.store.begin() as unit:
                await unit.bindings.bind(place, {"channel": place})

        self.run(bind())

    @rule(
        place=st.sampled_from(PLACES),
        urgency=st.sampled_from([Priority.UPDATE, Priority.ANSWER]),
        again=st.booleans(),
    )
    def put(self, place: str, urgency: Priority, *, again: bool) -> None:
        if not again:
            self.number += 1
        slot = f"slot {self.number}"
        key = f"key {self.number}"
        effect = self.put_keys.get(key) or Post(place=place, slot=slot, message=sentence(slot), urgency=urgency)
        self.put_keys[key] = effect
        self.run(self.bench.put(effect, key=key))

    @rule(number=st.integers(1, 8))
    def withdraw(self, number: int) -> None:
        key = f"key {number}"
        begun = any(attempt.key == key for _, attempt in self.wire.attempts)
        if key in self.put_keys and not begun:
            self.withdrawn.add(key)

        async def withdraw() -> None:
            async with self.bench.store.begin() as unit:
                await unit.outbox.withdraw(key)

        self.run(withdraw())

    @rule(fault=st.sampled_from(sorted(FAULTS)))
    def something_goes_wrong(self, fault: str) -> None:
        self.wire.faults[Post].append(FAULTS[fault]())

    @rule(seconds=st.sampled_from([0.0, 1.0, 7.0, 20.0, 90.0]))
    def time_passes(self, seconds: float) -> None:
        self.run(self.bench.after(seconds))

    @rule()
    def the_process_dies_and_comes_back(self) -> None:
        self.run(self.context.__aexit__(None, None, None))
        self.open()

    @rule()
    def somebody_tries_again(self) -> None:
        async def revive() -> None:
            async with self.bench.store.begin() as unit:
                for one in await unit.outbox.waiting():
                    if one.state == "buried":
                        assert await unit.outbox.revive(one.serial)

        self.run(revive())

    @invariant()
    def nothing_happens_twice(self) -> None:
        assert len(self.wire.keys) == len(set(self.wire.keys))

    @invariant()
    def nothing_is_in_flight_when_nobody_relays(self) -> None:
        assert all(one.state != "sending" for one in self.run(self.bench.waiting()))

    def teardown(self) -> None:
        self.wire.faults.clear()
        self.bind("room/1")
        self.bind("room/2")
        self.somebody_tries_again()
        for _ in range(12):
            self.time_passes(ENOUGH / 12)
        done = {key for key in self.wire.keys if key in self.put_keys}
        assert done == self.put_keys.keys() - self.withdrawn
        assert self.run(self.bench.waiting()) == []
        self.order_was_kept()
        self.run(self.context.__aexit__(None, None, None))
        self.loop.close()
        shutil.rmtree(self.folder)

    def order_was_kept(self) -> None:
        """First attempts of one lane and one priority come in the order in which they were put."""
        first: dict[tuple[str, int], list[int]] = defaultdict(list)
        seen: set[str] = set()
        for effect, attempt in self.wire.attempts:
            if attempt.key in self.put_keys and attempt.key not in seen:
                seen.add(attempt.key)
                first[effect.lane, effect.priority].append(int(attempt.key.split()[1]))
        assert all(numbers == sorted(numbers) for numbers in first.values())


def template() -> Path:
    """A migrated database, made once."""
    path = Path(tempfile.gettempdir()) / f"opsbot-model-{os.getpid()}.db"
    if not path.exists():
        migrate(f"sqlite:///{path}")
    return path


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
