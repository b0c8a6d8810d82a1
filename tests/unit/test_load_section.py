"""What is wrong with the bounds of load tests is told at once, with its line and what to do."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.organisation_file import OrganisationError, read_organisation

WRITTEN = (Path(__file__).parents[2] / "opsbot.example.yaml").read_text(encoding="utf-8")


def test_the_example_bounds_them() -> None:
    found = read_organisation(WRITTEN, "opsbot.yaml").changes.load_tests
    assert (found.rate, found.at_once, found.lasts, found.errors) == (100, 20, timedelta(minutes=5), 0.02)
    assert [(each.service, each.paths) for each in found.targets] == [("control-plane", ("/api/agents", "/api/runs"))]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("rate: 100 ", "rate: 1000 ", "changes.load_tests.rate: `1000` must be between 1 and 200."),
        ("at_once: 20 ", "at_once: 0 ", "changes.load_tests.at_once: `0` must be between 1 and 100."),
        ("lasts: 5m\n    errors", "lasts: 5h\n    errors", "is too long: at most 10m."),
        ("errors: 2% ", "errors: some ", "must be a part of all, like 2% or 0.5%."),
        ("slowest: 1s ", "slowest: 1m ", "must be the time of an answer, like 800ms or 2s; at most 10s."),
        ("paths: [/api/agents, /api/runs] ", "paths: [api] ", "must be a path that begins with a slash"),
        (
            "        paths: [/api/agents, /api/runs] ",
            "        # ",
            "paths is missing; say which pages may be asked for.",
        ),
        ("- service: control-plane\n        staging", "- service: cntrol-plane\n        staging", "did you mean"),
        ("staging: https://control", "staging: http://control", "must be an address that begins with https://."),
    ],
)
def test_a_mistake_names_its_line_and_the_remedy(old: str, new: str, sentence: str) -> None:
    assert old in WRITTEN
    with pytest.raises(OrganisationError) as caught:
        read_organisation(WRITTEN.replace(old, new), "opsbot.yaml")
    assert any(sentence in each and each.startswith("opsbot.yaml:") for each in caught.value.sentences), caught.value
