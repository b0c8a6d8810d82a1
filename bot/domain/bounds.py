"""Bounds: from where on a number is amber or red, and what is measured by which of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """From where on a number is amber, and from where on red. Durations are in seconds, ratios are fractions.

    A ratio is a multiple of what is usual; beside a plain bound both must be crossed. Below `at_least` samples
    nothing is judged: the number says nothing yet.
    """

    amber: float | None = None
    red: float | None = None
    amber_ratio: float | None = None
    red_ratio: float | None = None
    at_least: int = 0
    less_is_worse: bool = False


class Unit(StrEnum):
    """What a bound is written in, in the operator's file."""

    MILLISECONDS = "ms"
    FRACTION = "%"
    DURATION = "duration"
    COUNT = "count"
    """A plain number, and one of which only the multiple of what is usual matters."""


@dataclass(frozen=True, kw_only=True)
class Yardstick:
    """Something that is judged: what it is, in what its bounds are written, and which hold unless the operator says."""

    says: str
    unit: Unit
    bounds: Bounds


def _stick(says: str, unit: Unit, bounds: Bounds) -> Yardstick:
    return Yardstick(says=says, unit=unit, bounds=bounds)


_MS, _SHARE, _TIME, _COUNT = Unit.MILLISECONDS, Unit.FRACTION, Unit.DURATION, Unit.COUNT

YARDSTICKS: Mapping[str, Yardstick] = {
    "latency-p95": _stick(
        "p95 of the answer times", _MS, Bounds(amber=500, amber_ratio=1.5, red=1000, red_ratio=2, at_least=20)
    ),
    "latency-p99": _stick(
        "p99 of the answer times", _MS, Bounds(amber=1000, amber_ratio=2, red=3000, red_ratio=3, at_least=20)
    ),
    "error-ratio": _stick("answers 5xx of all", _SHARE, Bounds(amber=0.005, red=0.02, at_least=100)),
    "budget-burn": _stick(
        "times as fast as an objective of 99.9 % allows", _COUNT, Bounds(amber=6, red=14.4, at_least=100)
    ),
    "client-error-ratio": _stick(
        "answers 4xx of all", _SHARE, Bounds(amber=0.01, amber_ratio=2, red=0.02, red_ratio=4, at_least=100)
    ),
    "requests-spike": _stick("requests, when there are more than usual", _COUNT, Bounds(amber_ratio=2, red_ratio=5)),
    "requests-drop": _stick(
        "requests, when there are fewer than usual",
        _COUNT,
        Bounds(amber_ratio=0.5, red_ratio=0.2, less_is_worse=True),
    ),
    "window-traffic": _stick(
        "requests in a maintenance's window, of those in the busiest hour; usual is what is quietest",
        _SHARE,
        Bounds(amber=0.25, amber_ratio=1.5, at_least=100),
    ),
    "memory": _stick("memory of the fullest instances (p99), of its limit", _SHARE, Bounds(amber=0.8, red=0.9)),
    "cpu": _stick("CPU of the busiest instances (p99), of its limit", _SHARE, Bounds(amber=0.8, red=0.95)),
    "instances": _stick("instances, of the most there may be", _SHARE, Bounds(amber=0.7, red=0.9)),
    "startup-latency": _stick(
        "p95 of the time an instance takes to start", _MS, Bounds(amber=5000, amber_ratio=2, red=30_000)
    ),
    "network": _stick("bytes in and out", _COUNT, Bounds(amber_ratio=3, red_ratio=8)),
    "cache-hit-ratio": _stick(
        "answers from the cache, of all", _SHARE, Bounds(amber=0.8, red=0.5, at_least=50, less_is_worse=True)
    ),
    "uptime": _stick("checks from outside that passed", _SHARE, Bounds(amber=0.999, red=0.99, less_is_worse=True)),
    "database-cpu": _stick("the database's CPU", _SHARE, Bounds(amber=0.7, red=0.9)),
    "database-memory": _stick("the database's memory", _SHARE, Bounds(amber=0.85, red=0.95)),
    "database-disk": _stick("the database's disk", _SHARE, Bounds(amber=0.75, red=0.9)),
    "days-to-full": _stick(
        "until the database's disk is full", _TIME, Bounds(amber=14 * DAY, red=3 * DAY, less_is_worse=True)
    ),
    "database-connections": _stick("connections, of those there can be", _SHARE, Bounds(amber=0.7, red=0.85)),
    "idle-in-transaction": _stick("the longest idle transaction", _TIME, Bounds(amber=5 * MINUTE, red=15 * MINUTE)),
    "replica-lag": _stick("how far a replica is behind", _TIME, Bounds(amber=30, red=300)),
    "backup-age": _stick("the age of the newest backup", _TIME, Bounds(amber=26 * HOUR, red=36 * HOUR)),
    "restore-test-age": _stick(
        "how long ago a backup was last restored to try it", _TIME, Bounds(amber=35 * 24 * HOUR, red=60 * 24 * HOUR)
    ),
    "recovery-age": _stick(
        "how old the newest moment is to which the database can be set back", _TIME, Bounds(amber=15 * MINUTE)
    ),
    "row-loss": _stick("rows that a table lost in a day", _SHARE, Bounds(amber=0.05, red=0.2)),
    "new-errors": _stick("hits of an error that was not there yesterday", _COUNT, Bounds(amber=10, red=100)),
    "error-count": _stick("errors in the log", _COUNT, Bounds(amber=10, amber_ratio=2, red=50, red_ratio=5)),
    "agent-success": _stick(
        "agent runs that succeed", _SHARE, Bounds(amber=0.97, red=0.9, at_least=50, less_is_worse=True)
    ),
    "agent-runs": _stick("agent runs", _COUNT, Bounds(amber_ratio=0.7, red_ratio=0.4, less_is_worse=True)),
    "pinned": _stick("how long a service's traffic has been pinned", _TIME, Bounds(amber=DAY)),
    "unresolved-alerts": _stick("how long an alert has waited", _TIME, Bounds(amber=2 * HOUR, red=8 * HOUR)),
    "tickets": _stick("new support tickets", _COUNT, Bounds(amber=5, amber_ratio=1.5, red=10, red_ratio=3)),
    "security-issues": _stick("open issues about security", _COUNT, Bounds(amber=1)),
    "users": _stick("active users", _COUNT, Bounds(amber_ratio=0.8, red_ratio=0.5, less_is_worse=True)),
    "revenue": _stick("revenue", _COUNT, Bounds(amber_ratio=0.8, red_ratio=0.5, less_is_worse=True)),
    "certificate": _stick(
        "until a certificate expires", _TIME, Bounds(amber=21 * DAY, red=7 * DAY, less_is_worse=True)
    ),
}
"""Everything that is judged, by its name in the operator's file. From the metrics catalogue of the runbook."""

THRESHOLDS: Mapping[str, Bounds] = {name: stick.bounds for name, stick in YARDSTICKS.items()}
