"""Playbooks are found by what people type at 3 a.m.: names, titles, words, symptoms, and any of them mistyped."""

from pathlib import Path

import pytest

from bot.domain.errors import Refused
from playbooks import Catalogue, load
from playbooks.finding import MOST_FOUND, find
from playbooks.vocabulary import vocabulary


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(vocabulary(), None)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("api-latency-spike", "api-latency-spike"),
        ("API latency spike", "api-latency-spike"),
        ("slow api", "api-latency-spike"),
        ("The API is slow!", "api-latency-spike"),
        ("latncy", "api-latency-spike"),
        ("won't start", "service-wont-start"),
        ("wont start", "service-wont-start"),
        ("container crashes", "service-wont-start"),
        ("oom", "memory-leak"),
        ("database connections exhausted", "database-connection-pool-exhausted"),
        ("conection pool", "database-connection-pool-exhausted"),
        ("agent tools broken", "agent-execution-failures"),
        ("403 permission denied", "agent-execution-failures"),
        ("data lost", "database-recovery"),
        ("roll back", "rollback"),
        ("hand over on friday", "handoff-friday"),
        ("high latency", "api-latency-spike"),
    ],
)
def test_the_first_one_found_is_the_one_that_is_meant(catalogue: Catalogue, words: str, name: str) -> None:
    assert find(words, catalogue)[0].playbook.name == name


def test_one_that_is_named_is_found_alone(catalogue: Catalogue) -> None:
    assert len(find("Deploy", catalogue)) == 1


def test_many_that_fit_are_cut_to_a_few(catalogue: Catalogue) -> None:
    assert 1 < len(find("database", catalogue)) <= MOST_FOUND


@pytest.mark.parametrize("words", ["zzz", "", "🤷", "-", "a" * 100_000, "\u202e", "the of and"])
def test_what_fits_none_is_refused_in_one_sentence(catalogue: Catalogue, words: str) -> None:
    with pytest.raises(Refused, match="There is no playbook") as refused:
        find(words, catalogue)
    assert len(str(refused.value)) < 1200


def test_one_that_is_broken_says_where(tmp_path: Path) -> None:
    """Somebody who wrote a playbook and asks for it by its name learns why it is not there."""
    (tmp_path / "Spin up.md").write_text("---\nkind: checklist\n---\n1. Fly. `ask: nothing`\n", encoding="utf-8")
    catalogue = load(vocabulary(), tmp_path)

    for words in ("spin-up", "Spin up"):
        with pytest.raises(Refused, match=r"Spin up\.md:4: "):
            find(words, catalogue)
        with pytest.raises(Refused, match=r"Spin up\.md:4: "):
            catalogue.find(words)
    assert find("rollback", catalogue)
