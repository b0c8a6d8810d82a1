"""Questions to Prometheus, built from typed parts alone: nothing that is put into one can become another question.

    runs = Selector(metric="agent_runs_total", matches=(is_("status", "success"),))
    str(total(increase(runs.over(timedelta(hours=1))), by=("agent",)))

Names of metrics and labels that cannot be any raise ValueError; values of labels are taken as they are, whatever they
hold.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
MEANS_SOMETHING = re.compile(r"[\\.+*?()|\[\]{}^$]")
"""What is no plain character in a regular expression of RE2."""
ESCAPED = {chr(code): f"\\x{code:02x}" for code in (*range(32), 127)} | {"\\": r"\\", '"': r"\""}
NOW = timedelta()


class Comparison(StrEnum):
    """How the value of a label is compared."""

    IS = "="
    IS_NOT = "!="
    AMONG = "=~"
    NOT_AMONG = "!~"


@dataclass(frozen=True, kw_only=True)
class Match:
    """A condition on a label; `value` is quoted when it is written, and a pattern for the last two comparisons."""

    label: str
    comparison: Comparison
    value: str

    def __str__(self) -> str:
        return f"{_named(LABEL, self.label)}{self.comparison}{quoted(self.value)}"


@dataclass(frozen=True, kw_only=True)
class Expression:
    """Something with one number a series at any moment. It is written with `str`."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True)
class Window:
    """The samples of a stretch of time before each moment, still to become one number."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Selector:
    """The series of one metric that meet all conditions."""

    metric: str
    matches: tuple[Match, ...] = ()

    def now(self, *, ago: timedelta = NOW) -> Expression:
        """The newest sample; `ago` looks from that long before."""
        return Expression(text=f"{self._text()}{_offset(ago)}")

    def over(self, window: timedelta, *, ago: timedelta = NOW) -> Window:
        """The samples of a window; Prometheus needs two in it to tell a rate."""
        if window <= NOW:
            raise ValueError("A window is longer than nothing.")
        return Window(text=f"{self._text()}[{_duration(window)}]{_offset(ago)}")

    def _text(self) -> str:
        inside = ",".join(map(str, self.matches))
        return f"{_named(METRIC, self.metric)}{{{inside}}}"


def is_(label: str, value: str) -> Match:
    """The label has just this value; an empty one means that it is not there."""
    return Match(label=label, comparison=Comparison.IS, value=value)


def is_not(label: str, value: str) -> Match:
    """The label has any other value, or is not there."""
    return Match(label=label, comparison=Comparison.IS_NOT, value=value)


def among(label: str, values: Sequence[str]) -> Match:
    """The label has one of these values."""
    return Match(label=label, comparison=Comparison.AMONG, value=_any_of(values))


def not_among(label: str, values: Sequence[str]) -> Match:
    """The label has none of these values."""
    return Match(label=label, comparison=Comparison.NOT_AMONG, value=_any_of(values))


def rate(window: Window) -> Expression:
    """By how much a counter grew each second."""
    return _call("rate", window.text)


def increase(window: Window) -> Expression:
    """By how much a counter grew in the window."""
    return _call("increase", window.text)


def highest_over(window: Window) -> Expression:
    """The greatest of a gauge's samples."""
    return _call("max_over_time", window.text)


def lowest_over(window: Window) -> Expression:
    """The least of a gauge's samples."""
    return _call("min_over_time", window.text)


def mean_over(window: Window) -> Expression:
    """The mean of a gauge's samples."""
    return _call("avg_over_time", window.text)


def total(expression: Expression, *, by: Sequence[str] = ()) -> Expression:
    """The sum of all series, or of those alike in the labels `by`."""
    return _aggregated("sum", expression, by)


def highest(expression: Expression, *, by: Sequence[str] = ()) -> Expression:
    """The greatest of all series, likewise."""
    return _aggregated("max", expression, by)


def lowest(expression: Expression, *, by: Sequence[str] = ()) -> Expression:
    """The least of all series, likewise."""
    return _aggregated("min", expression, by)


def mean(expression: Expression, *, by: Sequence[str] = ()) -> Expression:
    """The mean of all series, likewise."""
    return _aggregated("avg", expression, by)


def quantile(share: float, buckets: Selector, *, over: timedelta, by: Sequence[str] = ()) -> Expression:
    """A quantile of a histogram: of the merged distribution, never of quantiles. `buckets` are those of `_bucket`."""
    if not 0 <= share <= 1:
        raise ValueError("A quantile is a share from 0 to 1.")
    merged = total(rate(buckets.over(over)), by=("le", *by))
    return _call("histogram_quantile", f"{_number(share)},{merged}")


def ratio(part: Expression, whole: Expression) -> Expression:
    """One divided by the other, series by series with the same labels; no number where both are zero."""
    return Expression(text=f"({part})/({whole})")


def scaled(expression: Expression, factor: float) -> Expression:
    """Every number times a factor."""
    return Expression(text=f"({expression})*{_number(factor)}")


def quoted(value: str) -> str:
    """A value as a string of PromQL. What UTF-8 cannot write becomes a question mark."""
    value = value.encode("utf-8", "replace").decode("utf-8")
    return f'"{"".join(ESCAPED.get(character, character) for character in value)}"'


def _any_of(values: Sequence[str]) -> str:
    if not values:
        raise ValueError("One of no values is nothing that could be asked for.")
    return "|".join(MEANS_SOMETHING.sub(r"\\\g<0>", value) for value in values)


def _call(function: str, inside: str) -> Expression:
    return Expression(text=f"{function}({inside})")


def _aggregated(how: str, expression: Expression, by: Sequence[str]) -> Expression:
    grouping = f" by ({','.join(_named(LABEL, label) for label in by)})" if by else ""
    return Expression(text=f"{how}{grouping}({expression})")


def _named(form: re.Pattern[str], name: str) -> str:
    if not form.fullmatch(name):
        raise ValueError(f"{name!r} cannot be a name in Prometheus.")
    return name


def _number(number: float) -> str:
    if not math.isfinite(number):
        raise ValueError(f"{number} is no number to ask with.")
    return repr(float(number))


def _duration(length: timedelta) -> str:
    milliseconds = round(length / timedelta(milliseconds=1))
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"


def _offset(ago: timedelta) -> str:
    return f" offset {_duration(ago)}" if ago > NOW else ""
