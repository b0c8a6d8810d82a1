"""Messages as plain text for a terminal: names instead of ids, addresses written out, no buttons."""

from collections.abc import Iterator

from bot.domain.errors import Refused
from bot.domain.message import (
    Code,
    Controls,
    Divider,
    Facts,
    Heading,
    Line,
    Link,
    Message,
    Part,
    Quote,
    Small,
    Span,
    Text,
)
from bot.organisation import Organisation
from bot.slack.text import one_line, visible
from playbooks.messages.wording import spoken

PROGRAM = "opsbot"


def terminal_text(message: Message, organisation: Organisation) -> str:
    """All that a message says. What people wrote cannot move the cursor or colour anything."""
    lines = [line for part in message.parts for line in _part(part, organisation)]
    return "\n".join(lines) or one_line(message.summary)


def refused_text(refused: Refused, organisation: Organisation) -> str:
    """Why not, and what to type instead."""
    return _line(refused.sentence, organisation)


def _part(part: Part, organisation: Organisation) -> Iterator[str]:
    match part:
        case Heading():
            yield from (one_line(part.text), "")
        case Text():
            yield from (_line(line, organisation) for line in part.lines)
        case Facts():
            yield from (f"{one_line(fact.label)}: {_line(fact.line, organisation)}" for fact in part.facts)
        case Quote():
            yield from (f"  | {line}" for line in visible(part.text).splitlines())
        case Small():
            yield _line(part.line, organisation)
        case Controls():
            pass
        case Divider():
            yield ""


def _line(line: Line, organisation: Organisation) -> str:
    return spoken(tuple(_typed(span) for span in line), organisation)


def _typed(span: Span) -> Span:
    """Commands as they are typed here, and links with their addresses."""
    match span:
        case Code() if span.text.startswith("/"):
            return f"{PROGRAM} {span.text[1:]}"
        case Link():
            return f"{span.label} ({span.url})"
        case _:
            return span
