"""Figures: what was measured beside its bound and its target, and the table they make."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

HEADER = "| what | opsbot | bound | target | met |\n|---|---|---|---|---|"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table. `bound` is what no program could beat, `is_main` puts it into the README too."""

    what: str
    ours: str
    met: bool
    target: str = "–"
    bound: str = "–"
    is_main: bool = False


def table(figures: Iterable[Figure]) -> str:
    """The figures in Markdown."""
    lines = [
        f"| {one.what} | {one.ours} | {one.bound} | {one.target} | {'yes' if one.met else '**no**'} |"
        for one in figures
    ]
    return "\n".join([HEADER, *lines])


def median(values: Sequence[float]) -> float:
    return percentile(values, 50)


def percentile(values: Sequence[float], rank: float) -> float:
    """The smallest value that `rank` percent do not exceed."""
    return sorted(values)[max(ceil(len(values) * rank / 100) - 1, 0)]


def seconds(value: float) -> str:
    """A duration as people read it."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"
