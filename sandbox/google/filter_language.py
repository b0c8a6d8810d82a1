"""The language of Google's filters, as far as the bot speaks it: read properly, and refused where it is not understood.

`OR` binds tighter than `AND`, comparisons side by side are joined by `AND`, texts are equal whatever their case.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import grpc

from sandbox.google.wire import Refusal

SEVERITIES = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")
LONGEST = 20_000
DEEPEST = 50
TOKEN = re.compile(
    r'\s+|(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<sign>>=|<=|!=|=~|!~|[=><:])|(?P<mark>[()])|(?P<word>[^\s()"=<>!~:\\]+)'
)
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
PLAIN = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'"}
PATH = re.compile(r"[A-Za-z_@][\w@/.-]*")
FUNCTIONS: Mapping[str, Callable[[str, str], bool]] = {
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "has_substring": str.__contains__,
}
JOINTS = ("AND", "OR", "NOT")
Ordinal = tuple[float, str]
"""What can be put in order: numbers by themselves, texts among each other."""
ORDERS: Mapping[str, Callable[[Ordinal, Ordinal], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}

Record = Mapping[str, object]
"""What is filtered: texts, numbers and moments by their path."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A field against a value; `function` is what is asked of the value, if anything is."""

    path: str
    sign: str
    value: str
    function: str = ""


@dataclass(frozen=True)
class Every:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Some:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Negated:
    part: "Node"


Node = Comparison | Every | Some | Negated


@dataclass(frozen=True, kw_only=True)
class Token:
    kind: str
    says: str


def parse(text: str) -> Node:
    """The meaning of a filter; an empty one lets everything through."""
    if len(text) > LONGEST:
        raise _unparseable(f"it is longer than {LONGEST} characters")
    tokens = list(_tokens(text))
    if not tokens:
        return Every(())
    reader = _Reader(tokens)
    found = reader.all_of(0)
    reader.expect_end()
    return found


def comparisons(node: Node) -> Iterator[Comparison]:
    """Everything that is compared anywhere in a filter."""
    match node:
        case Comparison():
            yield node
        case Negated():
            yield from comparisons(node.part)
        case Every() | Some():
            for part in node.parts:
                yield from comparisons(part)


def holds(node: Node, record: Record) -> bool:
    """Whether something passes the filter."""
    match node:
        case Every():
            return all(holds(part, record) for part in node.parts)
        case Some():
            return any(holds(part, record) for part in node.parts)
        case Negated():
            return not holds(node.part, record)
        case Comparison():
            return _compared(node, record.get(node.path))


def may_hold(node: Node, known: Record) -> bool:
    """Whether something of which only a part is known may pass the filter."""
    return _likely(node, known) is not False


def _likely(node: Node, known: Record) -> bool | None:
    """Whether it passes, or None when that depends on what is not known."""
    match node:
        case Comparison():
            return _compared(node, known[node.path]) if node.path in known else None
        case Negated():
            inner = _likely(node.part, known)
            return None if inner is None else not inner
        case Every():
            parts = {_likely(part, known) for part in node.parts}
            return False if False in parts else None if None in parts else True
        case Some():
            parts = {_likely(part, known) for part in node.parts}
            return True if True in parts else None if None in parts else False


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            raise _unparseable(f"{text[place : place + 10]!r} at {place}")
        place = found.end()
        if found.lastgroup:
            yield Token(kind=found.lastgroup, says=found[0])


class _Reader:
    """Reads tokens one after the other."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def all_of(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise _unparseable("it is nested too deeply")
        parts = [self._any_of(depth)]
        while self._peek() not in {None, Token(kind="mark", says=")")}:
            self._took("word", "AND")
            parts.append(self._any_of(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def expect_end(self) -> None:
        if (token := self._peek()) is not None:
            raise _unparseable(f"{token.says!r} is one too many")

    def _any_of(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._took("word", "OR"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _one(self, depth: int) -> Node:
        if self._took("word", "NOT"):
            return Negated(self._one(depth + 1))
        if self._took("mark", "("):
            found = self.all_of(depth + 1)
            self._next("mark", ")")
            return found
        return self._comparison()

    def _comparison(self) -> Comparison:
        path = self._next("word").says
        if not PATH.fullmatch(path) or path in JOINTS:
            raise _unparseable(f"{path!r} is no field")
        sign = self._next("sign").says
        value = self._next("text", "word")
        if value.kind == "text":
            return Comparison(path=path, sign=sign, value=_unquoted(value.says))
        if value.says in FUNCTIONS and self._took("mark", "("):
            inner = self._next("text")
            self._next("mark", ")")
            return Comparison(path=path, sign=sign, value=_unquoted(inner.says), function=value.says)
        if value.says in JOINTS:
            raise _unparseable(f"{value.says!r} is no value")
        return Comparison(path=path, sign=sign, value=value.says)

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _took(self, kind: str, says: str) -> bool:
        taken = self._peek() == Token(kind=kind, says=says)
        self._at += taken
        return taken

    def _next(self, *wanted: str) -> Token:
        """The next token, of a wanted kind or saying just that."""
        token = self._peek()
        if token is None or not ({token.kind, token.says} & set(wanted)):
            raise _unparseable(f"{token.says!r} is not expected there" if token else "it ends too early")
        self._at += 1
        return token


def _unquoted(text: str) -> str:
    return ESCAPE.sub(_unescaped, text[1:-1])


def _unescaped(found: re.Match[str]) -> str:
    escape = found[1]
    if escape[0] in "ux" and len(escape) > 1:
        return chr(int(escape[1:], 16))
    if escape not in PLAIN:
        raise _unparseable(f"\\{escape} is no escape")
    return PLAIN[escape]


def _compared(comparison: Comparison, found: object) -> bool:
    """How Google compares: what is not there equals nothing, and is unequal to everything."""
    value, sign = comparison.value, comparison.sign
    if found is None:
        return sign in {"!=", "!~"}
    if sign == ":":
        return value == "*" or value.lower() in str(found).lower()
    if sign in {"=~", "!~"}:
        return (re.search(value, str(found)) is not None) == (sign == "=~")
    if comparison.function:
        return FUNCTIONS[comparison.function](str(found), value) == (sign == "=")
    return ORDERS[sign](*_comparable(comparison.path, found, value))


def _comparable(path: str, found: object, value: str) -> tuple[Ordinal, Ordinal]:
    """Both sides as things of the same kind."""
    if path == "severity":
        return (_rank(str(found)), ""), (_rank(value.upper()), "")
    try:
        if isinstance(found, datetime):
            return (found.timestamp(), ""), (datetime.fromisoformat(value).timestamp(), "")
        if isinstance(found, int | float):
            return (float(found), ""), (float(value), "")
    except ValueError:
        raise _unparseable(f"{value!r} cannot be compared with {path}") from None
    return (0.0, str(found).lower()), (0.0, value.lower())


def _rank(severity: str) -> float:
    if severity not in SEVERITIES:
        raise _unparseable(f"{severity!r} is no severity")
    return float(SEVERITIES.index(severity))


def _unparseable(why: str) -> Refusal:
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"Unparseable filter: {why}.")
