"""Reads YAML as its author meant it: values are the text that stands there, and mistakes know their line.

YAML's own types are left out on purpose: it reads `17:00` as 1020 and `NO` as false. Anchors, tags and several
documents in one file are refused; nobody needs them here, and they can be made to grow without bound.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeAlias, TypeVar

import yaml

Loader: TypeAlias = type[yaml.SafeLoader] | type[yaml.CSafeLoader]

FAST: Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""LibYAML's, twenty times as fast; PyYAML may have been built without it."""

MOST = 200_000
"""Characters of a file; far more than anybody writes, far less than hurts."""
DEEPEST = 12
"""Levels of nesting; likewise."""

Value = TypeVar("Value")
Other = TypeVar("Other")


@dataclass(frozen=True, kw_only=True)
class Mistakes:
    """Collects what is wrong with a file, so that all of it can be told at once."""

    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, sentence: str) -> None:
        """Note a mistake, once."""
        if (line, sentence) not in self.found:
            self.found.append((line, sentence))

    def sentences(self, file: str) -> list[str]:
        """All mistakes, in the order of their lines."""
        return [f"{file}:{line}: {sentence}" for line, sentence in sorted(self.found)]


class Section:
    """A mapping of the file; reading a wrong value notes the mistake and returns what stands in for it.

    `close` must be called last: it notes the keys that nobody asked for.
    """

    def __init__(self, node: yaml.Node | None, path: str, line: int, mistakes: Mistakes) -> None:
        self.path = path
        self.line = line
        self._mistakes = mistakes
        self._entries: dict[str, tuple[int, yaml.Node]] = {}
        self._asked: dict[str, None] = {}
        if isinstance(node, yaml.MappingNode):
            self._take(node)
        elif node is not None and not _empty(node):
            self.wrong(line, f"{self._called()} must be a list of `key: value` lines.")

    def required(self, key: str, read: Callable[[str], Value], instead: Value) -> Value:
        """A value that must be there."""
        if self._node(key) is None:
            self.wrong(self.line, f"{self.name(key)} is missing; add it.")
            return instead
        return self.value(key, read, instead)

    def value(self, key: str, read: Callable[[str], Value], default: Other) -> Value | Other:
        """A value that may be left out; `read` raises ValueError with the rest of a sentence."""
        node = self._node(key)
        return default if node is None else self._read(node, self.name(key), read, default)

    def values(self, key: str, read: Callable[[str], Value], default: tuple[Value, ...] = ()) -> tuple[Value, ...]:
        """A list, written in brackets or in lines with dashes; a single value is a list of one."""
        node = self._node(key)
        if node is None:
            return default
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        heard = (self._read(item, self.name(key), read, None) for item in items)
        return tuple(value for value in heard if value is not None)

    def section(self, key: str) -> "Section":
        """A mapping within this one; empty when it is left out."""
        return Section(self._node(key), self.name(key), self.line_of(key), self._mistakes)

    def sections(self, key: str) -> list["Section"]:
        """A list of mappings."""
        node = self._node(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(self.line_of(key), f"{self.name(key)} must be a list: each item begins with a dash.")
            return []
        return [Section(item, self.name(key), _line(item), self._mistakes) for item in node.value]

    def names(self) -> list[str]:
        """The keys that stand there, all of them welcome."""
        self._asked.update(dict.fromkeys(self._entries))
        return list(self._entries)

    def has(self, key: str) -> bool:
        """Whether the key stands there, even with an empty list."""
        return self._node(key) is not None

    def name(self, key: str) -> str:
        """What a key is called in a sentence."""
        return f"{self.path}.{key}" if self.path else key

    def line_of(self, key: str) -> int:
        """The line of a key; of the whole section when it is left out."""
        return self._entries[key][0] if key in self._entries else self.line

    def wrong(self, line: int, sentence: str) -> None:
        """Note a mistake."""
        self._mistakes.add(line, sentence)

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key, (line, _) in self._entries.items():
            if key not in self._asked:
                self.wrong(line, f"{self.name(key)} is unknown; {suggestion(key, list(self._asked))}")

    def _take(self, node: yaml.MappingNode) -> None:
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong(_line(key), "A key must be a plain word.")
            elif key.value in self._entries:
                self.wrong(_line(key), f"{self.name(key.value)} stands here a second time; keep one of them.")
            else:
                self._entries[key.value] = (_line(key), value)

    def _node(self, key: str) -> yaml.Node | None:
        self._asked[key] = None
        _, node = self._entries.get(key, (0, None))
        return None if node is None or _empty(node) else node

    def _read(self, node: yaml.Node, name: str, read: Callable[[str], Value], default: Other) -> Value | Other:
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(_line(node), f"{name} must be a single value.")
            return default
        try:
            return read(node.value.strip())
        except ValueError as error:
            self.wrong(_line(node), f"{name}: `{shortened(node.value)}` {error}")
            return default

    def _called(self) -> str:
        return self.path or "The file"


def compose(text: str, mistakes: Mistakes) -> Section:
    """The whole file as a section; a file that is no YAML is a mistake and an empty section."""
    try:
        return Section(_root(text, mistakes, FAST), "", 1, mistakes)
    except (yaml.YAMLError, UnicodeError):
        return Section(_slowly(text, mistakes), "", 1, mistakes)


def _slowly(text: str, mistakes: Mistakes) -> yaml.Node | None:
    """Read again what LibYAML refuses: PyYAML's own loader says better what is wrong."""
    try:
        return _root(text, mistakes, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        mistakes.add(mark.line + 1 if mark else 1, f"This is no YAML: {error.problem}. Look at indentation and quotes.")
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        mistakes.add(line, f"There is a character here that YAML does not allow (code {ord(text[error.position])}).")
    return None


def _root(text: str, mistakes: Mistakes, loader: Loader) -> yaml.Node | None:
    _inspect(text, mistakes, loader)
    return yaml.compose(text, Loader=loader) if not mistakes.found else None


def suggestion(word: str, known: list[str]) -> str:
    """What was probably meant, as the end of a sentence."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    more = ", …" if len(known) > 12 else ""
    return f"known are: {', '.join(known[:12])}{more}." if known else "none is known."


def shortened(text: str) -> str:
    """A value short enough for a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


def _inspect(text: str, mistakes: Mistakes, loader: Loader) -> None:
    """Refuse what could grow without bound, before anything is built from it."""
    if len(text) > MOST:
        mistakes.add(1, f"The file has more than {MOST:,} characters; is it the right one?")
        return
    depth = documents = 0
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        sentence = _refusal(event, depth, documents)
        if sentence:
            mistakes.add(_line(event), sentence)
            return


def _refusal(event: yaml.Event, depth: int, documents: int) -> str | None:
    if depth > DEEPEST:
        return f"The file is nested more than {DEEPEST} levels deep; is it the right one?"
    if documents > 1:
        return "A second document begins here; keep one in the file."
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "Anchors (&) and aliases (*) are not used here; write it out, or put the text in quotes."
    if getattr(event, "tag", None):
        return "Tags (!) are not used here; write the plain value, or put the text in quotes."
    return None


def _empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in {"", "~", "null"}


def _line(place: yaml.Node | yaml.Event) -> int:
    """Counted from one, as editors do."""
    return place.start_mark.line + 1 if place.start_mark else 1
