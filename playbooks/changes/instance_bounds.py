"""The fewest and the most instances of a service that somebody asks for, and until when they shall be."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.message import Code

MOST_AT_ALL = 1_000
"""Instances that Cloud Run gives a service at most."""
LENGTH = re.compile(r"(\d{1,3})\s?(m|min|h|d)", re.ASCII | re.IGNORECASE)
UNITS = {"m": timedelta(minutes=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=7)
USUAL = "4h"
FOR_GOOD = "good"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The fewest and the most instances."""

    least: int
    most: int

    def __str__(self) -> str:
        return f"{self.least} to {self.most} instances"


def numbers_in(words: Sequence[str]) -> tuple[str, str, str]:
    """The fewest, the most and how long, each empty when it is not said.

    One number is the most, of two the smaller is the fewest; answers of a form come as the most, the fewest, how long.
    Raises `Refused` for what is none of these.
    """
    words, length = list(words), ""
    if "for" in words:
        at = words.index("for")
        length, words = _length(" ".join(words[at + 1 :])), words[:at]
    elif len(words) == 3:
        length, words = _length(words[2]), words[:2]
    if any("=" in word for word in words):
        return (*_named(words), length)
    numbers = [_number(word) for word in words]
    match numbers:
        case []:
            return "", "", length
        case [most]:
            return "", most, length
        case [most, least] if not (most and least):
            return least, most, length
        case [one, other]:
            least, most = sorted((one, other), key=int)
            return least, most, length
        case _:
            raise _unreadable()


def _named(words: Sequence[str]) -> tuple[str, str]:
    """What is written as min=2 max=20."""
    named = {name: number for name, _, number in (word.partition("=") for word in words)}
    if set(named) - {"min", "max"} or len(named) < len(words):
        raise _unreadable()
    return _number(named.get("min", "")), _number(named.get("max", ""))


def length_of(text: str) -> timedelta | None:
    """How long it shall be so; None is for good."""
    if text == FOR_GOOD:
        return None
    found = LENGTH.fullmatch(text)
    assert found, text
    return int(found[1]) * UNITS[found[2].lower()]


def wanted_bounds(now: Bounds, least: str, most: str, *, reach: int) -> Bounds:
    """What is asked for, given how it is; without any number twice as many are allowed.

    Refused when it cannot be, and for more than `reach` at once.
    """
    highest = int(most) if most else max(int(least), now.most) if least else 2 * now.most
    lowest = int(least) if least else min(now.least, highest)
    if lowest > highest:
        raise Refused(f"The fewest ({lowest}) are more than the most ({highest}).", field="most")
    if highest < 1:
        raise Refused(
            "At least one instance has to be allowed: 1. To close a service to everybody, isolate it.", field="most"
        )
    if highest > reach:
        raise Refused(f"At most twice as many at once: {reach} now, and once that is seen to work, more.", field="most")
    return Bounds(least=lowest, most=highest)


def _number(word: str) -> str:
    if not word:
        return ""
    if not re.fullmatch(r"\d{1,5}", word, re.ASCII):
        raise _unreadable()
    return str(int(word))


def _length(text: str) -> str:
    """How long, as "4h"; refused when that is too short or too long."""
    said = text.strip().lower()
    if not said:
        return ""
    if said in {FOR_GOOD, "ever", "always"}:
        return FOR_GOOD
    found = LENGTH.fullmatch(said)
    if found is None:
        raise _unreadable()
    length = int(found[1]) * UNITS[found[2].lower()]
    if not SHORTEST <= length <= LONGEST:
        raise Refused(
            "For ten minutes at least and seven days at most, or for good: ", Code(text="for good"), ".", field="for"
        )
    return f"{int(found[1])}{found[2].lower()}"


def _unreadable() -> Refused:
    return Refused("Say the fewest, the most and how long: ", Code(text="/ops scale control-plane 2 20 for 2h"), ".")
