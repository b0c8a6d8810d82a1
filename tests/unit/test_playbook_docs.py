"""The page about playbooks names every word of the grammar, and its examples work."""

import re
from pathlib import Path

import pytest

from bot.domain.auto_effect import AUTO_EFFECTS
from bot.domain.playbook import ASK_FIELDS, FACTS, STATUSES, Fact, Kind, Misfire, Role, Vocabulary, Word
from bot.domain.schedule import read_schedule
from playbooks.directive import PHASE_WORDS, window
from playbooks.front_matter import KEYS, MOST
from playbooks.markdown import MOST_BYTES, MOST_STEPS, read

PAGE = (Path(__file__).parents[2] / "docs" / "playbooks.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```markdown\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", [*KEYS, *Kind, *Role, *STATUSES, *Misfire])
def test_every_name_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("word", [*Word, *PHASE_WORDS])
def test_every_directive_is_documented(word: str) -> None:
    assert f"| `{word}: " in PAGE


@pytest.mark.parametrize("effect", list(AUTO_EFFECTS))
def test_every_effect_is_documented_with_its_sentence(effect: str) -> None:
    assert f"| `{effect}` | {AUTO_EFFECTS[effect]} |" in PAGE


@pytest.mark.parametrize("name", list(ASK_FIELDS))
def test_every_question_is_documented_with_its_label(name: str) -> None:
    assert f"| `{name}` | {ASK_FIELDS[name].label} |" in PAGE


@pytest.mark.parametrize("fact", list(Fact))
def test_every_fact_has_a_sentence_and_is_documented_with_it(fact: Fact) -> None:
    assert f"| `{fact}` | {FACTS[fact]} |" in PAGE


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_playbook_without_mistakes(example: str) -> None:
    assert read(example, "example.md", Vocabulary()).phases


def test_every_window_and_schedule_on_the_page_is_one() -> None:
    [about_windows] = re.findall(r"^A window is written (.*?);", PAGE, re.DOTALL | re.MULTILINE)
    [about_schedules] = re.findall(r"^\| `schedule` \|(.*)\|$", PAGE, re.MULTILINE)

    assert [text for text in re.findall("`(.*?)`", about_windows) if not window(text)] == []
    assert [text for text in re.findall("`(.*?)`", about_schedules) if not read_schedule(text)] == []


def test_the_limits_are_those_of_the_code() -> None:
    assert f"{MOST_BYTES // 1024} kB, {MOST_STEPS} steps and front matter of {MOST:,} characters" in PAGE
