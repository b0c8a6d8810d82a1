"""The example's file about the organisation, as tests use it: nothing starts by itself unless they ask for it."""

from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "opsbot.example.yaml"
QUIET = "all: off"
"""No playbook starts by the clock, so that a test that moves it hears only what it is about."""


def described(schedules: str = QUIET) -> str:
    """The file with other `schedules:`, each a line of it."""
    written = EXAMPLE.read_text(encoding="utf-8")
    head, said, tail = written.partition("\nschedules:\n  all: on")
    assert said, "the example says when playbooks start"
    lines = "".join(f"\n  {line}" for line in schedules.splitlines())
    return f"{head}\nschedules:{lines}{tail}"
