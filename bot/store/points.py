"""Crash points: the boundaries between two steps at which the process may die without anything being lost."""

from collections.abc import Callable

Points = Callable[[str], None]
"""Told the name of each boundary as it is passed. Production passes `no_points`; a chaos test kills the process there."""

POINTS = (
    "unit: before commit",
    "unit: after commit",
    "claim: before commit",
    "claim: after commit",
    "send: before",
    "send: after",
    "finish: before commit",
    "finish: after commit",
)
"""All of them: a unit of work that decided something; a relay that claims, sends and records the end of an effect."""


def no_points(point: str) -> None:
    """Pass every boundary."""
    del point
