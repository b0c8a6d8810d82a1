"""Reads single words people type: severities, roles, mentions."""

import re
from enum import StrEnum
from typing import TypeVar

from bot.domain.errors import Refused
from bot.domain.incident import Severity
from playbooks.mistakes import nearest, unknown

Choice = TypeVar("Choice", bound=StrEnum)
MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def chosen(kind: type[Choice], what: str, word: str) -> Choice:
    """One of a closed set by its name, however capitalised; refused with the nearest match."""
    try:
        return kind(word.lower())
    except ValueError:
        raise Refused(unknown(what, list(kind), word)) from None


def severity_first(words: str) -> tuple[Severity | None, str]:
    """A severity at the beginning, and the rest. A first word that is nearly one is refused rather than guessed."""
    first, _, rest = words.strip().partition(" ")
    if not first:
        return None, ""
    if first.lower() in set(Severity):
        return Severity(first.lower()), rest.strip()
    if nearest(first, list(Severity)):
        raise Refused(unknown("severity", list(Severity), first))
    return None, words.strip()


def mentioned(words: str) -> str | None:
    """The first person mentioned, by Slack id."""
    found = MENTION.search(words)
    return found[1] if found else None
