"""How many instances somebody asks for is read strictly, and what cannot be is refused with what can."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from playbooks.changes.instance_bounds import Bounds, length_of, numbers_in, wanted_bounds

NOW = Bounds(least=2, most=10)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("", ("", "", "")),
        ("20", ("", "20", "")),
        ("4 20", ("4", "20", "")),
        ("20 4", ("4", "20", "")),
        ("4 20 for 2h", ("4", "20", "2h")),
        ("20 for 30 min", ("", "20", "30min")),
        ("4 20 2h", ("4", "20", "2h")),
        ("max=20", ("", "20", "")),
        ("min=4 max=20 for good", ("4", "20", "good")),
        ("min=4", ("4", "", "")),
        ("for 2h", ("", "", "2h")),
        ("007", ("", "7", "")),
    ],
)
def test_numbers_are_read(words: str, numbers: tuple[str, str, str]) -> None:
    assert numbers_in(words.split()) == numbers


def test_answers_of_a_form_keep_their_places() -> None:
    assert numbers_in(["20", "4", "1d"]) == ("4", "20", "1d")
    assert numbers_in(["", "4"]) == ("4", "", "")
    assert numbers_in(["", "", "1d"]) == ("", "", "1d")


@pytest.mark.parametrize(
    "words", ["many", "1 2 3 4", "-3", "4 20 for ages", "1.5", "min=2 20", "middle=3", "²", "for 5m", "for 8d"]
)
def test_what_is_no_number_is_refused(words: str) -> None:
    with pytest.raises(Refused):
        numbers_in(words.split())


def test_lengths() -> None:
    assert length_of("2h") == timedelta(hours=2)
    assert length_of("30min") == timedelta(minutes=30)
    assert length_of("good") is None


def test_what_is_not_said_stays_and_without_a_number_twice_as_many_are_allowed() -> None:
    assert wanted_bounds(NOW, "", "", reach=20) == Bounds(least=2, most=20)
    assert wanted_bounds(NOW, "", "15", reach=20) == Bounds(least=2, most=15)
    assert wanted_bounds(NOW, "", "1", reach=20) == Bounds(least=1, most=1)
    assert wanted_bounds(NOW, "5", "", reach=20) == Bounds(least=5, most=10)
    assert wanted_bounds(NOW, "12", "", reach=20) == Bounds(least=12, most=12)
    assert wanted_bounds(NOW, "0", "10", reach=20) == Bounds(least=0, most=10)


@pytest.mark.parametrize(
    ("least", "most", "says"),
    [("", "21", "twice as many at once: 20 now"), ("6", "5", "more than the most"), ("0", "0", "At least one")],
)
def test_what_cannot_be_is_refused(least: str, most: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        wanted_bounds(NOW, least, most, reach=20)
