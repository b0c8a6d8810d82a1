"""What Cloud Monitoring calls each measure, and how its numbers are put together.

Percentiles are those of the merged distribution (`ALIGN_DELTA`, then `REDUCE_PERCENTILE_95`). The percentile of the
services' percentiles is no percentile of anything: beside 10,000 requests with a p95 of 190 ms, a hundred slow ones
would make it 2,800 ms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from bot.domain.evidence import CouldNotLook
from bot.domain.metric_query import Aggregation, Measure
from bot.integrations.google_filter import AllOf, EndsWith, Field, Filter, same

REVISION = "resource.labels.revision_name"
STATE = "metric.labels.state"
CLASS = "metric.labels.response_code_class"
SEVERITY = "metric.labels.severity"
CHECKER = "metric.labels.checker_location"
SERVICE = "resource.labels.service_name"

Recipe = tuple[str, str]
"""How the numbers of one series become one for each step, and how those of several series become one."""


class Kind(Enum):
    """What sort of numbers a metric has, and its recipe for each aggregation that makes sense."""

    DISTRIBUTION = MappingProxyType(
        {
            Aggregation.P50: ("ALIGN_DELTA", "REDUCE_PERCENTILE_50"),
            Aggregation.P95: ("ALIGN_DELTA", "REDUCE_PERCENTILE_95"),
            Aggregation.P99: ("ALIGN_DELTA", "REDUCE_PERCENTILE_99"),
            Aggregation.MEAN: ("ALIGN_DELTA", "REDUCE_MEAN"),
            # A distribution keeps no greatest value: this is the p99 of the worst series.
            Aggregation.MAX: ("ALIGN_PERCENTILE_99", "REDUCE_MAX"),
            # A distribution has no sum that says anything: this is how many numbers it is made of.
            Aggregation.SUM: ("ALIGN_DELTA", "REDUCE_SUM"),
        }
    )
    COUNT = MappingProxyType(
        {
            Aggregation.SUM: ("ALIGN_DELTA", "REDUCE_SUM"),
            Aggregation.MEAN: ("ALIGN_DELTA", "REDUCE_MEAN"),
            Aggregation.MAX: ("ALIGN_DELTA", "REDUCE_MAX"),
        }
    )
    LEVEL = MappingProxyType(
        {
            Aggregation.SUM: ("ALIGN_MAX", "REDUCE_SUM"),
            Aggregation.MEAN: ("ALIGN_MEAN", "REDUCE_MEAN"),
            Aggregation.MAX: ("ALIGN_MAX", "REDUCE_MAX"),
        }
    )
    CHECK = MappingProxyType({Aggregation.MEAN: ("ALIGN_FRACTION_TRUE", "REDUCE_MEAN")})


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of Google's: its type, the resource it belongs to, and the labels it can be told apart by."""

    type: str
    resource: str
    of: Field
    kind: Kind
    unit: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def _of_service(
    name: str, kind: Kind, unit: str = "", *, label: tuple[str, str] | None = None, api: str = "run.googleapis.com"
) -> Metric:
    labels = {"revision": REVISION, "service": SERVICE} | (dict([label]) if label else {})
    return Metric(
        type=f"{api}/{name}", resource="cloud_run_revision", of=Field.SERVICE, kind=kind, unit=unit, labels=labels
    )


def _of_database(name: str, kind: Kind, unit: str = "") -> Metric:
    type_ = f"cloudsql.googleapis.com/database/{name}"
    return Metric(type=type_, resource="cloudsql_database", of=Field.DATABASE, kind=kind, unit=unit)


