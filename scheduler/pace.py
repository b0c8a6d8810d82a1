"""Pace: how fast outside systems let themselves be called, kept so that they need not say so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.effect import Effect, Priority
from bot.domain.limit import LIMITS, Limit, lane_limit

URGENT = Priority.ANSWER
"""From this priority on, an effect may use what is kept in reserve."""
LONGEST_BLOCK = timedelta(minutes=5)
"""No outside system is believed that it wants to be left alone for longer."""


@dataclass(kw_only=True)
class Bucket:
    """Lets `limit.burst` calls through at once and then as many as trickle in; `full_at` is when it is full again."""

    limit: Limit
    full_at: datetime

    def ready_at(self, now: datetime, *, urgent: bool = True) -> datetime:
        """When the next call may be made; what is not urgent leaves the reserve alone."""
        self._follow(now)
        usable = max(1.0, self.limit.burst * (1 - (0 if urgent else self.limit.reserve)))
        return self.full_at - self._each * (usable - 1)

    def count(self, now: datetime) -> None:
        self._follow(now)
        self.full_at = max(self.full_at, now) + self._each

    @property
    def _each(self) -> timedelta:
        return timedelta(minutes=1) / self.limit.per_minute

    def _follow(self, now: datetime) -> None:
        """A clock that was set back must not leave a debt that lasts for hours."""
        self.full_at = min(self.full_at, now + self._each * self.limit.burst)


class Pace:
    """The buckets of methods, and of lanes that have a limit of their own. They live in the leader alone.

    After a restart they are filled from what the outbox says was begun lately.
    """

    def __init__(self, limits: Mapping[str, Limit] = LIMITS) -> None:
        self._limits = limits
        self._methods: dict[str, Bucket] = {}
        self._lanes: dict[str, Bucket] = {}
        self._blocked: dict[str, datetime] = {}

    def lane_ready_at(self, effect: Effect, now: datetime) -> datetime:
        """When the lane's own limit lets its head through."""
        limit = lane_limit(effect)
        return self._lane(effect.lane, limit, now).ready_at(now) if limit else now

    def method_ready_at(self, method: str, priority: int, now: datetime) -> datetime:
        """When the method may be called by an effect of this priority."""
        blocked = min(self._blocked.get(method, now), now + LONGEST_BLOCK)
        bucket = self._method(method, now)
        return max(blocked, bucket.ready_at(now, urgent=priority >= URGENT)) if bucket else blocked

    def count(self, effect: Effect, now: datetime) -> None:
        """An attempt begins."""
        limit = lane_limit(effect)
        if limit:
            self._lane(effect.lane, limit, now).count(now)
        if bucket := self._method(effect.method, now):
            bucket.count(now)

    def block(self, method: str, until: datetime) -> None:
        """The outside system said when it wants to be called again."""
        self._blocked[method] = max(until, self._blocked.get(method, until))

    def closed(self, now: datetime) -> Iterator[tuple[str, int, datetime]]:
        """The methods that must wait: below which priority, and until when."""
        for method in {*self._methods, *self._blocked}:
            urgent = self.method_ready_at(method, URGENT, now)
            others = self.method_ready_at(method, 0, now)
            if urgent > now:
                yield method, 1 << 15, urgent
            elif others > now:
                yield method, URGENT, others

    def forget_idle(self, now: datetime) -> None:
        """Drop buckets that are full, so that they do not pile up with every room there ever was."""
        self._lanes = {key: bucket for key, bucket in self._lanes.items() if bucket.full_at > now}
        self._blocked = {method: until for method, until in self._blocked.items() if until > now}

    def remember(self, begun: Iterable[tuple[Effect, datetime]], blocked: Mapping[str, datetime]) -> None:
        """Start anew, with what was begun before this process led, oldest first, and who said to wait."""
        self._methods, self._lanes, self._blocked = {}, {}, dict(blocked)
        for effect, at in begun:
            self.count(effect, at)

    def _lane(self, lane: str, limit: Limit, now: datetime) -> Bucket:
        return self._lanes.setdefault(lane, Bucket(limit=limit, full_at=now))

    def _method(self, method: str, now: datetime) -> Bucket | None:
        if method not in self._limits:
            return None
        return self._methods.setdefault(method, Bucket(limit=self._limits[method], full_at=now))
