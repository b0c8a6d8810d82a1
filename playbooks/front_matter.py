"""The front matter of a playbook: a few lines of YAML for the machine.

YAML's own types are left out on purpose (it reads `17:00` as 1020 and `NO` as false): a value is the text that
stands in the file, and each key says how that text is read.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import yaml

from bot.domain.playbook import Kind, Misfire, Vocabulary
from bot.domain.schedule import read_schedule
from bot.public_holidays import known_country
from playbooks.mistakes import Mistakes, nearest, shortened, unknown

MOST = 8_000
"""Characters; far more than anybody writes, far less than hurts."""

LONGEST = 150
"""Characters of a title; what Slack shows as a heading."""

KEYS = (
    "kind",
    "title",
    "owner",
    "channel",
    "schedule",
    "timezone",
    "holidays",
    "misfire",
    "lasts",
    "touches",
    "tells",
    "parameters",
    "suggest_when",
    "review_by",
)
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CHANNEL = re.compile(r"#[^\s#@,A-Z]{1,80}|[CG][A-Z0-9]{6,}")
OWN = "skip"
"""The holidays are those of the organisation."""
ALWAYS, TROUBLE = "always", "trouble"
TELLS = (ALWAYS, TROUBLE)
LENGTH = re.compile(r"(\d{1,3})([mh])")
WITHIN = re.compile(r"run within (\d{1,3})([mhd])")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class FrontMatter:
    """What the front matter says; `present` is false for a Markdown file that has none."""

    present: bool = False
    kind: Kind = Kind.CHECKLIST
    title: str | None = None
    owner: str | None = None
    channel: str | None = None
    schedule: str | None = None
    timezone: str | None = None
    holidays: str | None = None
    misfire: Misfire | None = None
    late_within: timedelta | None = None
    lasts: timedelta | None = None
    touches: tuple[str, ...] = ()
    only_trouble: bool = False
    parameters: tuple[str, ...] = ()
    suggest_when: str | None = None
    review_by: date | None = None


def split(lines: list[str], mistakes: Mistakes) -> tuple[str | None, list[str]]:
    """The YAML, or None without front matter, and the lines of the body, blank where the front matter stood."""
    if lines[0].rstrip() != "---":
        return None, lines
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), [""] * (number + 1) + lines[number + 1 :]
    mistakes.error(1, "The front matter opens here and never closes; put a line `---` below it.")
    return "kind: checklist", [""] * len(lines)


def read(text: str, vocabulary: Vocabulary, mistakes: Mistakes) -> FrontMatter:
    """What the YAML says; wrong keys and values are left out and told."""
    keys = _Keys(dict(_pairs(text, mistakes)), mistakes)
    if not keys.has("kind") and not mistakes.fatal:
        mistakes.error(1, f"The front matter does not say the `kind`; it is one of: {', '.join(Kind)}.")
    misfire, late_within = keys.value("misfire", _misfire) or (None, None)
    return FrontMatter(
        present=True,
        kind=keys.value("kind", _kind) or Kind.CHECKLIST,
        title=keys.value("title", _short),
        owner=keys.value("owner", _short),
        channel=keys.value("channel", _channel),
        schedule=keys.value("schedule", _schedule),
        timezone=keys.value("timezone", _timezone),
        holidays=keys.value("holidays", _holidays),
        misfire=misfire,
        late_within=late_within,
        lasts=keys.value("lasts", _length),
        touches=keys.values("touches", _name),
        only_trouble=keys.value("tells", _only_trouble) or False,
        parameters=keys.values("parameters", _name),
        suggest_when=keys.value("suggest_when", lambda name: _evidence(name, vocabulary)),
        review_by=keys.value("review_by", _date),
    )


class _Keys:
    """The keys of the front matter; a value that cannot be read becomes a mistake on its line."""

    def __init__(self, nodes: dict[str, yaml.Node], mistakes: Mistakes) -> None:
        self._nodes = nodes
        self._mistakes = mistakes

    def has(self, key: str) -> bool:
        return key in self._nodes

    def value(self, key: str, read: Callable[[str], Value]) -> Value | None:
        """The value of a key that has one."""
        node = self._nodes.get(key)
        return None if node is None else self._read(key, node, read)

    def values(self, key: str, read: Callable[[str], Value]) -> tuple[Value, ...]:
        """The values of a key that has a list."""
        node = self._nodes.get(key)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self._mistakes.error(_line(node), f"`{key}` is a list; write it like `{key}: [service, version]`.")
            return ()
        read_ones = (self._read(key, item, read) for item in node.value)
        return tuple(value for value in read_ones if value is not None)

    def _read(self, key: str, node: yaml.Node, read: Callable[[str], Value]) -> Value | None:
        try:
            return read(_text(node))
        except ValueError as error:
            self._mistakes.error(_line(node), f"`{key}`: {error}")
            return None


def _pairs(text: str, mistakes: Mistakes) -> Iterator[tuple[str, yaml.Node]]:
    seen: set[str] = set()
    for key, node in _mapping(text, mistakes):
        name, line = key.value if isinstance(key, yaml.ScalarNode) else "[…]", _line(key)
        if name in seen:
            mistakes.error(line, f"`{shortened(name)}` stands here a second time; keep one of the two.")
        elif name not in KEYS:
            match = nearest(name, KEYS)
            hint = f"did you mean `{match}`?" if match else f"use one of: {', '.join(KEYS)}."
            mistakes.error(line, f"There is no key `{shortened(name)}`; {hint}")
        else:
            yield name, node
        seen.add(name)


def _mapping(text: str, mistakes: Mistakes) -> list[tuple[yaml.Node, yaml.Node]]:
    if len(text) > MOST:
        mistakes.error(1, f"The front matter has {len(text):,} characters; it may have {MOST:,}.")
        return []
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        mistakes.error(line, f"The front matter is not YAML: {error.problem}. Write `key: value`, one a line.")
        return []
    except (yaml.YAMLError, RecursionError):
        mistakes.error(1, "The front matter is not YAML; write `key: value`, one a line.")
        return []
    if root is None or isinstance(root, yaml.MappingNode):
        return list(root.value) if root else []
    mistakes.error(_line(root), "The front matter is not a list of keys; write `key: value`, one a line.")
    return []


def _line(node: yaml.Node) -> int:
    """Counted from 1 in the file, whose first line is the one that opens the front matter."""
    return int(node.start_mark.line) + 2


def _text(node: yaml.Node) -> str:
    """What stands in the file, whatever YAML would take it for."""
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError("this has one value, and here it has several.")
    text = str(node.value).strip()
    if not text:
        raise ValueError('this is empty; a value that begins with # needs quotes, like "#alerts".')
    return text


def _short(text: str) -> str:
    words = " ".join(text.split())
    if len(words) > LONGEST:
        raise ValueError(f"this has {len(words)} characters; it may have {LONGEST}.")
    return words


def _kind(text: str) -> Kind:
    return Kind(_one_of("kind", text, tuple(Kind)))


def _misfire(text: str) -> tuple[Misfire, timedelta | None]:
    """What becomes of a missed start, and how late it is made up for at most."""
    if found := WITHIN.fullmatch(text):
        return Misfire.RUN, int(found[1]) * UNITS[found[2]]
    return Misfire(_one_of("answer to a missed start", text, tuple(Misfire))), None


def _only_trouble(text: str) -> bool:
    return _one_of("answer to what it tells", text, TELLS) == TROUBLE


def _length(text: str) -> timedelta:
    found = LENGTH.fullmatch(text)
    if not found or not int(found[1]):
        raise ValueError(f"`{shortened(text)}` is no length; write it like 2h or 90m.")
    return int(found[1]) * UNITS[found[2]]


def _evidence(text: str, vocabulary: Vocabulary) -> str:
    return _one_of("evidence", text, tuple(vocabulary.evidence))


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        match = nearest(text, available_timezones()) or "Europe/Berlin"
        raise ValueError(f"`{shortened(text)}` is no time zone; write it like {match}.") from None
    return text


def _one_of(what: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        sentence = unknown(what, known, text)
        raise ValueError(sentence[0].lower() + sentence[1:])
    return text


def _channel(text: str) -> str:
    return _shaped(CHANNEL, text, "channel", '"#alerts" or C0123456789')


def _schedule(text: str) -> str:
    return read_schedule(text).text


def _holidays(text: str) -> str:
    return text if text == OWN else known_country(text)


def _name(text: str) -> str:
    return _shaped(NAME, text, "name", "target-service")


def _shaped(shape: re.Pattern[str], text: str, what: str, like: str) -> str:
    if not shape.fullmatch(text):
        raise ValueError(f"`{shortened(text)}` is no {what}; write it like {like}.")
    return text


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{shortened(text)}` is no date; write it like 2026-03-31.") from None
