"""How often the app may call each method: a bucket of calls per method, and one of posts per channel."""

import math
from dataclasses import dataclass
from datetime import datetime

from bot.domain.clock import Clock

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute by tier; source: docs.slack.dev, Web API rate limits."""
POST_BURST = 5
"""Posts a channel takes at once, before it takes one a second; Slack says only "short bursts"."""


@dataclass(kw_only=True)
class Bucket:
    """Holds at most `size` calls and gets `per_second` of them back."""

    size: float
    per_second: float
    level: float
    filled_at: datetime

    def take(self, now: datetime) -> int:
        """Takes one call and answers 0, or the seconds after which there will be one."""
        passed = max(0.0, (now - self.filled_at).total_seconds())
        self.level, self.filled_at = min(self.size, self.level + passed * self.per_second), now
        if self.level >= 1:
            self.level -= 1
            return 0
        return max(1, math.ceil((1 - self.level) / self.per_second))


class Tiers:
    """The buckets; while not `enabled` everything goes."""

    def __init__(self, clock: Clock, *, enabled: bool) -> None:
        self.enabled = enabled
        self._clock = clock
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def call(self, method: str, tier: int) -> int:
        """Counts a call; answers 0 or the seconds to wait. Tier 0 is not limited."""
        if not self.enabled or not tier:
            return 0
        return self._take(("call", method), size=PER_MINUTE[tier], per_second=PER_MINUTE[tier] / 60)

    def post(self, channel: str) -> int:
        """Counts a post into a channel; answers 0 or the seconds to wait."""
        return self._take(("post", channel), size=POST_BURST, per_second=1) if self.enabled else 0

    def _take(self, key: tuple[str, str], *, size: float, per_second: float) -> int:
        now = self._clock.now()
        if key not in self._buckets:
            self._buckets[key] = Bucket(size=size, per_second=per_second, level=size, filled_at=now)
        return self._buckets[key].take(now)
