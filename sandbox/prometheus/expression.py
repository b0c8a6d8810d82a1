"""Expressions of PromQL, as far as the practice ground evaluates them, and how what cannot be evaluated is refused."""

from dataclasses import dataclass
from typing import TypeAlias


class Refusal(Exception):
    """A question that is refused, with Prometheus's kind of error and HTTP status."""

    def __init__(self, status: int, kind: str, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.kind = kind
        self.error = error


def bad(error: str) -> Refusal:
    """It is no PromQL, or the parameters are wrong."""
    return Refusal(400, "bad_data", error)


def beyond(what: str) -> Refusal:
    """It is PromQL, and more of it than there is here."""
    return Refusal(422, "execution", f"the practice ground does not evaluate {what}")


@dataclass(frozen=True, kw_only=True)
class Number:
    value: float


@dataclass(frozen=True, kw_only=True)
class Matcher:
    """A condition on a label; `how` is =, !=, =~ or !~."""

    label: str
    how: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Series of a metric; with a `window` (seconds) their samples in it, `ago` seconds before."""

    metric: str
    matchers: tuple[Matcher, ...]
    window: float | None = None
    ago: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Call:
    function: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    """One series of many: `labels` are those that stay, or those that go when `without`."""

    how: str
    of: "Expression"
    labels: tuple[str, ...] = ()
    without: bool = False


@dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """Two sides and + - * or / between them."""

    sign: str
    left: "Expression"
    right: "Expression"


Expression: TypeAlias = Number | Selection | Call | Aggregate | Arithmetic

OVER_A_WINDOW = ("rate", "increase", "max_over_time", "min_over_time", "avg_over_time", "sum_over_time")
QUANTILE = "histogram_quantile"
AGGREGATIONS = ("sum", "max", "min", "avg", "count")


def is_number(expression: Expression) -> bool:
    """Whether it is a plain number rather than series."""
    match expression:
        case Number():
            return True
        case Arithmetic(left=left, right=right):
            return is_number(left) and is_number(right)
        case _:
            return False
