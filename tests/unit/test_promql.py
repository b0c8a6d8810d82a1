"""Nothing that is put into a question to Prometheus can make another question of it."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.promql import (
    Match,
    Selector,
    among,
    highest_over,
    increase,
    is_,
    is_not,
    not_among,
    quantile,
    rate,
    ratio,
    scaled,
    total,
)
from sandbox.prometheus.expression import Aggregate, Call, Selection
from sandbox.prometheus.parser import parsed

HOUR = timedelta(hours=1)
RUNS = Selector(metric="agent_runs_total")
ANYTHING = st.text(max_size=40)
NASTY = st.text(alphabet="\"\\'`{}[]()|.*+?^$,=~!\n\t\0ab#", max_size=20)
"""Where a value would end, if it could."""


def inside(match: Match) -> tuple[str, str, str]:
    """The one condition of a selection, as Prometheus reads it."""
    selection = parsed(str(Selector(metric="up", matches=(match,)).now()))
    assert isinstance(selection, Selection)
    assert (selection.metric, selection.window, selection.ago) == ("up", None, 0)
    (found,) = selection.matchers
    return found.label, found.how, found.value


@given(value=ANYTHING | NASTY)
def test_a_value_arrives_as_it_is(value: str) -> None:
    assert inside(is_("agent", value)) == ("agent", "=", value)
    assert inside(is_not("agent", value)) == ("agent", "!=", value)


@given(values=st.lists(ANYTHING | NASTY, min_size=1, max_size=4))
def test_values_to_choose_from_are_no_patterns(values: list[str]) -> None:
    for match, how in ((among("agent", values), "=~"), (not_among("agent", values), "!~")):
        label, found, pattern = inside(match)
        assert (label, found) == ("agent", how)
        assert all(re.fullmatch(pattern, value) for value in values)
        assert not re.fullmatch(pattern, "somebody else") or "somebody else" in values


@given(
    value=ANYTHING | NASTY, label=st.sampled_from(["agent", "tool"]), share=st.floats(0, 1), factor=st.floats(-1e9, 1e9)
)
def test_an_expression_keeps_its_shape_whatever_is_in_it(value: str, label: str, share: float, factor: float) -> None:
    runs = Selector(metric="agent_runs_total", matches=(is_(label, value),))
    counted = total(increase(runs.over(HOUR)), by=(label,))
    expression = parsed(str(counted))
    assert isinstance(expression, Aggregate)
    assert (expression.how, expression.labels) == ("sum", (label,))
    assert isinstance(expression.of, Call)
    assert expression.of.function == "increase"
    parsed(str(ratio(scaled(counted, factor), quantile(share, runs, over=HOUR))))


@given(window=st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=400)))
def test_a_window_is_as_long_as_it_was_given(window: timedelta) -> None:
    call = parsed(str(rate(RUNS.over(window, ago=window))))
    assert isinstance(call, Call)
    (selection,) = call.arguments
    assert isinstance(selection, Selection)
    assert selection.window == pytest.approx(window.total_seconds(), abs=0.0011)
    assert selection.ago == selection.window


@given(name=st.text(max_size=12))
def test_names_are_names_or_refused(name: str) -> None:
    metric = bool(re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", name))
    label = metric and ":" not in name
    for is_name, build in (
        (metric, lambda: str(Selector(metric=name).now())),
        (label, lambda: str(Selector(metric="up", matches=(is_(name, "x"),)).now())),
        (label, lambda: str(total(RUNS.now(), by=(name,)))),
    ):
        if is_name:
            build()
        else:
            with pytest.raises(ValueError, match="cannot be a name in Prometheus"):
                build()


def test_what_cannot_be_meant_is_refused() -> None:
    for build in (
        lambda: RUNS.over(timedelta()),
        lambda: quantile(1.5, RUNS, over=HOUR),
        lambda: scaled(RUNS.now(), float("nan")),
        lambda: scaled(RUNS.now(), float("inf")),
        lambda: among("agent", ()),
    ):
        with pytest.raises(ValueError, match=r"\."):
            build()


def test_it_reads_like_promql() -> None:
    expression = total(increase(Selector(metric="agent_runs_total", matches=(is_("status", "success"),)).over(HOUR)))
    assert str(expression) == 'sum(increase(agent_runs_total{status="success"}[3600s]))'
    assert str(highest_over(RUNS.over(timedelta(milliseconds=1500), ago=HOUR))) == (
        "max_over_time(agent_runs_total{}[1500ms] offset 3600s)"
    )


def test_half_characters_become_question_marks() -> None:
    assert inside(is_("agent", "a\ud800b")) == ("agent", "=", "a?b")
