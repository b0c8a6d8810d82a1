"""Asks an address again and again, at a pace and for a time, measures the answers, and stops by itself when it hurts.

A test belongs to the process that began it and ends with it. It ends as well when nobody looks at it for a while: what
nobody could stop any more must not go on.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from bot.domain.clock import Clock
from bot.domain.load_test import Answered, LoadOrder, Measured, measured, percentile
from bot.integrations.trusted import trusted

MARK = "X-Load-Test"
"""The header by which those who are asked, and filters against attacks, know a test."""
LONGEST = 10.0
"""Seconds that an answer may take; then it is a failure."""
LARGEST = 1024 * 1024
"""Bytes of an answer that are read."""
JUDGED, AT_LEAST = 100, 20
"""It is judged by so many of the latest answers, and not by fewer than that."""
UNWATCHED = 30.0
"""Seconds after which a test ends that nobody has looked at."""
MOST_SPELLS = 60
"""Stretches into which the answers are sorted, of a second at least."""
KEPT = 20
"""Tests that are over and whose results are kept."""


@dataclass(kw_only=True, eq=False)
class _Test:
    """A test under way, or over. Seconds are the machine's."""

    order: LoadOrder
    begun_at: datetime
    begun: float = field(default_factory=time.monotonic)
    looked_at: float = field(default_factory=time.monotonic)
    ended: float | None = None
    answers: list[Answered] = field(default_factory=list)
    latest: deque[Answered] = field(default_factory=lambda: deque(maxlen=JUDGED))
    sent: int = 0
    stopped: str = ""
    task: asyncio.Task[None] | None = None

    @property
    def lasted(self) -> float:
        return (self.ended or time.monotonic()) - self.begun

    @property
    def late(self) -> bool:
        """Whether its time is over."""
        return self.lasted >= self.order.lasts.total_seconds()

    @property
    def unwatched(self) -> bool:
        return time.monotonic() - self.looked_at > UNWATCHED

    def stop(self, why: str) -> None:
        """Nothing more is asked, and what is unanswered is dropped."""
        if self.ended is None and not self.stopped and self.task:
            self.stopped = why
            self.task.cancel()

    def end(self) -> None:
        """It is over."""
        self.ended = time.monotonic()

    def hear(self, answer: Answered) -> None:
        """Counts an answer, and stops when the latest of them are beyond what may be."""
        self.answers.append(answer)
        self.latest.append(answer)
        if len(self.latest) < AT_LEAST:
            return
        failing = sum(bool(each.failure) for each in self.latest) / len(self.latest)
        slow = percentile(sorted(each.took for each in self.latest), 0.95)
        if failing > self.order.errors:
            self.stop(f"{failing * 100:.0f} % of the last {len(self.latest)} requests failed")
        elif slow > self.order.slowest.total_seconds() * 1000:
            self.stop(f"the p95 of the last {len(self.latest)} requests was {slow:,.0f} ms")


@contextlib.asynccontextmanager
async def load_driver(clock: Clock) -> AsyncIterator["LoadDriver"]:
    """A driver within a block; afterwards its tests have ended."""
    driver = LoadDriver(clock)
    try:
        yield driver
    finally:
        await driver.close()


class LoadDriver:
    """Carries load tests out, each once, by their marks."""

    def __init__(self, clock: Clock, *, longest: float = LONGEST) -> None:
        """`longest` in seconds, for each answer."""
        self._clock = clock
        self._longest = longest
        self._tests: dict[str, _Test] = {}

    async def close(self) -> None:
        """Ends all tests."""
        for test in self._tests.values():
            test.stop("opsbot was stopped")
        await asyncio.gather(*(test.task for test in self._tests.values() if test.task), return_exceptions=True)

    def begin(self, order: LoadOrder) -> None:
        """Begins a test, unless there is one of this mark."""
        if order.mark in self._tests:
            return
        over = [mark for mark, test in self._tests.items() if test.ended]
        for mark in over[: max(0, len(over) - KEPT)]:
            del self._tests[mark]
        test = self._tests[order.mark] = _Test(order=order, begun_at=self._clock.now())
        test.task = asyncio.create_task(self._drive(test), name=f"load test {order.mark}")
        # Not by a `finally` within it: what is stopped before its first step never gets that far.
        test.task.add_done_callback(lambda _: test.end())

    def measured(self, mark: str) -> Measured | None:
        """What a test has measured so far; None when this process never began it."""
        test = self._tests.get(mark)
        if test is None:
            return None
        test.looked_at = time.monotonic()
        over = test.ended is not None
        return measured(
            test.answers,
            begun_at=test.begun_at,
            lasted=test.lasted,
            width=max(1.0, test.order.lasts.total_seconds() / MOST_SPELLS),
            unsent=test.order.requests - test.sent if over and not test.stopped else 0,
            over=over,
            stopped=test.stopped,
        )

    def stop(self, mark: str, why: str) -> None:
        """Ends a test before its end."""
        if test := self._tests.get(mark):
            test.stop(why)

    async def _drive(self, test: _Test) -> None:
        order = test.order
        limits = httpx.Limits(max_connections=order.at_once, max_keepalive_connections=order.at_once)
        headers = {"User-Agent": "opsbot load test", MARK: order.mark}
        async with httpx.AsyncClient(
            headers=headers, limits=limits, timeout=self._longest, trust_env=False, verify=trusted()
        ) as client:
            await self._ask_all(test, client)

    async def _ask_all(self, test: _Test, client: httpx.AsyncClient) -> None:
        """Requests begin when they are due, whether or not earlier ones were answered, while there are places."""
        order, places = test.order, asyncio.Semaphore(test.order.at_once)
        async with asyncio.TaskGroup() as asking:
            for number in range(order.requests):
                await asyncio.sleep(max(0.0, test.begun + order.moment_of(number) - time.monotonic()))
                await places.acquire()
                if test.unwatched:
                    test.stop("nobody looked at it any more")
                if test.late:
                    return
                test.sent += 1
                asking.create_task(self._ask(test, client, order.urls[number % len(order.urls)], places))

    async def _ask(self, test: _Test, client: httpx.AsyncClient, url: str, places: asyncio.Semaphore) -> None:
        begun = time.monotonic()
        try:
            failure = await self._failure(client, url)
        finally:
            places.release()
        ended = time.monotonic()
        test.hear(Answered(at=ended - test.begun, took=(ended - begun) * 1000, failure=failure))

    async def _failure(self, client: httpx.AsyncClient, url: str) -> str:
        """How a request failed; empty when it did not. A redirect is an answer, and is not followed."""
        try:
            async with asyncio.timeout(self._longest), client.stream("GET", url) as response:
                size = 0
                async for chunk in response.aiter_raw():
                    size += len(chunk)
                    if size > LARGEST:
                        break
        except (TimeoutError, httpx.TimeoutException):
            return f"no answer within {self._longest:g} s"
        except httpx.HTTPError as error:
            return f"no answer ({type(error).__name__})"
        return f"HTTP {response.status_code}" if response.is_error else ""
