"""Lines of spans as Slack's rich text, where strings are exact, and as its markup, where they are escaped."""

import re
from datetime import UTC
from typing import assert_never

from slack_sdk.models.blocks.block_elements import RichTextElement, RichTextElementParts

from bot.domain.message import Bold, Code, Italic, Line, Link, Moment, Person, Room, Span
from bot.slack.text import MORE, cut, escaped, escaped_exactly, one_line, size, visible

_USER = re.compile(r"[UW][A-Z0-9]{1,40}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{1,40}")
_ADDRESS = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_LONGEST_ADDRESS = 3000
_LONGEST_TEXT = 20_000
"""Text beyond this never fits a message; it is not even looked at."""
_MOMENT_SIZE = 90


def safe_address(url: str) -> str | None:
    """The address as it may stand in a link or a button, or None when it is none."""
    if len(url) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(url):
        return None
    return url.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")


def tidy(line: Line, *, several_lines: bool = False) -> Line:
    """The line with its text made visible, and with text in place of what no mention or link can be made of."""
    spans = (_tidied(span, several_lines=several_lines) for span in line)
    return tuple(span for span in spans if span_size(span))


def _tidied(span: Span, *, several_lines: bool) -> Span:
    match span:
        case str():
            text = visible(cut_early(span))
            return text if several_lines else re.sub(r"\s*\n\s*", " ", text)
        case Bold():
            return Bold(text=one_line(cut_early(span.text)))
        case Italic():
            return Italic(text=one_line(cut_early(span.text)))
        case Code():
            return Code(text=one_line(cut_early(span.text)))
        case Person():
            return span if _USER.fullmatch(span.user) else one_line(span.user)
        case Room():
            return span if _CHANNEL.fullmatch(span.channel) else one_line(span.channel)
        case Link():
            return _tidied_link(span)
        case Moment():
            return span
        case _:
            assert_never(span)


def _tidied_link(link: Link) -> Span:
    label = cut(one_line(cut_early(link.label)), _LONGEST_ADDRESS)
    url = safe_address(link.url)
    if url is None:
        return f"{label} ({one_line(link.url[:_LONGEST_ADDRESS])})"
    return Link(url=url, label=label or url)


def cut_early(text: str) -> str:
    """The text, without what no message could ever hold."""
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + MORE


def span_size(span: Span) -> int:
    """How much of a message a tidy span takes; 0 for an empty one."""
    match span:
        case str():
            return size(span)
        case Bold() | Italic() | Code():
            return size(span.text) + 2 if span.text else 0
        case Person():
            return len(span.user) + 3
        case Room():
            return len(span.channel) + 3
        case Link():
            return size(span.url) + size(span.label) + 3
        case Moment():
            return _MOMENT_SIZE
        case _:
            assert_never(span)


def line_size(line: Line) -> int:
    return sum(span_size(span) for span in line)


def shortened(line: Line, most: int) -> Line:
    """As much of the beginning of a tidy line as fits, with a mark where it was cut."""
    if line_size(line) <= most:
        return line
    kept: list[Span] = []
    room = most - len(MORE)
    for span in line:
        if span_size(span) > room:
            return (*kept, cut(span, room + len(MORE)) if isinstance(span, str) else MORE)
        kept.append(span)
        room -= span_size(span)
    return tuple(kept)


def markup(line: Line) -> str:
    """A tidy line in Slack's markup."""
    return "".join(_markup(span) for span in line)


def _markup(span: Span) -> str:
    match span:
        case str():
            return escaped(span)
        case Bold():
            return f"*{escaped(span.text)}*"
        case Italic():
            return f"_{escaped(span.text)}_"
        case Code():
            return f"`{escaped_exactly(span.text)}`"
        case Person():
            return f"<@{span.user}>"
        case Room():
            return f"<#{span.channel}>"
        case Link():
            return f"<{span.url.replace('&', '&amp;')}|{escaped(span.label)}>"
        case Moment():
            return f"<!date^{int(span.at.timestamp())}^{_pattern(span)}|{_in_utc(span)}>"
        case _:
            assert_never(span)


def rich(line: Line) -> list[RichTextElement]:
    """A tidy line as elements of rich text."""
    return [_element(span) for span in line]


def _element(span: Span) -> RichTextElement:
    match span:
        case str():
            return RichTextElementParts.Text(text=span)
        case Bold():
            return RichTextElementParts.Text(text=span.text, style={"bold": True})
        case Italic():
            return RichTextElementParts.Text(text=span.text, style={"italic": True})
        case Code():
            return RichTextElementParts.Text(text=span.text, style={"code": True})
        case Person():
            return RichTextElementParts.User(user_id=span.user)
        case Room():
            return RichTextElementParts.Channel(channel_id=span.channel)
        case Link():
            return RichTextElementParts.Link(url=span.url, text=span.label)
        case Moment():
            seconds = int(span.at.timestamp())
            return RichTextElementParts.Date(timestamp=seconds, format=_pattern(span), fallback=_in_utc(span))
        case _:
            assert_never(span)


def _pattern(moment: Moment) -> str:
    return "{date_short_pretty} {time}" if moment.with_date else "{time}"


def _in_utc(moment: Moment) -> str:
    """What readers see whose client cannot tell their own time."""
    return moment.at.astimezone(UTC).strftime("%d %b %Y %H:%M UTC" if moment.with_date else "%H:%M UTC")
