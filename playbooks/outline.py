"""The outline of a playbook: walks its blocks and finds the sections, their steps and their directives."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import dedent

from bot.domain.playbook import Directive, Vocabulary, Window
from playbooks.block import Block, Parser, Piece, pieces, plain, spans, without_box
from playbooks.directive import (
    PHASE_WORDS,
    STEP_WORDS,
    Span,
    Wrong,
    contradictions,
    judge,
    judge_phase,
    slip_of,
    span_of,
)
from playbooks.mistakes import Mistakes
from playbooks.section import Draft, Section

BOLD_LEVEL = 7
ORDINAL = re.compile(r"^\d+[.)]\s+")
PLAIN_FENCES = ("", "text", "txt", "markdown", "md")


def _root() -> list[Section]:
    return [Section(title="Steps", level=0, line=1)]


@dataclass(kw_only=True)
class Outline:
    """Reads the blocks of one file into sections.

    `strict` is for playbooks in our grammar. Otherwise a line in bold is a heading too, as people write runbooks,
    and a wrong directive is only a warning and stays text. `title` is the first main heading.
    """

    lines: Sequence[str]
    parser: Parser
    vocabulary: Vocabulary
    mistakes: Mistakes
    strict: bool
    incident: bool
    title: str | None = None
    sections: list[Section] = field(default_factory=_root)

    def read(self) -> list[Section]:
        """The sections in order; the first is what stands above all headings."""
        for block in self.parser.parse("\n".join(self.lines)):
            self._block(block)
        return self.sections if self.strict else _with_bold_steps(self.sections)

    @property
    def _section(self) -> Section:
        return self.sections[-1]

    def _block(self, block: Block) -> None:
        match block.type:
            case "heading":
                self._heading(block)
            case "paragraph":
                self._paragraph(block)
            case "bullet_list" | "ordered_list":
                self._list(block)
            case "fence":
                self._fence(block)
            case "hr":
                pass
            case "html_block" if block.token.content.lstrip().startswith("<!--"):
                pass
            case _:
                self._keep(block)

    def _heading(self, block: Block) -> None:
        title, level = pieces(block), int(block.token.tag[1:])
        for span in self._meant(title) if self.strict else ():
            self._report(span.line, f"{span} stands in a heading; put it on a line of its own below the heading.")
        self._open(plain(title), level, block)
        if level == 1 and self.title is None:
            self.title = plain(title) or None

    def _open(self, title: str, level: int, block: Block) -> None:
        parent: Section | None = self._section
        while parent and parent.level >= level:
            parent = parent.parent
        self.sections.append(Section(title=title, level=level, line=block.first + 1, parent=parent))

    def _paragraph(self, block: Block) -> None:
        words = [piece for piece in pieces(block) if not piece.is_blank]
        meant = self._meant(words)
        if meant and len(meant) == len(words):
            self._phase_directives(meant, block)
        elif not self.strict and words and all(piece.strong for piece in words):
            self._open(ORDINAL.sub("", plain(words)).rstrip(":"), BOLD_LEVEL, block)
        else:
            self._tell_slips(words if all(piece.is_code for piece in words) else (), PHASE_WORDS)
            self._keep(block)

    def _phase_directives(self, meant: Sequence[Span], block: Block) -> None:
        wrong = [(span.line, sentence) for span in meant if (sentence := self._phase_directive(span))]
        for line, sentence in wrong:
            self._report(line, sentence)
        if wrong and not self.strict:
            self._keep(block)

    def _phase_directive(self, span: Span) -> str | None:
        """Note what the span says about the section, or tell what is wrong with it."""
        section, judged = self._section, judge_phase(span)
        if isinstance(judged, Wrong):
            return judged.sentence
        if section.level == 0 or section.steps:
            return f"{span} stands in the wrong place; put it directly below the heading of its phase."
        if isinstance(judged, Window):
            twice, section.window = section.window is not None, judged
        elif not self.incident:
            return f"{span} moves an incident, and this is no incident playbook; leave it out."
        else:
            twice, section.status = section.status is not None, judged
        section.has_directives = True
        return f"The phase “{section.title}” has a second `{span.word}:`; keep one of the two." if twice else None

    def _list(self, block: Block) -> None:
        if _only_links(block):
            self._keep(block)
            return
        for item in block.children:
            self._item(item)

    def _item(self, item: Block) -> None:
        first = item.children[0] if item.children else None
        _, said = without_box(pieces(first)) if first and first.type == "paragraph" else (False, [])
        words, directives = self._sift(said)
        if not plain(words) and not self.strict:
            self._keep(item)
            return
        if not plain(words):
            self._report(item.first + 1, "This step has no words; say what there is to do.")
        draft = Draft(text=plain(words), line=spans(words), directives=directives)
        self._section.steps.append(draft)
        for below in item.children[1:]:
            self._below(below, draft)
        self._settle(draft, item.first + 1)

    def _settle(self, draft: Draft, line: int) -> None:
        wrong = contradictions(draft.directives)
        for sentence in wrong:
            self._report(line, sentence)
        if wrong and not self.strict:
            draft.directives.clear()

    def _below(self, block: Block, draft: Draft) -> None:
        """What stands in a list item below its first paragraph: details, unless it has boxes to tick."""
        if block.type == "paragraph":
            words, directives = self._sift(pieces(block))
            draft.directives.extend(directives)
            if plain(words):
                draft.prose.append(self._source(block))
        elif block.is_list and any(_has_box(item) for item in block.children):
            for item in block.children:
                self._nested(item, draft)
        else:
            self._detail(block, draft)

    def _nested(self, item: Block, draft: Draft) -> None:
        if _has_box(item):
            self._item(item)
        else:
            self._detail(item, draft)

    def _detail(self, block: Block, draft: Draft) -> None:
        for paragraph in (each for each in block.all() if each.type == "paragraph"):
            for span in self._meant(pieces(paragraph)):
                self._report(span.line, f"{span} stands below a step; move it up to the end of the step itself.")
        draft.prose.append(self._source(block))

    def _fence(self, block: Block) -> None:
        """Runbooks often set their lists in fences without a language: such a list is a list."""
        inner: list[Block] = []
        if block.token.info.strip().lower() in PLAIN_FENCES:
            inner = self.parser.parse(block.token.content, first=block.first + 1)
        if any(each.is_list for each in inner) and all(each.is_list or each.type == "paragraph" for each in inner):
            for each in inner:
                self._block(each)
        else:
            self._section.has_code = True
            self._keep(block)

    def _sift(self, line: Sequence[Piece]) -> tuple[list[Piece], list[Directive]]:
        """The words of a step and its directives; what is wrong is told and, in a strict playbook, left out."""
        words: list[Piece] = []
        directives: list[Directive] = []
        self._tell_slips(line, STEP_WORDS)
        for piece in line:
            span = span_of(piece.text, piece.line) if piece.is_code else None
            judged = judge(span, self.vocabulary) if span else None
            if isinstance(judged, Directive):
                directives.append(judged)
            elif isinstance(judged, Wrong):
                self._report(piece.line, judged.sentence)
            if judged is None or (isinstance(judged, Wrong) and not self.strict):
                words.append(piece)
        return words, directives

    def _meant(self, line: Sequence[Piece]) -> list[Span]:
        found = (span_of(piece.text, piece.line) for piece in line if piece.is_code)
        return [span for span in found if span]

    def _tell_slips(self, line: Sequence[Piece], words: Sequence[str]) -> None:
        for piece in line if self.strict else ():
            if piece.is_code and (slip := slip_of(piece.text, words)):
                self.mistakes.warn(piece.line, slip)

    def _report(self, line: int, sentence: str) -> None:
        if self.strict:
            self.mistakes.error(line, sentence)
        else:
            self.mistakes.warn(line, f"{sentence} It is taken as text.")

    def _keep(self, block: Block) -> None:
        self._section.add_prose(self._source(block))

    def _source(self, block: Block) -> str:
        return dedent("\n".join(self.lines[block.first : block.last])).strip("\n")


def _with_bold_steps(sections: Sequence[Section]) -> list[Section]:
    """Lines in bold with commands and no list below them are steps of the section they stand in."""
    kept = []
    for section in sections:
        if section.parent and section.level == BOLD_LEVEL and section.has_code and not section.steps:
            section.parent.steps.append(section.as_step())
        else:
            kept.append(section)
    return kept


def _has_box(item: Block) -> bool:
    return bool(item.children) and item.children[0].type == "paragraph" and without_box(pieces(item.children[0]))[0]


def _only_links(block: Block) -> bool:
    """A table of contents, or references."""
    words = [piece for each in block.all() if each.type == "paragraph" for piece in pieces(each) if not piece.is_blank]
    return bool(words) and all(piece.href for piece in words)
