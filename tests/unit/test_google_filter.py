"""Filters of Google's: whatever somebody types stays a value, and the practice ground reads what the bot writes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.integrations.google_filter import (
    AllOf,
    AnyOf,
    Compared,
    EndsWith,
    Field,
    Filter,
    Not,
    Present,
    Sign,
    same,
    written,
)
from sandbox.google.filter_language import Comparison, Every, Negated, Node, Some, comparisons, holds, parse
from sandbox.google.wire import Refusal

NASTY = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ['" OR severity>="DEFAULT', "\\", '\\"', "a\nOR b", ")", "x\x00y", "\u2028", '" AND NOT ("', "*", "NOT"]
    ),
)
COMPARED = st.builds(
    lambda field, sign, value: Compared(field=field, sign=sign, value=value),
    st.sampled_from(Field),
    st.sampled_from(Sign),
    st.one_of(NASTY, st.integers(0, 599)),
)
LEAVES = st.one_of(
    COMPARED,
    st.builds(lambda field: Present(field=field), st.sampled_from(Field)),
    st.builds(lambda value: EndsWith(field=Field.INSTANCE, value=value), NASTY),
)
FILTERS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds(lambda part: Not(part=part), parts),
        st.builds(lambda some: AllOf(tuple(some)), st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda some: AnyOf(tuple(some)), st.lists(parts, min_size=1, max_size=3)),
    ),
    max_leaves=12,
)


def meant(what: Filter) -> Node:
    """What a filter must be read as."""
    match what:
        case Compared():
            return Comparison(path=what.field, sign=what.sign, value=str(what.value))
        case Present():
            return Comparison(path=what.field, sign=":", value="*")
        case EndsWith():
            return Comparison(path=what.field, sign="=", value=what.value, function="ends_with")
        case Not():
            return Negated(meant(what.part))
        case AllOf(parts):
            return meant(parts[0]) if len(parts) == 1 else Every(tuple(map(meant, parts)))
        case AnyOf(parts):
            return meant(parts[0]) if len(parts) == 1 else Some(tuple(map(meant, parts)))


@given(FILTERS)
def test_a_filter_is_read_as_it_was_meant_whatever_its_values_say(what: Filter) -> None:
    assert parse(written(what)) == meant(what)


@given(NASTY)
def test_nothing_that_somebody_types_changes_what_is_asked(typed: str) -> None:
    asked = AllOf((same(Field.SERVICE, typed), Compared(field=Field.SEVERITY, sign=Sign.AT_LEAST, value="ERROR")))
    read = parse(written(asked))

    assert isinstance(read, Every)
    assert [(each.path, each.sign) for each in comparisons(read)] == [
        ("resource.labels.service_name", "="),
        ("severity", ">="),
    ]
    assert not holds(read, {"resource.labels.service_name": typed, "severity": "INFO"})
    assert holds(read, {"resource.labels.service_name": typed, "severity": "ERROR"})


def test_half_a_character_becomes_a_question_mark() -> None:
    assert written(same(Field.TEXT, "a\ud800b")) == 'textPayload="a?b"'


def test_moments_are_written_in_utc_to_the_microsecond() -> None:
    moment = datetime.fromisoformat("2026-03-02T15:00:00.25+01:00")
    asked = Compared(field=Field.AT, sign=Sign.BEFORE, value=moment)

    assert written(asked) == 'timestamp<"2026-03-02T14:00:00.250000Z"'
    assert holds(parse(written(asked)), {"timestamp": datetime(2026, 3, 2, 14, tzinfo=UTC)})
    assert not holds(parse(written(asked)), {"timestamp": datetime(2026, 3, 2, 14, 1, tzinfo=UTC)})


def test_or_binds_tighter_than_and() -> None:
    read = parse('severity="ERROR" OR severity="INFO" textPayload:"boom"')

    assert not holds(read, {"severity": "ERROR", "textPayload": "fine"})
    assert holds(read, {"severity": "INFO", "textPayload": "It went BOOM."})


@pytest.mark.parametrize(
    "wrong",
    [
        'severity="ERROR',
        "severity",
        "severity>=",
        'severity="ERROR")',
        '(severity="ERROR"',
        'severity="ERROR" AND',
        "OR severity=ERROR",
        'text="a\\qb"',
        '"loose text"',
        "severity==ERROR",
        "metric.type=one_of(1, 2)",
        "(" * 60 + "a=b" + ")" * 60,
        "a=b " * 6_000,
    ],
)
def test_what_is_not_understood_is_refused(wrong: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(wrong)

    assert refused.value.code.name == "INVALID_ARGUMENT"
