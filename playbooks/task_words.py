"""Reads tasks as people type them: what, who (`@ana`), until when (`by Friday`), in whatever order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.organisation import Member, Organisation
from playbooks.dates import DAY, read_day

MENTION = re.compile(r"\s*<@(?P<id>[UW][A-Z0-9]+)(?:\|[^>]*)?>")
NAMED = re.compile(r"(?<![\w@])@(?P<key>[a-z0-9][a-z0-9._-]*)", re.IGNORECASE)
UNTIL = re.compile(rf"[\s,;(]*\b(?:by|until|till|due|before|on)\s+(?P<day>{DAY})\)?", re.IGNORECASE)
BULLET = re.compile(r"^\s*(?:[-*•·]|\d+[.)])\s*")
DATED = re.compile(rf"\b{DAY}", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class TaskWords:
    """What a task says, and what it says about its owner and its day."""

    text: str
    owner: str = ""
    due_on: date | None = None


def task_of(words: str, organisation: Organisation, today: date) -> TaskWords:
    """A task that was typed on the line; owner and day are taken out of its text."""
    text, due_on = _without_day(words, today)
    text, owner = _without_owner(text, organisation)
    return TaskWords(text=" ".join(text.split()).strip(" ,;:—–-"), owner=owner, due_on=due_on)


def measures_of(words: str, organisation: Organisation, today: date) -> Iterator[TaskWords]:
    """The lines of an answer that name an owner or a day; their text stays as it is."""
    for line in words.splitlines():
        text = BULLET.sub("", line).strip()
        owner, due_on = _owner_in(text, organisation), _day_in(text, today)
        if text and (owner or due_on):
            yield TaskWords(text=_plain(text, organisation), owner=owner, due_on=due_on)


def _without_day(words: str, today: date) -> tuple[str, date | None]:
    for found in reversed(list(UNTIL.finditer(words))):
        if day := read_day(found["day"], today):
            return f"{words[: found.start()]} {words[found.end() :]}".strip(), day
    return words, None


def _without_owner(words: str, organisation: Organisation) -> tuple[str, str]:
    if found := MENTION.search(words):
        return f"{words[: found.start()]} {words[found.end() :]}", found["id"]
    for found in NAMED.finditer(words):
        if member := _called(found["key"], organisation):
            return f"{words[: found.start()]} {words[found.end() :]}", member.slack
    return words, ""


def _owner_in(text: str, organisation: Organisation) -> str:
    """Whom a sentence names: by mention, else by name, first name or key, the first of them."""
    _, owner = _without_owner(text, organisation)
    if owner:
        return owner
    named = [(place, member) for member in organisation.people.values() if (place := _place(text, member)) is not None]
    return min(named, key=lambda each: each[0])[1].slack if named else ""


def _place(text: str, member: Member) -> int | None:
    names = (member.name, member.name.split()[0])
    found = [match.start() for name in names if (match := re.search(rf"\b{re.escape(name)}\b", text))]
    return min(found, default=None)


def _day_in(text: str, today: date) -> date | None:
    _, day = _without_day(text, today)
    days = (read_day(found[0], today) for found in DATED.finditer(text))
    return day or next((each for each in days if each), None)


def _called(key: str, organisation: Organisation) -> Member | None:
    return organisation.person(key.lower()) or next(
        (each for each in organisation.people.values() if key.lower() == each.name.split()[0].lower()), None
    )


def _plain(text: str, organisation: Organisation) -> str:
    """Mentions by name, for lists and reports that mention nobody."""

    def name(found: re.Match[str]) -> str:
        member = organisation.person_by_slack(found["id"])
        return f" {member.name}" if member else f" @{found['id']}"

    return MENTION.sub(name, text).strip()
