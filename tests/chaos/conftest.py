"""Chaos is counted, and the sum is told at the end."""

from collections.abc import Callable

import pytest

from tests.chaos.toll import Toll

TOLLS = pytest.StashKey[dict[str, Toll]]()

Tally = Callable[[str, Toll], None]
"""Adds a toll to those of a kind."""


@pytest.fixture
def tally(pytestconfig: pytest.Config) -> Tally:
    tolls = pytestconfig.stash.setdefault(TOLLS, {})

    def add(kind: str, toll: Toll) -> None:
        tolls[kind] = tolls.get(kind, Toll()) + toll

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for kind, toll in config.stash.get(TOLLS, {}).items():
        terminalreporter.write_line(f"{kind}: {toll}")
