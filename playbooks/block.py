"""A Markdown file as a tree of blocks and lines of spans, from markdown-it-py's flat tokens."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.message import Bold, Code, Italic, Line, Link, Span

BOX = re.compile(r"\[[ xX]\](\s+|\Z)")
BLANKS = re.compile(r"\s+")


@dataclass(kw_only=True)
class Block:
    """A block of Markdown. `first` and `last` are its lines, counted from 0, `last` not included."""

    token: Token
    first: int
    last: int
    children: list["Block"] = field(default_factory=list)

    @property
    def type(self) -> str:
        """`heading`, `paragraph`, `bullet_list`, `ordered_list`, `list_item`, `fence`, `inline` …"""
        return self.token.type.removesuffix("_open")

    @property
    def is_list(self) -> bool:
        return self.type in ("bullet_list", "ordered_list")

    @property
    def inline(self) -> Sequence[Token]:
        """The inline tokens of a heading or paragraph."""
        return self.children[0].token.children or () if self.children else ()

    def all(self) -> Iterator["Block"]:
        """This block and all blocks in it."""
        yield self
        for child in self.children:
            yield from child.all()


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A token of a line of text, with the line of the file it stands on, counted from 1, and how it is set."""

    token: Token
    line: int
    strong: bool
    emphasis: bool
    href: str

    @property
    def is_code(self) -> bool:
        return self.token.type == "code_inline"

    @property
    def text(self) -> str:
        return " " if self.token.type in ("softbreak", "hardbreak") else self.token.content

    @property
    def is_blank(self) -> bool:
        return not self.is_code and not self.text.strip()


class Parser:
    """CommonMark, as GitHub reads it; made once for a file."""

    def __init__(self) -> None:
        self._markdown = MarkdownIt("commonmark")

    def parse(self, text: str, *, first: int = 0) -> list[Block]:
        """The top blocks of a text whose first line is line `first` of the file."""
        root: list[Block] = []
        open_blocks = [root]
        for token in self._markdown.parse(text):
            if token.nesting < 0:
                open_blocks.pop()
                continue
            begin, end = token.map or (0, 0)
            block = Block(token=token, first=first + begin, last=first + end)
            open_blocks[-1].append(block)
            if token.nesting > 0:
                open_blocks.append(block.children)
        return root


def pieces(block: Block) -> list[Piece]:
    """The pieces of a heading's or paragraph's text, in order."""
    found: list[Piece] = []
    strong = emphasis = 0
    line, href = block.first + 1, ""
    for token in block.inline:
        match token.type:
            case "strong_open" | "strong_close":
                strong += token.nesting
            case "em_open" | "em_close":
                emphasis += token.nesting
            case "link_open":
                href = str(token.attrGet("href") or "")
            case "link_close":
                href = ""
            case _:
                found.append(Piece(token=token, line=line, strong=strong > 0, emphasis=emphasis > 0, href=href))
        line += token.type in ("softbreak", "hardbreak")
    return found


def spans(line: Sequence[Piece]) -> Line:
    """Pieces as a line of a message: blanks are collapsed, neighbours set alike are joined."""
    joined: list[tuple[Piece, str]] = []
    for piece in line:
        if joined and _alike(joined[-1][0], piece):
            joined[-1] = (piece, joined[-1][1] + piece.text)
        else:
            joined.append((piece, piece.text))
    texts = [BLANKS.sub(" ", text) for _, text in joined]
    return tuple(_span(piece, text) for (piece, _), text in zip(joined, _trimmed(texts), strict=True) if text)


def plain(line: Sequence[Piece]) -> str:
    """The text of pieces without any markup."""
    return BLANKS.sub(" ", "".join(piece.text for piece in line)).strip()


def without_box(line: list[Piece]) -> tuple[bool, list[Piece]]:
    """Whether a list item begins with a box to tick (`[ ]`, `[x]`), and its pieces without the box."""
    if not line or line[0].token.type != "text" or not (box := BOX.match(line[0].token.content)):
        return False, line
    rest = line[0].token.copy(content=line[0].token.content[box.end() :])
    return True, [Piece(token=rest, line=line[0].line, strong=False, emphasis=False, href=""), *line[1:]]


def _alike(one: Piece, other: Piece) -> bool:
    if one.is_code or other.is_code:
        return False
    return (one.strong, one.emphasis, one.href) == (other.strong, other.emphasis, other.href)


def _trimmed(texts: list[str]) -> list[str]:
    """Without blanks at the ends and without two in a row where something was left out between."""
    for number in range(len(texts)):
        if number == 0 or texts[number - 1].endswith(" ") or not texts[number - 1]:
            texts[number] = texts[number].lstrip()
    for number in reversed(range(len(texts))):
        texts[number] = texts[number].rstrip()
        if texts[number]:
            break
    return texts


def _span(piece: Piece, text: str) -> Span:
    if piece.is_code:
        return Code(text=text)
    if piece.href.startswith(("https://", "http://")):
        return Link(url=piece.href, label=text)
    if piece.strong:
        return Bold(text=text)
    return Italic(text=text) if piece.emphasis else text
