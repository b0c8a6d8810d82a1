"""Makes the parts of a message fit what Slack takes: the long ones are cut, the short ones and the controls stay whole."""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from bot.domain.message import Controls, Divider, Fact, Facts, Heading, Line, Part, Quote, Small, Text
from bot.slack.span import cut_early, line_size, shortened, tidy
from bot.slack.text import MORE, cut, one_line, size, visible

MOST_CHARACTERS = 12_000
"""Of all text in one message; Slack refused somewhat more than 13,000 (`msg_blocks_too_long`)."""
_LONGEST_HEADING = 150
_LONGEST_SMALL = 2000
_LONGEST_LABEL = 150
_LONGEST_FACT = 1800
_LONGEST_CONTROL = 80


def tidied(part: Part) -> Part:
    """The part with its text made visible, and each piece within the limit of its own kind."""
    match part:
        case Heading():
            return Heading(text=cut(one_line(cut_early(part.text)), _LONGEST_HEADING))
        case Text():
            return replace(part, lines=tuple(tidy(line, several_lines=True) for line in part.lines))
        case Facts():
            return Facts(facts=tuple(_tidied_fact(fact) for fact in part.facts))
        case Quote():
            return Quote(text=visible(cut_early(part.text)).strip("\n"))
        case Small():
            return Small(line=shortened(tidy(part.line), _LONGEST_SMALL))
        case Controls() | Divider():
            return part
        case _:
            assert_never(part)


def _tidied_fact(fact: Fact) -> Fact:
    label = cut(one_line(fact.label[:_LONGEST_SMALL]), _LONGEST_LABEL)
    return Fact(label=label, line=shortened(tidy(fact.line), _LONGEST_FACT))


def fitted(parts: tuple[Part, ...], room: int = MOST_CHARACTERS) -> tuple[Part, ...]:
    """Tidy parts, with those cut that are longer than a fair share of `room`; what is not needed goes to the others."""
    spent = sum(_weight(part) for part in parts if not _can_be_cut(part))
    share = _share((_weight(part) for part in parts if _can_be_cut(part)), max(0, room - spent))
    return tuple(_cut(part, share) if _can_be_cut(part) and _weight(part) > share else part for part in parts)


def _share(weights: Iterable[int], room: int) -> int:
    """The greatest weight a part may keep, so that all together have no more than `room`."""
    waiting = sorted(weights)
    for at, weight in enumerate(waiting):
        share = room // (len(waiting) - at)
        if weight > share:
            return share
        room -= weight
    return waiting[-1] if waiting else 0


def _can_be_cut(part: Part) -> bool:
    return isinstance(part, Text | Facts | Quote | Small)


def _weight(part: Part) -> int:
    match part:
        case Heading():
            return size(part.text)
        case Text():
            return sum(line_size(line) + 1 for line in part.lines) + (_LONGEST_CONTROL if part.beside else 0)
        case Facts():
            return sum(size(fact.label) + line_size(fact.line) + 3 for fact in part.facts)
        case Quote():
            return size(part.text)
        case Small():
            return line_size(part.line)
        case Controls():
            return _LONGEST_CONTROL * len(part.controls)
        case Divider():
            return 0
        case _:
            assert_never(part)


def _cut(part: Part, most: int) -> Part:
    match part:
        case Text():
            return replace(part, lines=_cut_lines(part.lines, most - (_LONGEST_CONTROL if part.beside else 0)))
        case Facts():
            return Facts(facts=_cut_facts(part.facts, most))
        case Quote():
            return Quote(text=cut(part.text, most))
        case Small():
            return Small(line=shortened(part.line, most))
        case Heading() | Controls() | Divider():
            return part
        case _:
            assert_never(part)


def _cut_lines(lines: tuple[Line, ...], most: int) -> tuple[Line, ...]:
    kept: list[Line] = []
    for line in lines:
        if line_size(line) + 1 > most:
            return (*kept, shortened(line, max(most - 1, len(MORE))))
        kept.append(line)
        most -= line_size(line) + 1
    return tuple(kept)


def _cut_facts(facts: tuple[Fact, ...], most: int) -> tuple[Fact, ...]:
    each = max(most // len(facts) - 3, len(MORE))
    return tuple(Fact(label=cut(fact.label, each // 3), line=shortened(fact.line, each - each // 3)) for fact in facts)
