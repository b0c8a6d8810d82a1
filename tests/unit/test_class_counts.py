"""Ratios of requests by the class of their answers: nothing at all is no data, and never zero."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.evidence.class_counts import Counts

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=2)


@given(st.lists(st.tuples(st.sampled_from(["2xx", "4xx", "5xx"]), st.integers(0, 1000)), min_size=1, max_size=30))
def test_the_parts_of_all_classes_make_the_whole(said: Sequence[tuple[str, int]]) -> None:
    by_class: dict[str, dict[datetime, float]] = {}
    for place, (kind, number) in enumerate(said):
        by_class.setdefault(kind, {})[NOW - timedelta(minutes=place)] = float(number)
    counts = Counts(by_class=by_class)
    ratios = [counts.ratio(kind, since=BEFORE) for kind in by_class]
    if counts.all(since=BEFORE):
        assert sum(each or 0.0 for each in ratios) == pytest.approx(1)
    else:
        assert ratios == [None] * len(by_class)
    assert sum(point.value for point in counts.totals()) == counts.all(since=BEFORE)


def test_a_class_that_is_never_counted_beside_others_was_none() -> None:
    assert Counts(by_class={"2xx": {NOW: 10.0}}).ratio("5xx", since=BEFORE) == 0


def test_nothing_at_all_is_no_data() -> None:
    assert Counts(by_class={}).ratio("5xx", since=BEFORE) is None
    assert Counts(by_class={"2xx": {NOW: 0.0}}).ratio("5xx", since=BEFORE) is None
