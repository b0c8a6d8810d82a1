"""Reads PromQL; what Prometheus would not read is refused with 400, what only Prometheus evaluates with 422."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sandbox.prometheus.expression import (
    AGGREGATIONS,
    OVER_A_WINDOW,
    QUANTILE,
    Aggregate,
    Arithmetic,
    Call,
    Expression,
    Matcher,
    Number,
    Selection,
    bad,
    beyond,
    is_number,
)
from sandbox.prometheus.token import Token, seconds_of, string_of, tokens

Part = TypeVar("Part")
END = Token(kind="end", text="end of input")
ELSEWHERE = re.compile(
    r"abs|absent|changes|clamp(_max|_min)?|ceil|day_of_(month|week)|days_in_month|delta|deriv|exp|floor|holt_winters|hour"
    r"|idelta|irate|label_(join|replace)|ln|log10|log2|minute|month|predict_linear|resets|round|scalar|sgn|sort(_desc)?"
    r"|sqrt|time|timestamp|vector|year|(absent|count|last|present|quantile|stddev|stdvar)_over_time"
    r"|topk|bottomk|quantile|stddev|stdvar|count_values|group"
)
"""Functions and aggregations that Prometheus has, and the practice ground has not."""
OPERATORS = frozenset({"%", "^", "==", "!=", "<", "<=", ">", ">=", "and", "or", "unless", "bool", "on", "ignoring"})
GROUPINGS = ("by", "without")
NUMBERS = {"inf": float("inf"), "nan": float("nan")}


def parsed(text: str) -> Expression:
    """The expression that a text is; raises Refusal."""
    reader = _Reader(list(tokens(text)))
    if reader.next.kind == "end":
        raise bad("parse error: no expression found in input")
    expression = reader.sum()
    if reader.next.text in OPERATORS:
        raise beyond(f"the operator {reader.next.text}")
    reader.take("end")
    if isinstance(expression, Selection) and expression.window is not None:
        raise beyond("a window without a function")
    return expression


class _Reader:
    """Goes through the words, one by one."""

    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._place = 0

    @property
    def next(self) -> Token:
        return self._words[self._place] if self._place < len(self._words) else END

    def take(self, *wanted: str) -> Token:
        """The next word, which must be one of the signs or kinds wanted."""
        word = self.next
        said = word.text if word.kind == "sign" or word.text in GROUPINGS else word.kind
        if said not in wanted and word.kind not in wanted:
            raise bad(f"parse error: unexpected {word.text!r}, expected {' or '.join(wanted)}")
        self._place += 1
        return word

    def sum(self) -> Expression:
        return self._chain(self._product, "+", "-")

    def _product(self) -> Expression:
        return self._chain(self._unary, "*", "/")

    def _chain(self, part: Callable[[], Expression], *signs: str) -> Expression:
        left = part()
        while self.next.kind == "sign" and self.next.text in signs:
            sign = self.take("sign").text
            if self.next.text in OPERATORS:
                raise beyond(f"the modifier {self.next.text}")
            left = Arithmetic(sign=sign, left=left, right=part())
        return left

    def _unary(self) -> Expression:
        if self.next.text in {"-", "+"}:
            sign = self.take("sign").text
            inside = self._unary()
            return Arithmetic(sign="*", left=Number(value=-1.0), right=inside) if sign == "-" else inside
        return self._modified(self._primary())

    def _primary(self) -> Expression:
        word = self.take("number", "name", "(", "{")
        if word.kind == "number":
            return Number(value=float(int(word.text, 16)) if word.text.startswith("0x") else float(word.text))
        if word.text == "(":
            inside = self.sum()
            if self.next.text in OPERATORS:
                raise beyond(f"the operator {self.next.text}")
            self.take(")")
            return inside
        if word.text == "{":
            raise beyond("a selector without a metric's name")
        return self._named(word.text)

    def _named(self, name: str) -> Expression:
        lowered = name.lower()
        if lowered in AGGREGATIONS and self.next.text in {"(", *GROUPINGS}:
            return self._aggregate(lowered)
        if self.next.text == "(" or (ELSEWHERE.fullmatch(lowered) and self.next.text in GROUPINGS):
            return self._call(name)
        if lowered in NUMBERS:
            return Number(value=NUMBERS[lowered])
        return Selection(metric=name, matchers=self._matchers() if self.next.text == "{" else ())

    def _aggregate(self, how: str) -> Expression:
        grouping = self._grouping()
        self.take("(")
        inside = self._vector(self.sum(), how)
        self.take(")")
        labels, without = grouping or self._grouping() or ((), False)
        return Aggregate(how=how, of=inside, labels=labels, without=without)

    def _grouping(self) -> tuple[tuple[str, ...], bool] | None:
        if self.next.text not in GROUPINGS:
            return None
        without = self.take(*GROUPINGS).text == "without"
        self.take("(")
        labels = self._several(lambda: self.take("name").text, ")")
        return tuple(labels), without

    def _call(self, name: str) -> Expression:
        if ELSEWHERE.fullmatch(name.lower()):
            raise beyond(f"the function {name}")
        if name not in {*OVER_A_WINDOW, QUANTILE}:
            raise bad(f'parse error: unknown function with name "{name}"')
        self.take("(")
        arguments = tuple(self._several(self.sum, ")"))
        if name == QUANTILE:
            self._quantile_of(arguments)
        elif len(arguments) != 1 or not isinstance(arguments[0], Selection) or arguments[0].window is None:
            raise bad(f'parse error: expected type range vector in call to function "{name}"')
        return Call(function=name, arguments=arguments)

    def _quantile_of(self, arguments: tuple[Expression, ...]) -> None:
        if len(arguments) != 2 or not is_number(arguments[0]):
            raise bad(f'parse error: expected 2 argument(s) in call to "{QUANTILE}"')
        self._vector(arguments[1], QUANTILE)

    def _vector(self, expression: Expression, where: str) -> Expression:
        if is_number(expression) or (isinstance(expression, Selection) and expression.window is not None):
            raise bad(f"parse error: expected type instant vector in {where}")
        return expression

    def _matchers(self) -> tuple[Matcher, ...]:
        self.take("{")
        return tuple(self._several(self._matcher, "}"))

    def _matcher(self) -> Matcher:
        label = self.take("name").text
        how = self.take("=", "!=", "=~", "!~").text
        return Matcher(label=label, how=how, value=string_of(self.take("string")))

    def _several(self, part: Callable[[], Part], end: str) -> list[Part]:
        found: list[Part] = []
        while self.next.text != end:
            found.append(part())
            if self.next.text != end:
                self.take(",")
        self.take(end)
        return found

    def _modified(self, expression: Expression) -> Expression:
        """With its window and offset, if there are any."""
        if self.next.text == "[":
            expression = self._windowed(expression)
        if self.next.text == "offset":
            self.take("name")
            if not isinstance(expression, Selection):
                raise bad("parse error: offset modifier must be preceded by an instant vector selector")
            ago = self._length(-1.0 if self._skip("-") else 1.0)
            expression = replace(expression, ago=ago)
        if self.next.text == "@":
            raise beyond("the modifier @")
        return expression

    def _windowed(self, expression: Expression) -> Expression:
        self.take("[")
        window = self._length(1.0)
        if self.next.text == ":":
            raise beyond("a subquery")
        self.take("]")
        if not isinstance(expression, Selection) or expression.window is not None:
            raise bad("parse error: ranges only allowed for vector selectors")
        return replace(expression, window=window)

    def _length(self, sign: float) -> float:
        length = seconds_of(self.take("duration"))
        if not length:
            raise bad("parse error: duration must be greater than 0")
        return sign * length

    def _skip(self, sign: str) -> bool:
        if self.next.text != sign:
            return False
        self.take("sign")
        return True
