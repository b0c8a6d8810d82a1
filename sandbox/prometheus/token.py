"""The words of PromQL: names, numbers, strings, durations and signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.prometheus.expression import bad

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
PATTERN = re.compile(
    r"""
      (?P<space>\s+|\#[^\n]*)
    | (?P<duration>(?:\d+(?:ms|[smhdwy]))+\b)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\b|0x[0-9a-fA-F]+\b)
    | (?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
    | (?P<sign>=~|!~|!=|==|<=|>=|[-+*/%^(){}\[\],=<>@:])
    """,
    re.VERBOSE,
)
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)
SHORT = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


@dataclass(frozen=True, kw_only=True)
class Token:
    kind: str
    text: str


def tokens(expression: str) -> Iterator[Token]:
    """The words in order; raises Refusal where there is none."""
    place = 0
    while place < len(expression):
        found = PATTERN.match(expression, place)
        if found is None or found.lastgroup is None:
            raise bad(f"parse error: unexpected character: {expression[place]!r} at char {place + 1}")
        if found.lastgroup != "space":
            yield Token(kind=found.lastgroup, text=found[0])
        place = found.end()


def string_of(token: Token) -> str:
    """What a string stands for."""
    inside = token.text[1:-1]
    return inside if token.text[0] == "`" else ESCAPE.sub(_unescaped, inside)


def seconds_of(token: Token) -> float:
    """How long a duration is."""
    return sum(int(amount) * UNITS[unit] for amount, unit in re.findall(r"(\d+)(ms|[smhdwy])", token.text))


def _unescaped(found: re.Match[str]) -> str:
    for digits, base in zip(found.groups()[:4], (16, 16, 16, 8), strict=True):
        if digits:
            return chr(int(digits, base))
    if found[5] in SHORT:
        return SHORT[found[5]]
    if found[5] in {"\\", '"', "'"}:
        return found[5]
    raise bad("parse error: unknown escape sequence")
