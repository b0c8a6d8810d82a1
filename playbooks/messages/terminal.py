"""Messages as plain text for a terminal: names instead of ids, addresses written out, no buttons."""

import re
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
INCIDENT = re.compile(r"/incident (?!(?:alerts|declare|drill|help|list)\b)([a-z-]+)(?!.*\bINC-)")
"""A command about one incident that does not say which; in a war room it need not."""


def terminal_text(message: Message, organisation: Organisation, *, about: str = "") -> str:
    """All that a message says. What people wrote cannot move the cursor or colour anything.

    `about` is the incident that it answers about, as it is typed; commands that it names say so, for no room does.
    """
    lines = [line for part in message.parts for line in _part(part, organisation, about)]
    return "\n".join(lines) or one_line(message.summary)


def refused_text(refused: Refused, organisation: Organisation, *, about: str = "") -> str:
    """Why not, and what to type instead."""
    return _line(refused.sentence, organisation, about)


def _part(part: Part, organisation: Organisation, about: str) -> Iterator[str]:
    match part:
        case Heading():
            yield from (one_line(part.text), "")
        case Text():
            yield from (_line(line, organisation, about) for line in part.lines)
        case Facts():
            yield from (f"{one_line(fact.label)}: {_line(fact.line, organisation, about)}" for fact in part.facts)
        case Quote():
            yield from (f"  | {line}" for line in visible(part.text).splitlines())
        case Small():
            yield _line(part.line, organisation, about)
        case Controls():
            pass
        case Divider():
            yield ""


def _line(line: Line, organisation: Organisation, about: str) -> str:
    return spoken(tuple(_typed(span, about) for span in line), organisation)


def _typed(span: Span, about: str) -> Span:
    """Commands as they are typed here, and links with their addresses."""
    match span:
        case Code() if span.text.startswith("/"):
            words = INCIDENT.sub(rf"/incident \1 {about}", span.text) if about else span.text
            return f"{PROGRAM} {words[1:]}"
        case Link():
            return f"{span.label} ({span.url})"
        case _:
            return span
