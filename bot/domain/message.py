"""What the bot says, in neutral parts; only `bot/slack` knows how they look in Slack.

Plain strings are data: they are escaped when rendered and can never mention, link or format. Whatever is meant
to do so is one of the typed spans below.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Bold:
    text: str


@dataclass(frozen=True, kw_only=True)
class Italic:
    text: str


@dataclass(frozen=True, kw_only=True)
class Code:
    text: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """A mention of a Slack user by id."""

    user: str


@dataclass(frozen=True, kw_only=True)
class Room:
    """A link to a Slack channel by id."""

    channel: str


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link to an http or https address, shown as `label`."""

    url: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A point in time, shown to each reader in their own time zone (as a time, or with the date)."""

    at: datetime
    with_date: bool = False


Span = str | Bold | Italic | Code | Person | Room | Link | Moment
Line = tuple[Span, ...]


class Style(StrEnum):
    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, kw_only=True)
class Button:
    """A button: `action` is its routing name, `value` what the handler is told (at most 2,000 characters)."""

    action: str
    label: str
    value: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, kw_only=True)
class LinkButton:
    """A button that only opens an address."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class PersonPicker:
    """A menu of people; the handler is told `value` and the chosen user."""

    action: str
    placeholder: str
    value: str


Control = Button | LinkButton | PersonPicker


@dataclass(frozen=True, kw_only=True)
class Heading:
    text: str


@dataclass(frozen=True, kw_only=True)
class Text:
    """One paragraph of one or more lines, with at most one control beside it."""

    lines: tuple[Line, ...]
    beside: Button | LinkButton | None = None


@dataclass(frozen=True, kw_only=True)
class Fact:
    label: str
    line: Line


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Short label and value pairs, shown in two columns where there is room."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Somebody's own words, set apart and never interpreted."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Small:
    """A line in small grey type: context, never the main thing."""

    line: Line


@dataclass(frozen=True, kw_only=True)
class Controls:
    """A row of buttons and menus."""

    controls: tuple[Control, ...]


@dataclass(frozen=True, kw_only=True)
class Divider:
    pass


Part = Heading | Text | Facts | Quote | Small | Controls | Divider


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message: `summary` is its one-line plain form, for notifications, screen readers and search."""

    summary: str
    parts: tuple[Part, ...] = ()


def line(*spans: Span) -> Line:
    """A line of text made of the given spans."""
    return spans


def paragraph(*spans: Span) -> Text:
    """A paragraph of a single line."""
    return Text(lines=(spans,))


def sentence(text: str) -> Message:
    """A message that is one sentence and nothing else."""
    return Message(summary=text, parts=(paragraph(text),))


def plain(spans: Line) -> str:
    """A line without its looks, for logs, terminals and forms: people and rooms by id, moments in UTC."""
    return "".join(map(_plain, spans))


def _plain(span: Span) -> str:
    match span:
        case str():
            return span
        case Bold() | Italic() | Code():
            return span.text
        case Person():
            return f"@{span.user}"
        case Room():
            return f"#{span.channel}"
        case Link():
            return span.label
        case Moment():
            return f"{span.at:%Y-%m-%d %H:%M} UTC" if span.with_date else f"{span.at:%H:%M} UTC"
