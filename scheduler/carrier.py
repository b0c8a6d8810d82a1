"""Carrying effects out: so many at the same time, at a pace the outside systems bear."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.domain.clock import Clock
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Waiting
from bot.store.head import Head, Taken
from bot.store.points import Points
from scheduler.outcome import Judge, Outcome
from scheduler.pace import URGENT, Pace

log = structlog.get_logger(__name__)

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]
"""Carries out effects of one type. Raises `Retry`, `Unsure` or `GiveUp`; anything else is an unknown outcome."""


LEAVE = 0.006
"""Seconds that calls which were just begun take to be on their way, while nothing else keeps the processor busy."""
FEW = 8
"""Effects carried out at the same time for one war room, more or less."""
AT_ONCE = datetime.min.replace(tzinfo=UTC)
NOT_KNOWN = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Carried:
    """An attempt that ended and is not on record yet."""

    head: Head
    outcome: Outcome


class Carrier:
    """What is being carried out, and what has just been. It is the store's `Taker` while this process leads."""

    def __init__(
        self,
        *,
        executors: Mapping[type[Effect], Executor],
        clock: Clock,
        pace: Pace,
        judge: Judge,
        concurrency: int,
        patience: float,
        points: Points,
        woken: Callable[[], None],
    ) -> None:
        """`patience` is how many seconds an attempt may take at most; `woken` is told when one has ended."""
        self.pace = pace
        self.epoch = 0
        self.accepting = False
        self.look_at = AT_ONCE
        """When something in the database may be due that has not been taken yet."""
        self._executors = executors
        self._clock = clock
        self._judge = judge
        self._concurrency = concurrency
        self._reserve = concurrency // 8
        self._patience = patience
        self._points = points
        self._woken = woken
        self._expected: set[int] = set()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._urgent: set[int] = set()
        self._carried: dict[int, Carried] = {}
        self._set_out = False

    @property
    def known(self) -> Collection[int]:
        """The effects that this process answers for: their end will be put on record."""
        return self._expected | self._tasks.keys() | self._carried.keys()

    @property
    def busy(self) -> bool:
        return bool(self._expected or self._tasks or self._carried)

    @property
    def carried(self) -> Sequence[Carried]:
        """What has ended and is not on record yet."""
        return list(self._carried.values())

    @property
    def pressing(self) -> Sequence[Carried]:
        """What of it is urgent: much may wait for it."""
        return [one for one in self._carried.values() if one.head.priority >= URGENT]

    @property
    def is_at_leisure(self) -> bool:
        """Whether what has ended may wait a moment for others that end, to go on record with them."""
        return bool(self._tasks and self._carried) and not self.pressing

    @property
    def awaits_urgent(self) -> bool:
        """Whether something urgent is being carried out, whose end much may wait for."""
        return bool(self._urgent)

    def setting_out(self) -> bool:
        """Whether effects were begun since this was last asked, and are few: for many there is no quiet moment."""
        set_out, self._set_out = self._set_out, False
        return set_out and len(self._tasks) <= FEW

    def room(self, *, urgent: bool) -> int:
        """How many more may be carried out now. A few places are kept for what is urgent."""
        if not self.accepting:
            return 0
        return self._concurrency - len(self._expected) - len(self._tasks) - (0 if urgent else self._reserve)

    def admit(self, head: Head, now: datetime, *, beside: int) -> datetime | None:
        if self.room(urgent=head.priority >= URGENT) <= beside:
            return head.due_at
        lane_at = self.pace.lane_ready_at(head.effect, now)
        if lane_at > now:
            return lane_at
        if self.pace.method_ready_at(head.effect.method, head.priority, now) > now:
            return head.due_at
        self.pace.count(head.effect, now)
        return None

    def look_again(self, moments: Iterable[datetime | None]) -> None:
        self.look_at = min((self.look_at, *filter(None, moments)))

    def expect(self, serials: Collection[int]) -> None:
        self._expected.update(serials)

    def forget(self, serials: Collection[int]) -> None:
        self._expected.difference_update(serials)

    def take(self, taken: Sequence[Taken]) -> None:
        self.forget([one.head.serial for one in taken])
        if not self.accepting:
            return
        self._set_out = self._set_out or bool(taken)
        urgent = {one.head.serial for one in taken if one.head.priority >= URGENT}
        self._urgent |= urgent
        for one in sorted(taken, key=lambda one: -one.head.priority):
            # They share one processor: what is urgent is on its way before anything else begins.
            wait = LEAVE if urgent and one.head.serial not in urgent else 0
            task = asyncio.create_task(self._carry_out(one, wait), name=f"{one.head.effect.lane} #{one.head.serial}")
            self._tasks[one.head.serial] = task
            self._carried.pop(one.head.serial, None)

    def recorded(self, carried: Sequence[Carried]) -> None:
        """These ends are on record."""
        for one in carried:
            if self._carried.get(one.head.serial) is one:
                del self._carried[one.head.serial]

    async def interrupt(self) -> None:
        """Begin nothing more, and stop everything that is being carried out; its outcome is unknown."""
        self.accepting = False
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def drop(self) -> None:
        """Forget everything; whoever leads next finds it in the database."""
        self._expected.clear()
        self._carried.clear()

    async def _carry_out(self, taken: Taken, wait: float) -> None:
        head = taken.head
        try:
            if wait:
                await asyncio.sleep(wait)
            self._points("send: before")
            receipt = await self._executed(taken)
            self._points("send: after")
        except asyncio.CancelledError:
            outcome = self._judge.unsure(head, "It was interrupted.", self._clock.now())
        except Exception as error:  # noqa: BLE001  (whatever an executor raises, the effect's row must say so)
            outcome = self._judge.failed(head, error, self._clock.now())
            _tell(head, error, outcome)
        else:
            outcome = self._judge.done(head, receipt, self._clock.now())
        self._carried[head.serial] = Carried(head=head, outcome=outcome)
        self._tasks.pop(head.serial, None)
        self._urgent.discard(head.serial)
        self._woken()

    async def _executed(self, taken: Taken) -> Receipt:
        effect = taken.head.effect
        executor = self._executors.get(type(effect))
        if executor is None:
            raise GiveUp(f"Nothing here carries out {type(effect).__name__}.")
        async with asyncio.timeout(self._patience):
            return await executor(effect, taken.attempt)


def _tell(head: Head, error: Exception, outcome: Outcome) -> None:
    log.log(
        _level(error, outcome),
        "effect not done",
        serial=head.serial,
        kind=type(head.effect).__name__,
        state=outcome.ended.state,
        due_at=outcome.ended.due_at.isoformat(),
        look=outcome.ended.look,
        reason=f"{type(error).__name__}: {error}",
    )


def _level(error: Exception, outcome: Outcome) -> int:
    """How loudly it is said, by who must act: nobody, time by itself, or an operator."""
    match error:
        case Waiting():
            return logging.DEBUG
        case _ if outcome.ended.state == "buried":
            return logging.ERROR
        case _:
            return logging.WARNING
