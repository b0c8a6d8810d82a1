"""Messages as Block Kit; every limit of Slack is kept by construction, whatever the message says.

Paragraphs and quotes become rich text, which Slack shows exactly as given. Small print, facts and text beside a
button must be markup; what they are made of is escaped (`bot.slack.text`). Nothing turns into a link by itself.
"""

from dataclasses import dataclass
from typing import Any, assert_never

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    RichTextBlock,
    RichTextQuoteElement,
    RichTextSectionElement,
    SectionBlock,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject, PlainTextObject
from slack_sdk.models.blocks.block_elements import RichTextElementParts

from bot.domain.message import Controls, Divider, Fact, Facts, Heading, Line, Message, Part, Quote, Small, Text
from bot.slack.controls import element, rows
from bot.slack.fitting import MOST_CHARACTERS, fitted, tidied
from bot.slack.span import cut_early, markup, rich
from bot.slack.text import cut, escaped, one_line

JsonObject = dict[str, Any]

MOST_BLOCKS = 50
_LONGEST_SECTION = 3000
_LONGEST_SUMMARY = 4000
"""`chat.update` refuses more (`msg_too_long`)."""
_MOST_FIELDS = 10
_NOTHING = "–"
_SHORTENED = "This was too long for Slack and is shortened."


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A message as Slack takes it; `cut` tells that some of it did not fit and is missing from what people see."""

    text: str
    blocks: list[JsonObject]
    cut: bool = False


def rendered(message: Message) -> Rendered:
    """The message in Block Kit, with its summary as the text of notifications and search."""
    whole = tuple(tidied(part) for part in message.parts)
    fitting = fitted(whole)
    blocks = [block.to_dict() for part in fitting for block in _blocks(part)]
    kept = _within_limits(blocks)
    too_long = fitting != whole or len(kept) < len(blocks)
    if too_long:
        kept += [notice.to_dict() for notice in _small(_SHORTENED)]
    summary = cut(one_line(cut_early(message.summary)), _LONGEST_SUMMARY)
    return Rendered(text=escaped(summary) or _NOTHING, blocks=kept, cut=too_long)


def _blocks(part: Part) -> list[Block]:
    match part:
        case Heading():
            return [HeaderBlock(text=PlainTextObject(text=part.text, emoji=False))] if part.text else []
        case Text():
            return _text(part)
        case Facts():
            return _facts(part.facts)
        case Quote():
            return _quote(part.text)
        case Small():
            return _small(markup(part.line).strip())
        case Controls():
            return [ActionsBlock(elements=row) for row in rows(part.controls)]
        case Divider():
            return [DividerBlock()]
        case _:
            assert_never(part)


def _text(part: Text) -> list[Block]:
    beside = element(part.beside) if part.beside else None
    text = markup(_joined(part.lines)).strip() or _NOTHING
    if beside and _length(text) <= _LONGEST_SECTION:
        return [SectionBlock(text=_markup_object(text), accessory=beside)]
    paragraph = paragraph_block(part.lines)
    return [*([paragraph] if paragraph else []), *([ActionsBlock(elements=[beside])] if beside else [])]


def _facts(facts: tuple[Fact, ...]) -> list[Block]:
    fields = [_field(fact) for fact in facts]
    return [SectionBlock(fields=fields[at : at + _MOST_FIELDS]) for at in range(0, len(fields), _MOST_FIELDS)]


def _field(fact: Fact) -> MarkdownTextObject:
    label = f"*{escaped(fact.label)}*\n" if fact.label else ""
    return _markup_object(label + (markup(fact.line).strip() or _NOTHING))


def _quote(text: str) -> list[Block]:
    quoted = RichTextQuoteElement(elements=[RichTextElementParts.Text(text=text)])
    return [RichTextBlock(elements=[quoted])] if text.strip() else []


def _small(text: str) -> list[Block]:
    return [ContextBlock(elements=[_markup_object(text)])] if text else []


def paragraph_block(lines: tuple[Line, ...]) -> RichTextBlock | None:
    """Lines as rich text; None when nothing in them can be seen."""
    joined = _joined(lines)
    if not any(not isinstance(span, str) or span.strip() for span in joined):
        return None
    return RichTextBlock(elements=[RichTextSectionElement(elements=rich(joined))])


def explanation_block(lines: tuple[Line, ...]) -> RichTextBlock | None:
    """The same for lines that are not tidy yet, cut to what one section may hold."""
    part = tidied(Text(lines=lines))
    assert isinstance(part, Text)
    (part_that_fits,) = fitted((part,), _LONGEST_SECTION)
    assert isinstance(part_that_fits, Text)
    return paragraph_block(part_that_fits.lines)


def _joined(lines: tuple[Line, ...]) -> Line:
    spans = [span for at, line in enumerate(lines) for span in (("\n", *line) if at else line)]
    return tuple(spans)


def _markup_object(text: str) -> MarkdownTextObject:
    return MarkdownTextObject(text=text, verbatim=True)


def _length(text: str) -> int:
    """Characters of text that is escaped already."""
    return len(text.encode("utf-16-le")) // 2


def _within_limits(blocks: list[JsonObject]) -> list[JsonObject]:
    """As many of the blocks as Slack takes together with a notice; those without controls, and the last, go first."""
    kept = list(blocks)
    while len(kept) > MOST_BLOCKS - 1 or sum(map(_characters, kept)) > MOST_CHARACTERS + len(_SHORTENED):
        without_controls = [
            at for at, block in enumerate(kept) if block["type"] != "actions" and "accessory" not in block
        ]
        del kept[without_controls[-1] if without_controls else -1]
    return kept


def _characters(part: object) -> int:
    """All that Slack may count as text in a block."""
    if isinstance(part, dict):
        own = sum(_length(part[key]) for key in ("text", "fallback", "url") if isinstance(part.get(key), str))
        return own + sum(_characters(value) for value in part.values())
    return sum(_characters(each) for each in part) if isinstance(part, list) else 0