METRICS: Mapping[Measure, Metric] = MappingProxyType(
    {
        Measure.REQUEST_LATENCY: _of_service("request_latencies", Kind.DISTRIBUTION, "ms", label=("class", CLASS)),
        Measure.REQUEST_COUNT: _of_service("request_count", Kind.COUNT, label=("class", CLASS)),
        Measure.CPU: _of_service("container/cpu/utilizations", Kind.DISTRIBUTION, "%"),
        Measure.MEMORY: _of_service("container/memory/utilizations", Kind.DISTRIBUTION, "%"),
        Measure.INSTANCES: _of_service("container/instance_count", Kind.LEVEL, label=("state", STATE)),
        Measure.STARTUP_LATENCY: _of_service("container/startup_latencies", Kind.DISTRIBUTION, "ms"),
        Measure.SENT_BYTES: _of_service("container/network/sent_bytes_count", Kind.COUNT, "bytes"),
        Measure.RECEIVED_BYTES: _of_service("container/network/received_bytes_count", Kind.COUNT, "bytes"),
        Measure.LOG_ENTRIES: _of_service(
            "log_entry_count", Kind.COUNT, label=("severity", SEVERITY), api="logging.googleapis.com"
        ),
        Measure.UPTIME: Metric(
            type="monitoring.googleapis.com/uptime_check/check_passed",
            resource="uptime_url",
            of=Field.HOST,
            kind=Kind.CHECK,
            unit="%",
            labels={"location": CHECKER},
        ),
        Measure.CACHE_HIT_RATIO: Metric(
            type="redis.googleapis.com/stats/cache_hit_ratio",
            resource="redis_instance",
            of=Field.INSTANCE,
            kind=Kind.LEVEL,
            unit="%",
        ),
        Measure.DATABASE_UP: _of_database("up", Kind.LEVEL),
        Measure.DATABASE_CPU: _of_database("cpu/utilization", Kind.LEVEL, "%"),
        Measure.DATABASE_MEMORY: _of_database("memory/utilization", Kind.LEVEL, "%"),
        Measure.DATABASE_DISK: _of_database("disk/utilization", Kind.LEVEL, "%"),
        Measure.DATABASE_DISK_BYTES: _of_database("disk/bytes_used", Kind.LEVEL, "bytes"),
        Measure.DATABASE_CONNECTIONS: _of_database("postgresql/num_backends", Kind.LEVEL),
        Measure.DATABASE_TRANSACTIONS: _of_database("postgresql/transaction_count", Kind.COUNT),
        Measure.REPLICA_LAG: _of_database("replication/replica_lag", Kind.LEVEL, "s"),
    }
)


def recipe(measure: Measure, aggregation: Aggregation) -> Recipe:
    """How numbers are put together; raises `CouldNotLook` for what would be a number without a meaning."""
    found = METRICS[measure].kind.value.get(aggregation)
    if found is None:
        raise CouldNotLook(f"Cloud Monitoring knows no {aggregation} of {measure}.")
    return found


def label_path(measure: Measure, label: str) -> str:
    """Google's name of a label; raises `CouldNotLook` for one that the measure does not have."""
    labels = METRICS[measure].labels
    if label not in labels:
        raise CouldNotLook(f"Cloud Monitoring cannot tell {measure} apart by {label}; it can by {', '.join(labels)}.")
    return labels[label]


def series_filter(measure: Measure, of: str, project: str) -> Filter:
    """Which series: those of one service, database instance, host or cache, or of all when it is empty."""
    metric = METRICS[measure]
    parts: list[Filter] = [same(Field.METRIC, metric.type)]
    if metric.of is not Field.HOST or "." in of:
        parts.append(same(Field.RESOURCE, metric.resource))
    match metric.of:
        case _ if not of:
            pass
        case Field.DATABASE:
            parts.append(same(Field.DATABASE, f"{project}:{of}"))
        case Field.INSTANCE:
            parts.append(EndsWith(field=Field.INSTANCE, value=f"/instances/{of}"))
        case Field.HOST if "." not in of:
            # A check of a Cloud Run service instead of an address.
            parts.append(same(Field.SERVICE, of))
        case _:
            parts.append(same(metric.of, of))
    return AllOf(tuple(parts))
