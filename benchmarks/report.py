"""Where the table is kept: all of it in docs/benchmarks.md, the main figures in the README, between marks."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figure import Figure, table

ROOT = Path(__file__).parents[1]
FULL = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


def report(figures: Sequence[Figure]) -> str:
    """The table, with the machine it was measured on."""
    return f"{table(figures)}\n\n{_machine()}"


def write(figures: Sequence[Figure]) -> None:
    """Puts the figures between the marks of both files."""
    _replace(FULL, report(figures))
    _replace(README, table(figure for figure in figures if figure.is_main))


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"Measured on {datetime.now(UTC):%d %B %Y}: {os.cpu_count()} cores ({platform.machine()}),"
        f" Python {platform.python_version()}, load {load:.1f} at the end. Medians."
    )


def _replace(file: Path, by: str) -> None:
    text = file.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    file.write_text(f"{before}{BEGIN}\n{by}\n{END}{after}", encoding="utf-8")
