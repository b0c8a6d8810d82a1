"""Quantiles of a histogram's buckets, as Prometheus reckons them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """How many observations, or how many a second, were not above a bound."""

    bound: float
    count: float


def quantile_of(share: float, buckets: Sequence[Bucket]) -> float:
    """The value below which that share of the observations is (bucketQuantile of promql/quantile.go)."""
    if math.isnan(share):
        return math.nan
    if not 0 <= share <= 1:
        return math.copysign(math.inf, share)
    buckets = _coalesced(buckets)
    if not buckets or buckets[-1].bound != math.inf or len(buckets) < 2 or not buckets[-1].count:
        return math.nan
    rank = share * buckets[-1].count
    place = next((place for place, each in enumerate(buckets[:-1]) if each.count >= rank), len(buckets) - 1)
    if place == len(buckets) - 1:
        return buckets[-2].bound
    if place == 0:
        bound = buckets[0].bound
        return bound if bound <= 0 else bound * (rank / buckets[0].count)
    before, inside = buckets[place - 1], buckets[place]
    part = (rank - before.count) / (inside.count - before.count)
    return before.bound + (inside.bound - before.bound) * part


def _coalesced(buckets: Sequence[Bucket]) -> list[Bucket]:
    """In order, one for each bound, and never with fewer observations than the one before."""
    counts: dict[float, float] = {}
    for bucket in sorted(buckets, key=lambda each: each.bound):
        counts[bucket.bound] = counts.get(bucket.bound, 0.0) + bucket.count
    coalesced: list[Bucket] = []
    for bound, count in counts.items():
        least = coalesced[-1].count if coalesced else -math.inf
        coalesced.append(Bucket(bound=bound, count=max(count, least)))
    return coalesced
