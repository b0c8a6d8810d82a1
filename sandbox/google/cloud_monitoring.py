"""Cloud Monitoring as the practice ground has it: the platform's numbers, aligned, reduced and in pages."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import grpc
from google.cloud import monitoring_v3

from sandbox.google.aggregation import Distribution, Number, Points, aligned, reduced
from sandbox.google.filter_language import Comparison, Every, Node, comparisons, holds, parse
from sandbox.google.metrics import METRICS, Kind, Measured, measured
from sandbox.google.paging import paged
from sandbox.google.wire import Carried, Method, Refusal
from sandbox.world.platform import Platform
from sandbox.world.spec import PROJECT

MOST = 100_000
"""Points of a page."""
SHORTEST = timedelta(minutes=1)

Group = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A point of a series, as it stands in the list that is cut into pages."""

    measured: Measured
    group: Group
    at: float
    number: Number


class CloudMonitoring:
    """The numbers of the platform's project."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def metrics(self) -> Mapping[str, Carried]:
        """The methods of google.monitoring.v3.MetricService."""
        return {
            "ListTimeSeries": Method(
                read=monitoring_v3.ListTimeSeriesRequest.deserialize,
                answer=self._list_time_series,
                write=monitoring_v3.ListTimeSeriesResponse.serialize,
                shown=_shown,
            )
        }

    def _list_time_series(self, request: monitoring_v3.ListTimeSeriesRequest) -> monitoring_v3.ListTimeSeriesResponse:
        if request.name != f"projects/{PROJECT}":
            raise Refusal(grpc.StatusCode.PERMISSION_DENIED, "Permission monitoring.timeSeries.list denied.")
        page, token = paged(self._points(request), size=request.page_size, token=request.page_token, most=MOST)
        return monitoring_v3.ListTimeSeriesResponse(time_series=list(_messages(page)), next_page_token=token)

    def _points(self, request: monitoring_v3.ListTimeSeriesRequest) -> list[Shown]:
        """All points that are asked for, one series after the other, the newest of each first."""
        since, until, step = _window(request)
        found = self._measured(parse(request.filter), since, until, step)
        aggregation = request.aggregation
        groups: defaultdict[Group, list[tuple[Measured, Points]]] = defaultdict(list)
        for each in found:
            points = aligned(
                each, aggregation.per_series_aligner.name, until=until.timestamp(), step=step.total_seconds()
            )
            kept = tuple((path, each.labels[path]) for path in aggregation.group_by_fields if path in each.labels)
            groups[kept].append((each, points))
        shown = []
        for group, members in groups.items():
            points = reduced([points for _, points in members], aggregation.cross_series_reducer.name)
            newest_first = sorted(points.items(), reverse=True)
            shown += [Shown(measured=members[0][0], group=group, at=at, number=number) for at, number in newest_first]
        return shown

    def _measured(self, asked: Node, since: datetime, until: datetime, step: timedelta) -> Iterator[Measured]:
        certain = _certain(asked)
        name = certain.get("metric.type")
        if name is None:
            raise _invalid("The filter must say metric.type, just once.")
        if name not in METRICS:
            raise Refusal(grpc.StatusCode.NOT_FOUND, f'Cannot find metric(s) that match type = "{name}".')
        for each in comparisons(asked):
            if not each.path.startswith(("metric.", "resource.")):
                raise _invalid(f"The filter knows no {each.path}.")
        for found in measured(self._platform, name, certain, since=since, until=until, step=step):
            if holds(asked, found.record):
                yield found


def _window(request: monitoring_v3.ListTimeSeriesRequest) -> tuple[datetime, datetime, timedelta]:
    """From when to when, and by which step; both ends are needed for numbers that are counted."""
    since, until = request.interval.start_time, request.interval.end_time
    step = request.aggregation.alignment_period
    if not since or not until or since >= until:
        raise _invalid("interval.start_time must be before interval.end_time.")
    if not step or step < SHORTEST:
        raise _invalid("aggregation.alignment_period must be at least 60 seconds.")
    return since, until, step


def _certain(asked: Node) -> dict[str, str]:
    """What every series that passes the filter is like."""
    parts = asked.parts if isinstance(asked, Every) else (asked,)
    found: dict[str, str] = {}
    for part in parts:
        if isinstance(part, Every):
            found |= _certain(part)
        if isinstance(part, Comparison) and part.sign == "=" and not part.function:
            found[part.path] = part.value
    return found


def _messages(page: Sequence[Shown]) -> Iterator[monitoring_v3.TimeSeries]:
    """The points of a page, put together by their series again."""
    series: dict[Group, list[Shown]] = defaultdict(list)
    for each in page:
        series[each.group].append(each)
    for group, points in series.items():
        first = points[0].measured
        message = monitoring_v3.TimeSeries(
            metric={"type": first.metric, "labels": _labels(group, "metric.labels.")},
            resource={"type": first.resource, "labels": _labels(group, "resource.labels.")},
        )
        # Points are many; in protobuf's own message they are made ten times faster.
        raw = monitoring_v3.TimeSeries.pb(message)
        for each in points:
            _write(each, raw.points.add())
        yield message


def _labels(group: Group, kind: str) -> dict[str, str]:
    return {path.removeprefix(kind): value for path, value in group if path.startswith(kind)}


def _write(shown: Shown, point: monitoring_v3.Point) -> None:
    number = shown.number
    point.interval.end_time.FromDatetime(datetime.fromtimestamp(shown.at, UTC))
    point.interval.start_time.CopyFrom(point.interval.end_time)
    if isinstance(number, Distribution):
        distribution = point.value.distribution_value
        distribution.count = number.count
        distribution.mean = number.mean
        distribution.bucket_options.explicit_buckets.bounds.extend(number.bounds)
        distribution.bucket_counts.extend(number.counts)
    elif shown.measured.kind is Kind.COUNT and number == int(number):
        point.value.int64_value = int(number)
    else:
        point.value.double_value = number


def _shown(request: monitoring_v3.ListTimeSeriesRequest) -> Mapping[str, object]:
    aggregation = request.aggregation
    return {
        "filter": request.filter,
        "since": str(request.interval.start_time),
        "until": str(request.interval.end_time),
        "step": str(aggregation.alignment_period),
        "aligner": aggregation.per_series_aligner.name,
        "reducer": aggregation.cross_series_reducer.name,
        "by": list(aggregation.group_by_fields),
    }


def _invalid(words: str) -> Refusal:
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, words)
