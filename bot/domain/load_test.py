"""A load test: how much is asked of an address, when it stops by itself, and what it measured."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

RAMP = 10.0
"""Seconds in which the rate grows to what was asked for, and at most this part of the whole: a jump measures the jump."""
RAMP_PART = 0.2


@dataclass(frozen=True, kw_only=True)
class LoadCaps:
    """The most that may be asked: requests a second, of them unanswered at the same time, for how long, and in all."""

    rate: int
    at_once: int
    lasts: timedelta
    requests: int


STAGING = LoadCaps(rate=200, at_once=100, lasts=timedelta(minutes=10), requests=20_000)
PRODUCTION = LoadCaps(rate=30, at_once=20, lasts=timedelta(seconds=60), requests=2_000)
"""What nobody exceeds, whatever the operator's file says. Source: the actions' LT-01."""


@dataclass(frozen=True, kw_only=True)
class LoadTarget:
    """Where a service may be tested, and which of its pages may be asked for; an address that is None may not."""

    service: str
    paths: tuple[str, ...]
    staging: str | None = None
    production: str | None = None


@dataclass(frozen=True, kw_only=True)
class LoadPolicy:
    """The operator's rules for load tests. It stops by itself beyond `errors` of the answers, or a p95 of `slowest`."""

    rate: int = 50
    at_once: int = 20
    lasts: timedelta = timedelta(minutes=2)
    errors: float = 0.02
    slowest: timedelta = timedelta(seconds=1)
    targets: tuple[LoadTarget, ...] = ()

    def caps(self, hard: LoadCaps) -> LoadCaps:
        """The tighter of the operator's bounds and those that always hold."""
        return LoadCaps(
            rate=min(self.rate, hard.rate),
            at_once=min(self.at_once, hard.at_once),
            lasts=min(self.lasts, hard.lasts),
            requests=hard.requests,
        )

    def target(self, service: str) -> LoadTarget | None:
        """Where a service may be tested."""
        return next((each for each in self.targets if each.service == service), None)


@dataclass(frozen=True, kw_only=True)
class LoadOrder:
    """What is to be asked: `urls` in turn, with GET, `rate` a second once it is up to speed, `at_once` at most unanswered.

    Every request carries `mark`, so that those who are asked can tell it from customers.
    """

    mark: str
    urls: tuple[str, ...]
    rate: float
    at_once: int
    lasts: timedelta
    errors: float
    slowest: timedelta

    @property
    def requests(self) -> int:
        """How many are asked in all."""
        return math.floor(self.rate * (self.lasts.total_seconds() - self._ramp / 2))

    @property
    def _ramp(self) -> float:
        return min(RAMP, RAMP_PART * self.lasts.total_seconds())

    def moment_of(self, number: int) -> float:
        """Seconds after the beginning at which a request is made, counted from 0."""
        grown = self.rate * self._ramp / 2
        if number < grown:
            return math.sqrt(2 * number * self._ramp / self.rate)
        return self._ramp + (number - grown) / self.rate


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One request: seconds from the beginning at which it ended, milliseconds it took, and how it failed, if it did."""

    at: float
    took: float
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class Spell:
    """A short stretch of a test: how many were answered until `at`, how many failed, and how long they took (ms)."""

    at: datetime
    answered: int
    failed: int
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was measured so far, or in all once it is `over`. Times are in milliseconds, of all answers alike."""

    begun_at: datetime
    lasted: timedelta
    answered: int
    failed: int
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    failures: Mapping[str, int] = field(default_factory=dict)
    """How often each kind of failure was met."""
    spells: tuple[Spell, ...] = ()
    unsent: int = 0
    """Requests for which there was no time, because too many were unanswered."""
    over: bool = False
    stopped: str = ""
    """Why it ended before its end."""

    @property
    def failing(self) -> float:
        """The part that failed."""
        return self.failed / self.answered if self.answered else 0.0


def percentile(ordered: Sequence[float], part: float) -> float:
    """The value below which that part of them is (nearest rank); 0 of none."""
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else 0.0


def measured(
    answers: Sequence[Answered],
    *,
    begun_at: datetime,
    lasted: float,
    width: float,
    unsent: int,
    over: bool,
    stopped: str,
) -> Measured:
    """Sums answers up, in spells of `width` seconds."""
    ordered = sorted(each.took for each in answers)
    failures: dict[str, int] = {}
    by_spell: dict[int, list[Answered]] = {}
    for each in answers:
        by_spell.setdefault(int(each.at // width), []).append(each)
        if each.failure:
            failures[each.failure] = failures.get(each.failure, 0) + 1
    return Measured(
        begun_at=begun_at,
        lasted=timedelta(seconds=lasted),
        answered=len(answers),
        failed=sum(failures.values()),
        p50=percentile(ordered, 0.5),
        p95=percentile(ordered, 0.95),
        p99=percentile(ordered, 0.99),
        failures=failures,
        spells=tuple(
            _spell(by_spell[number], begun_at + timedelta(seconds=(number + 1) * width)) for number in sorted(by_spell)
        ),
        unsent=unsent,
        over=over,
        stopped=stopped,
    )


def _spell(answers: Sequence[Answered], at: datetime) -> Spell:
    ordered = sorted(each.took for each in answers)
    return Spell(
        at=at,
        answered=len(answers),
        failed=sum(bool(each.failure) for each in answers),
        p50=percentile(ordered, 0.5),
        p95=percentile(ordered, 0.95),
        p99=percentile(ordered, 0.99),
    )
