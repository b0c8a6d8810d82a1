"""Percentiles are those of the merged distribution; the numbers are those of facts that were found by experiment."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.metric_query import Measure
from sandbox.google.aggregation import Distribution, aligned, merged, reduced
from sandbox.google.metrics import Kind, Measured
from sandbox.google.wire import Refusal
from sandbox.world.histogram import LATENCY_BOUNDS, lognormal_parts
from sandbox.world.series import WorldPoint, WorldSeries

AT = datetime(2026, 3, 2, 14, tzinfo=UTC).timestamp()
STEP = timedelta(minutes=5).total_seconds()
TO_P95 = math.exp(1.645 * 0.55)
"""How much more than the median p95 is."""


def revision(requests: int, p95: float) -> Measured:
    """The answer times of a revision that had so many requests in one step."""
    buckets = tuple(round(requests * part) for part in lognormal_parts(p95 / TO_P95))
    point = WorldPoint(at=AT, value=float(sum(buckets)), buckets=buckets)
    series = WorldSeries(measure=Measure.REQUEST_LATENCY, of="api", labels={}, points=(point,), bounds=LATENCY_BOUNDS)
    return Measured(metric="", kind=Kind.DISTRIBUTION, resource="", labels={}, series=series)


def put_together(aligner: str, reducer: str) -> float:
    """10,000 requests with a p95 of 191 ms, and a hundred with one of 2,937 ms."""
    both = [revision(10_000, 191), revision(100, 2_937)]
    found = reduced([aligned(each, aligner, until=AT, step=STEP) for each in both], reducer)[AT]
    assert isinstance(found, float)
    return found


def test_a_few_slow_requests_hardly_move_the_merged_percentile() -> None:
    assert put_together("ALIGN_DELTA", "REDUCE_PERCENTILE_95") == pytest.approx(195, rel=0.05)


def test_the_percentile_of_percentiles_would_be_far_off() -> None:
    assert put_together("ALIGN_PERCENTILE_95", "REDUCE_PERCENTILE_95") == pytest.approx(2_799, rel=0.1)
    assert put_together("ALIGN_PERCENTILE_95", "REDUCE_PERCENTILE_50") == pytest.approx(1_564, rel=0.1)


COUNTS = st.lists(st.integers(0, 1000), min_size=4, max_size=4).filter(any)
BOUNDS = (10.0, 100.0, 1000.0)


@given(st.lists(COUNTS, min_size=1, max_size=4), st.sampled_from([0.05, 0.5, 0.95, 0.99]))
def test_a_merged_percentile_lies_between_those_of_its_parts(counts: list[list[int]], part: float) -> None:
    parts = [Distribution(counts=tuple(each), bounds=BOUNDS) for each in counts]
    every = merged(parts)

    assert every.count == sum(each.count for each in parts)
    alone = [each.percentile(part) for each in parts]
    assert min(alone) - 1e-6 <= every.percentile(part) <= max(alone) + 1e-6


@given(COUNTS)
def test_percentiles_never_fall(counts: list[int]) -> None:
    distribution = Distribution(counts=tuple(counts), bounds=BOUNDS)
    found = [distribution.percentile(part) for part in (0.05, 0.5, 0.95, 0.99)]

    assert found == sorted(found)
    assert found[0] >= 0
    assert found[-1] <= BOUNDS[-1]


def test_nothing_at_all_is_no_number() -> None:
    nothing = Distribution(counts=(0, 0, 0, 0), bounds=BOUNDS)

    assert math.isnan(nothing.percentile(0.95))
    assert math.isnan(nothing.mean)


def test_a_distribution_has_no_greatest_number_that_a_reducer_could_find() -> None:
    with pytest.raises(Refusal):
        put_together("ALIGN_DELTA", "REDUCE_MAX")
