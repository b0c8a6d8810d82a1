"""Carries each envelope to the app through the faults that are switched on, and counts those under way."""

import asyncio
import contextlib
import time
from collections.abc import Iterator

from sandbox.faults import Faults
from sandbox.log import Log
from sandbox.slack.delivery.envelope import Ack, Carrier, Envelope, without_token

TARGET = "socket"
"""What faults call the way to the app, whether sockets or HTTP."""


class Courier:
    """The one through whom everything reaches the app; an answer must come within `ack_within` seconds."""

    def __init__(self, carrier: Carrier, *, faults: Faults, log: Log, ack_within: float = 3.0) -> None:
        self._carrier = carrier
        self._faults = faults
        self._log = log
        self._ack_within = ack_within
        self._under_way = 0
        self._none_under_way = asyncio.Event()
        self._none_under_way.set()

    @property
    def is_idle(self) -> bool:
        return not self._under_way

    async def idle(self) -> None:
        """Returns at a moment at which nothing is under way."""
        while not self.is_idle:
            await self._none_under_way.wait()

    async def deliver(self, envelope: Envelope) -> Ack:
        """The app's answer, or the error the person sees; never raises."""
        with self._counted():
            twice = self._faults.strike_of("duplicate_delivery", TARGET, envelope.name) is not None
            answers = await asyncio.gather(*[self._deliver(envelope) for _ in range(1 + twice)])
        return answers[0]

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        self._under_way += 1
        self._none_under_way.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if self.is_idle:
                self._none_under_way.set()

    async def _deliver(self, envelope: Envelope) -> Ack:
        began = time.monotonic()
        detail = {"type": envelope.kind, "retry_attempt": envelope.retry_attempt, **without_token(envelope.payload)}
        self._log.note("envelope", envelope.name, detail=detail)
        try:
            async with asyncio.timeout(self._ack_within):
                ack = await self._carry(envelope)
        except TimeoutError:
            ack = self._overdue()
        took = (time.monotonic() - began) * 1000
        self._log.note("ack", envelope.name, error=ack.error or None, status=ack.status, ms=took, detail=ack.payload)
        return ack

    async def _carry(self, envelope: Envelope) -> Ack:
        half = self._faults.latency(TARGET, envelope.name) / 2
        if self._faults.strike_of("drop_before", TARGET, envelope.name):
            return self._overdue()
        if half:
            await asyncio.sleep(half)
        ack = await self._carrier.carry(envelope)
        if half:
            await asyncio.sleep(half)
        return self._overdue() if self._faults.strike_of("drop_after", TARGET, envelope.name) else ack

    def _overdue(self) -> Ack:
        return Ack(error="operation_timeout", reason=self._carrier.overdue)
