"""Evaluates PromQL at one moment, with the arithmetic of Prometheus 2 (promql/functions.go, promql/quantile.go)."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from sandbox.prometheus.expression import (
    QUANTILE,
    Aggregate,
    Arithmetic,
    Call,
    Expression,
    Matcher,
    Number,
    Refusal,
    Selection,
    is_number,
)
from sandbox.prometheus.growth import extrapolated
from sandbox.prometheus.histogram import Bucket, quantile_of
from sandbox.prometheus.samples import Labels, Track

LOOKBACK = 300.0
"""Seconds for which a sample stands for the present."""
NAME = "__name__"

Vector: TypeAlias = dict[Labels, float]


class Source(Protocol):
    """Where samples come from."""

    def between(self, metric: str, since: float, until: float) -> Sequence[Track]: ...


OVER_TIME: Mapping[str, Callable[[Sequence[float]], float]] = {
    "max_over_time": max,
    "min_over_time": min,
    "avg_over_time": lambda values: sum(values) / len(values),
    "sum_over_time": math.fsum,
}
REDUCED: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum,
    "max": max,
    "min": min,
    "avg": lambda values: math.fsum(values) / len(values),
    "count": len,
}


def scalar(expression: Expression) -> float:
    """The value of a plain number."""
    match expression:
        case Number(value=value):
            return value
        case Arithmetic(sign=sign, left=left, right=right):
            return reckoned(sign, scalar(left), scalar(right))
        case _:
            raise TypeError("no number")


def vector(expression: Expression, source: Source, at: float) -> Vector:
    """The series of an expression and their values at a moment; names of metrics are kept as a label."""
    match expression:
        case Selection():
            return _newest(expression, source, at)
        case Call(function=name, arguments=arguments) if name == QUANTILE:
            return _quantiles(scalar(arguments[0]), vector(arguments[1], source, at))
        case Call(function=name, arguments=(Selection() as selection,)):
            return _over(name, selection, source, at)
        case Aggregate():
            return _aggregated(expression, vector(expression.of, source, at))
        case Arithmetic():
            return _arithmetic(expression, source, at)
        case _:
            raise TypeError("no series")


def reckoned(sign: str, left: float, right: float) -> float:
    """Arithmetic as Go does it: dividing by zero is no mistake."""
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _ if right:
            return left / right
        case _:
            return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left)


def _newest(selection: Selection, source: Source, at: float) -> Vector:
    at -= selection.ago
    return {
        (*track.labels, (NAME, selection.metric)): track.values[-1]
        for track in _selected(selection, source.between(selection.metric, at - LOOKBACK, at))
    }


def _over(function: str, selection: Selection, source: Source, at: float) -> Vector:
    window, until = selection.window or 0.0, at - selection.ago
    vector: Vector = {}
    for track in _selected(selection, source.between(selection.metric, until - window, until)):
        if function in OVER_TIME:
            vector[track.labels] = OVER_TIME[function](track.values)
        elif (grown := extrapolated(track, since=until - window, until=until)) is not None:
            vector[track.labels] = grown / window if function == "rate" else grown
    return vector


def _selected(selection: Selection, tracks: Sequence[Track]) -> Sequence[Track]:
    if not selection.matchers:
        return tracks
    return [track for track in tracks if _meets(selection.matchers, dict(track.labels))]


def _meets(matchers: Sequence[Matcher], labels: Mapping[str, str]) -> bool:
    return all(_met(matcher, labels.get(matcher.label, "")) for matcher in matchers)


def _met(matcher: Matcher, value: str) -> bool:
    try:
        alike = bool(re.fullmatch(matcher.value, value)) if "~" in matcher.how else value == matcher.value
    except re.error as error:
        raise Refusal(400, "bad_data", f"error parsing regexp: {error}") from None
    return alike is not matcher.how.startswith("!")


def _quantiles(share: float, buckets: Vector) -> Vector:
    by: dict[Labels, list[Bucket]] = {}
    for labels, count in buckets.items():
        bound = dict(labels).get("le")
        if bound is not None:
            by.setdefault(_without(labels, {"le", NAME}), []).append(Bucket(bound=float(bound), count=count))
    return {labels: quantile_of(share, found) for labels, found in by.items()}


def _aggregated(aggregate: Aggregate, found: Vector) -> Vector:
    groups: dict[Labels, list[float]] = {}
    for labels, value in found.items():
        if aggregate.without:
            key = _without(labels, {*aggregate.labels, NAME})
        else:
            key = tuple((name, text) for name, text in labels if name in aggregate.labels)
        groups.setdefault(key, []).append(value)
    return {labels: float(REDUCED[aggregate.how](values)) for labels, values in groups.items()}


def _arithmetic(expression: Arithmetic, source: Source, at: float) -> Vector:
    sign, left, right = expression.sign, expression.left, expression.right
    if is_number(left):
        number = scalar(left)
        return {_nameless(labels): reckoned(sign, number, value) for labels, value in vector(right, source, at).items()}
    if is_number(right):
        number = scalar(right)
        return {_nameless(labels): reckoned(sign, value, number) for labels, value in vector(left, source, at).items()}
    one, other = _matched(vector(left, source, at)), _matched(vector(right, source, at))
    return {labels: reckoned(sign, value, other[labels]) for labels, value in one.items() if labels in other}


def _matched(found: Vector) -> Vector:
    matched = {_nameless(labels): value for labels, value in found.items()}
    if len(matched) < len(found):
        raise Refusal(422, "execution", "found duplicate series for the match group; many-to-many matching not allowed")
    return matched


def _nameless(labels: Labels) -> Labels:
    return _without(labels, {NAME})


def _without(labels: Labels, names: set[str]) -> Labels:
    return tuple((name, text) for name, text in labels if name not in names)
