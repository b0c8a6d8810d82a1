"""Which open incidents look like what somebody, or an alert, is about to declare."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from bot.domain.incident import Incident
from bot.organisation import Organisation

LATELY = timedelta(hours=2)
"""What was declared longer ago is told apart by people, who know it by now."""
SIMILAR = 0.75
"""How much of two titles must be the same, from 0 to 1."""
LONGEST = 200
"""Characters of a title that are compared."""

WORD = re.compile(r"\w+")


def alike(
    title: str, services: Collection[str], incidents: Iterable[Incident], now: datetime, organisation: Organisation
) -> tuple[Incident, ...]:
    """Those of the open incidents of the last two hours that have a service in common or nearly the same title.

    A service that a title names counts, too. The latest come first. Private ones are left out: nobody may learn of them by declaring something like them.
    """
    lately = (each for each in incidents if each.open and not each.private and now - each.declared_at <= LATELY)
    hit = _about(title, services, organisation)
    found = [
        each for each in lately if hit & _about(each.title, each.services, organisation) or similar(title, each.title)
    ]
    return tuple(sorted(found, key=lambda incident: incident.declared_at, reverse=True))


def similar(one: str, other: str) -> bool:
    """Whether two titles say the same, in whatever order and case; empty ones say nothing."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= SIMILAR


def _about(title: str, services: Collection[str], organisation: Organisation) -> set[str]:
    """The services it is about: those that are given, and those whose name stands in the title."""
    said = f" {_plain(title[:LONGEST])} "
    named = (each.key for each in organisation.services.values() if f" {_plain(each.title)} " in said)
    return {*services, *named}


def _plain(words: str) -> str:
    return " ".join(WORD.findall(words.lower()))


def _words(title: str) -> str:
    return " ".join(sorted(WORD.findall(title[:LONGEST].lower())))
