"""What is measured of the platform, under Cloud Monitoring's names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from types import MappingProxyType

from bot.domain.metric_query import Measure
from sandbox.world.platform import Platform
from sandbox.world.series import WorldSeries
from sandbox.world.spec import PROJECT, REGION

CACHE = "agent-marketplace-cache"
FINEST = 300.0
"""Seconds; within a longer step a level is looked at several times, so that its peak is seen."""
MOST_LOOKS = 12


class Kind(Enum):
    """What sort of numbers a metric has."""

    DISTRIBUTION = auto()
    COUNT = auto()
    LEVEL = auto()
    CHECK = auto()


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric: the measure behind it, and where each of the world's labels goes."""

    measure: Measure
    kind: Kind
    resource: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A series as Cloud Monitoring keeps it: `labels` by their path, such as resource.labels.service_name."""

    metric: str
    kind: Kind
    resource: str
    labels: Mapping[str, str]
    series: WorldSeries

    @property
    def record(self) -> Mapping[str, str]:
        """What filters see of it."""
        return {"metric.type": self.metric, "resource.type": self.resource, **self.labels}


def _run(measure: Measure, kind: Kind, labels: Mapping[str, str] = MappingProxyType({})) -> Metric:
    every = {"revision": "resource.labels.revision_name", **labels}
    return Metric(measure=measure, kind=kind, resource="cloud_run_revision", labels=every)


def _sql(measure: Measure, kind: Kind = Kind.LEVEL) -> Metric:
    return Metric(measure=measure, kind=kind, resource="cloudsql_database")


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "run.googleapis.com/request_latencies": _run(Measure.REQUEST_LATENCY, Kind.DISTRIBUTION),
        "run.googleapis.com/request_count": _run(
            Measure.REQUEST_COUNT,
            Kind.COUNT,
            {"class": "metric.labels.response_code_class", "code": "metric.labels.response_code"},
        ),
        "run.googleapis.com/container/cpu/utilizations": _run(Measure.CPU, Kind.DISTRIBUTION),
        "run.googleapis.com/container/memory/utilizations": _run(Measure.MEMORY, Kind.DISTRIBUTION),
        "run.googleapis.com/container/instance_count": _run(
            Measure.INSTANCES, Kind.LEVEL, {"state": "metric.labels.state"}
        ),
        "run.googleapis.com/container/startup_latencies": _run(Measure.STARTUP_LATENCY, Kind.DISTRIBUTION),
        "run.googleapis.com/container/network/sent_bytes_count": _run(Measure.SENT_BYTES, Kind.COUNT),
        "run.googleapis.com/container/network/received_bytes_count": _run(Measure.RECEIVED_BYTES, Kind.COUNT),
        "logging.googleapis.com/log_entry_count": _run(
            Measure.LOG_ENTRIES, Kind.COUNT, {"severity": "metric.labels.severity", "log": "metric.labels.log"}
        ),
        "monitoring.googleapis.com/uptime_check/check_passed": _run(
            Measure.UPTIME, Kind.CHECK, {"location": "metric.labels.checker_location"}
        ),
        "redis.googleapis.com/stats/cache_hit_ratio": Metric(
            measure=Measure.CACHE_HIT_RATIO, kind=Kind.LEVEL, resource="redis_instance"
        ),
        "cloudsql.googleapis.com/database/up": _sql(Measure.DATABASE_UP),
        "cloudsql.googleapis.com/database/cpu/utilization": _sql(Measure.DATABASE_CPU),
        "cloudsql.googleapis.com/database/memory/utilization": _sql(Measure.DATABASE_MEMORY),
        "cloudsql.googleapis.com/database/disk/utilization": _sql(Measure.DATABASE_DISK),
        "cloudsql.googleapis.com/database/disk/bytes_used": _sql(Measure.DATABASE_DISK_BYTES),
        "cloudsql.googleapis.com/database/postgresql/num_backends": _sql(Measure.DATABASE_CONNECTIONS),
        "cloudsql.googleapis.com/database/postgresql/transaction_count": _sql(
            Measure.DATABASE_TRANSACTIONS, Kind.COUNT
        ),
        "cloudsql.googleapis.com/database/replication/replica_lag": _sql(Measure.REPLICA_LAG),
    }
)


def measured(
    platform: Platform, name: str, wanted: Mapping[str, str], *, since: datetime, until: datetime, step: timedelta
) -> Iterator[Measured]:
    """The series of a metric, of everything that may have the labels that are `wanted`."""
    metric = METRICS[name]
    for of, labels in _resources(platform, metric):
        if any(labels.get(path, value) != value for path, value in wanted.items()):
            continue
        for series in platform.series(metric.measure, of, since=since, until=until, step=_finer(metric, step)):
            own = {metric.labels[label]: value for label, value in series.labels.items() if label in metric.labels}
            yield Measured(
                metric=name, kind=metric.kind, resource=metric.resource, labels={**labels, **own}, series=series
            )


def _finer(metric: Metric, step: timedelta) -> timedelta:
    """The step in which a metric is looked at: counts and distributions are whole anyway."""
    if metric.kind is not Kind.LEVEL or step.total_seconds() <= FINEST:
        return step
    return step / min(MOST_LOOKS, int(step.total_seconds() / FINEST))


def _resources(platform: Platform, metric: Metric) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Whatever is measured, by its name here, with the labels of its resource."""
    match metric.resource:
        case "cloudsql_database":
            for name, instance in platform.state().instances.items():
                if instance.primary or metric.measure is not Measure.REPLICA_LAG:
                    yield name, _labels({"database_id": f"{PROJECT}:{name}", "region": REGION})
        case "redis_instance":
            name = f"projects/{PROJECT}/locations/{REGION}/instances/{CACHE}"
            yield CACHE, _labels({"instance_id": name, "region": REGION})
        case _:
            for service in platform.services:
                yield service, _labels({"service_name": service, "configuration_name": service, "location": REGION})


def _labels(labels: Mapping[str, str]) -> Mapping[str, str]:
    return {f"resource.labels.{name}": value for name, value in {"project_id": PROJECT, **labels}.items()}
