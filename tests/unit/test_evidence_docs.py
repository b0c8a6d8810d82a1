"""The page about evidence names all of it, with the thresholds by which it is judged."""

import re
from pathlib import Path

import pytest

from bot.domain.bounds import THRESHOLDS
from playbooks.evidence import EVIDENCE

PAGE = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list(EVIDENCE))
def test_evidence_is_documented_with_its_title_and_sentence(name: str) -> None:
    assert f"| `{name}` | {EVIDENCE[name].title} | {EVIDENCE[name].sentence} |" in PAGE


def test_nothing_is_documented_that_there_is_not() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)) == set(EVIDENCE)


@pytest.mark.parametrize("name", list(THRESHOLDS))
def test_every_threshold_is_used_by_some_evidence(name: str) -> None:
    assert f"`{name}`" in PAGE
