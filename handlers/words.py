"""Reads single words people type: severities, roles, mentions."""

import re
from enum import StrEnum
from typing import TypeVar

from bot.domain.errors import Refused
from bot.domain.incident import Severity
from bot.domain.message import Line, Person, Span, plain
from bot.organisation import Organisation
from playbooks.mistakes import nearest, unknown

Choice = TypeVar("Choice", bound=StrEnum)
REFERENCE = re.compile(
    r"<(?:@([UW][A-Z0-9]+)(?:\|([^<>]*))?|#[CG][A-Z0-9]+\|([^<>]*)|(https?://[^|<>\s]+)(?:\|[^<>]*)?)>"
)
MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def in_names(sentence: Line, organisation: Organisation) -> str:
    """A sentence where nobody can be mentioned, as below a form's field: people by their names."""
    return plain(tuple(_named(span, organisation) for span in sentence))


def _named(span: Span, organisation: Organisation) -> Span:
    member = organisation.person_by_slack(span.user) if isinstance(span, Person) else None
    return member.name if member else span


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


def everybody_mentioned(words: str) -> tuple[str, ...]:
    """All people mentioned, each once, by Slack id."""
    return tuple(dict.fromkeys(MENTION.findall(words)))


def mentioned(words: str) -> str | None:
    """The first person mentioned, by Slack id."""
    found = MENTION.search(words)
    return found[1] if found else None


def readable(words: str, organisation: Organisation) -> str:
    """Words as people read them: Slack hands over `<@U0BEN|ben>`, `<#C1|general>` and `<https://…|…>` for what was typed."""

    def read(found: re.Match[str]) -> str:
        user, name, channel, link = found.groups()
        if user:
            member = organisation.person_by_slack(user)
            return f"@{member.name if member else name or user}"
        return link or f"#{channel}"

    return REFERENCE.sub(read, words)
