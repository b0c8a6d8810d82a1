"""The memory of the instances behind a revision: steady, or growing until the platform ends them and it begins anew."""

from dataclasses import dataclass

from sandbox.world.cloud_service import Share
from sandbox.world.season import busyness

STAGGER = 37.0
"""Seconds by which each further instance is behind the one before it."""
RESTARTS_IN = 25.0
"""Seconds an instance is away after it ran out of memory."""
SPREAD = 0.02
NEARLY_FULL = 0.8
MANY = 24
"""Instances that are looked at one by one; the others are like them."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """The fraction of its limit that each instance uses, the part of them that restarts, and what that costs."""

    levels: tuple[float, ...]
    restarting: float

    @property
    def slowness(self) -> float:
        """What is nearly full spends its time making room."""
        if max(self.levels, default=0.0) <= NEARLY_FULL:
            return 1.0
        worst = sum(max(0.0, level - NEARLY_FULL) for level in self.levels) / max(1, len(self.levels))
        return 1 + 25 * worst


def memory_of(share: Share, instances: int, at: float, *, leak: float) -> Memory:
    """`leak` is the part of the limit that is lost every minute."""
    base = 0.40 + 0.03 * busyness(share.revision.service, at)
    steady = [base + SPREAD * (number % 3) for number in range(min(instances, MANY))]
    if not leak:
        return Memory(levels=tuple(steady), restarting=0.0)
    ages = [age_of(share.since, number, at, leak=leak) for number in range(len(steady))]
    levels = tuple(min(1.0, level + leak * age / 60) for level, (age, _) in zip(steady, ages, strict=True))
    away = sum(1 for age, times in ages if times and age < RESTARTS_IN)
    return Memory(levels=levels, restarting=away / max(1, len(ages)))


def age_of(since: float, number: int, at: float, *, leak: float) -> tuple[float, int]:
    """How many seconds ago an instance that leaks began, and how often it ran out of memory before."""
    times, age = divmod(max(0.0, at - since - STAGGER * number), lifetime(number, leak=leak))
    return age, int(times)


def lifetime(number: int, *, leak: float) -> float:
    """Seconds until an instance runs out of memory."""
    return (1 - 0.43 - SPREAD * (number % 3)) / leak * 60
