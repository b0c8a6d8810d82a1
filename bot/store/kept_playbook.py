"""The copy of a playbook that a run keeps, as JSON.

A run goes on as it began. So the copy is of what was understood and not of the text alone: to read the text again
after a deployment could mean to understand it differently, or to refuse a name that is gone.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from pydantic import TypeAdapter

from bot.domain.message import Bold, Code, Italic, Line, Link, Span
from bot.domain.playbook import Directive, Phase, Playbook, Step


def keep(playbook: Playbook) -> str:
    """The playbook as text for `recall`."""
    kept = _Kept(playbook=replace(playbook, phases=()), phases=tuple(map(_keep_phase, playbook.phases)))
    return _adapter().dump_json(kept).decode()


def recall(kept: str) -> Playbook:
    """The playbook that `keep` was given."""
    found = _adapter().validate_json(kept)
    return replace(found.playbook, phases=tuple(map(_recall_phase, found.phases)))


class _Set(StrEnum):
    """How words are set."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    LINK = "link"


@dataclass(frozen=True, kw_only=True)
class _Words:
    text: str
    set: _Set = _Set.PLAIN
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class _Step:
    key: str
    text: str
    words: tuple[_Words, ...]
    directives: tuple[Directive, ...]
    prose: str


@dataclass(frozen=True, kw_only=True)
class _Phase:
    phase: Phase
    steps: tuple[_Step, ...]


@dataclass(frozen=True, kw_only=True)
class _Kept:
    playbook: Playbook
    phases: tuple[_Phase, ...]


@cache
def _adapter() -> TypeAdapter[_Kept]:
    return TypeAdapter(_Kept)


def _keep_phase(phase: Phase) -> _Phase:
    return _Phase(phase=replace(phase, steps=()), steps=tuple(map(_keep_step, phase.steps)))


def _recall_phase(kept: _Phase) -> Phase:
    return replace(kept.phase, steps=tuple(map(_recall_step, kept.steps)))


def _keep_step(step: Step) -> _Step:
    words = tuple(map(_keep_span, step.line))
    return _Step(key=step.key, text=step.text, words=words, directives=step.directives, prose=step.prose)


def _recall_step(kept: _Step) -> Step:
    line: Line = tuple(map(_recall_words, kept.words))
    return Step(key=kept.key, text=kept.text, line=line, directives=kept.directives, prose=kept.prose)


def _keep_span(span: Span) -> _Words:
    match span:
        case str():
            return _Words(text=span)
        case Bold():
            return _Words(text=span.text, set=_Set.BOLD)
        case Italic():
            return _Words(text=span.text, set=_Set.ITALIC)
        case Code():
            return _Words(text=span.text, set=_Set.CODE)
        case Link():
            return _Words(text=span.label, set=_Set.LINK, url=span.url)
        case _:
            raise ValueError(f"no playbook says {span!r}")


def _recall_words(words: _Words) -> Span:
    match words.set:
        case _Set.PLAIN:
            return words.text
        case _Set.BOLD:
            return Bold(text=words.text)
        case _Set.ITALIC:
            return Italic(text=words.text)
        case _Set.CODE:
            return Code(text=words.text)
        case _Set.LINK:
            return Link(url=words.url, label=words.text)
