"""Cloud Monitoring: numbers over time of services and databases, read over its API."""

import asyncio
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.chart import Point, Series
from bot.domain.clock import Clock
from bot.domain.evidence import CouldNotLook
from bot.domain.metric_query import Aggregation, Measure
from bot.integrations.cloud_monitoring_metrics import METRICS, label_path, recipe, series_filter
from bot.integrations.google_channel import Api, GoogleChannels, asking, deadline, nonsense
from bot.integrations.google_filter import written

if TYPE_CHECKING:
    from google.cloud import monitoring_v3

MONITORING = Api(
    title="Cloud Monitoring",
    host="monitoring.googleapis.com",
    role="roles/monitoring.viewer",
    libraries=("google.cloud.monitoring_v3",),
)
PERMISSION = "monitoring.timeSeries.list"
PAGE = 20_000
"""Points in one answer."""
MOST_POINTS = 100_000
"""Points of one look: a month by the minute of two series; nobody sees more in a chart."""
SHORTEST_STEP = timedelta(minutes=1)

Labels = tuple[tuple[str, str], ...]


class CloudMonitoring:
    """The numbers of one project. Their newest minutes are still coming in: whoever asks ends three minutes ago."""

    def __init__(
        self, *, channels: GoogleChannels, project: str, endpoint: str | None, timeout: float, clock: Clock
    ) -> None:
        """`endpoint` is a local stand-in (host:port); `timeout` in seconds for one look, however many answers it takes."""
        self._channels = channels
        self._project = project
        self._endpoint = endpoint
        self._timeout = timeout
        self._clock = clock
        self._client: monitoring_v3.MetricServiceAsyncClient | None = None

    async def warm(self) -> None:
        """Loads what is heavy, so that the first look does not wait for it."""
        await self._ready()

    async def read(
        self,
        measure: Measure,
        of: str,
        *,
        since: datetime,
        until: datetime,
        step: timedelta,
        aggregation: Aggregation,
        by: Sequence[str] = (),
    ) -> Sequence[Series]:
        """One series for each value of the labels `by`, oldest point first, after `since` and up to `until`.

        A point stands at the end of its step. `of` is a service, database instance, checked host or cache; all of
        them when it is empty. No series at all is no data, not zero. The sum of a distribution is how many numbers it
        is made of. Raises ValueError for a step under a minute, which Cloud Monitoring does not keep.
        """
        if step < SHORTEST_STEP:
            raise ValueError("Cloud Monitoring keeps a number a minute; a step must be at least as long.")
        if since >= until:
            return ()
        client = await self._ready()
        request = {
            "name": f"projects/{self._project}",
            "filter": written(series_filter(measure, of, self._project)),
            "interval": {"start_time": since, "end_time": until},
            "aggregation": _aggregation(measure, aggregation, step, by),
            "view": "FULL",
            "page_size": PAGE,
        }
        found: dict[Labels, list[Point]] = {}
        async with asking(MONITORING, permission=PERMISSION, until=deadline(self._timeout), seconds=self._timeout):
            pager = await client.list_time_series(request=request, retry=None, timeout=self._timeout)
            async for page in pager.pages:
                await _take(page, measure, by, found)
        unit = METRICS[measure].unit
        return [Series(points=tuple(reversed(points)), labels=labels, unit=unit) for labels, points in found.items()]

    async def examine(self) -> str:
        """Reads a few numbers; raises `CouldNotLook` with what to grant."""
        now, ten = self._clock.now(), timedelta(minutes=10)
        await self.read(Measure.REQUEST_COUNT, "", since=now - ten, until=now, step=ten, aggregation=Aggregation.SUM)
        return "Cloud Monitoring answers."

    async def close(self) -> None:
        """Takes no more calls; the channels belong to others too and are closed by whoever made them."""
        self._client = None

    async def _ready(self) -> "monitoring_v3.MetricServiceAsyncClient":
        channel = await self._channels.channel(MONITORING, self._endpoint)
        # No await from here on: every client adds an interceptor to its channel, so there is to be one only.
        if self._client is None:
            from google.cloud.monitoring_v3 import MetricServiceAsyncClient
            from google.cloud.monitoring_v3.services.metric_service.transports import MetricServiceGrpcAsyncIOTransport

            transport = MetricServiceGrpcAsyncIOTransport(channel=channel)
            self._client = MetricServiceAsyncClient(transport=transport)
        return self._client


def _aggregation(measure: Measure, aggregation: Aggregation, step: timedelta, by: Sequence[str]) -> dict[str, object]:
    aligner, reducer = recipe(measure, aggregation)
    return {
        "alignment_period": step,
        "per_series_aligner": aligner,
        "cross_series_reducer": reducer,
        "group_by_fields": [label_path(measure, label) for label in by],
    }


async def _take(
    page: "monitoring_v3.ListTimeSeriesResponse | None",
    measure: Measure,
    by: Sequence[str],
    found: dict[Labels, list[Point]],
) -> None:
    """Adds the points of a page, newest first, to those that were found; a series may go on on the next page."""
    if page is None:
        raise nonsense(MONITORING, "something that is no list of series")
    if page.execution_errors:
        raise CouldNotLook("Cloud Monitoring could answer only in part; look again in a moment.")
    for series in page.time_series:
        found.setdefault(_labels(series, measure, by), []).extend(_points(series))
        if sum(map(len, found.values())) > MOST_POINTS:
            raise CouldNotLook("Cloud Monitoring has more numbers than can be read at once; look at a shorter time.")
        await asyncio.sleep(0)


def _labels(series: "monitoring_v3.TimeSeries", measure: Measure, by: Sequence[str]) -> Labels:
    kept: Mapping[str, Mapping[str, str]] = {
        "metric": dict(series.metric.labels),
        "resource": dict(series.resource.labels),
    }
    found = []
    for label in by:
        part, _, name = label_path(measure, label).split(".")
        found.append((label, kept[part].get(name, "")))
    return tuple(found)


def _points(series: "monitoring_v3.TimeSeries") -> Iterator[Point]:
    """The points as they come, without those that are no numbers."""
    for point in type(series).pb(series).points:
        value = _number(point.value)
        if value is not None and math.isfinite(value):
            yield Point(at=point.interval.end_time.ToDatetime(tzinfo=UTC), value=value)


def _number(value: "monitoring_v3.TypedValue") -> float | None:
    """The number in a value, of whichever kind; of a distribution how many numbers it is made of."""
    match value.WhichOneof("value"):
        case "double_value":
            return float(value.double_value)
        case "int64_value":
            return float(value.int64_value)
        case "bool_value":
            return float(value.bool_value)
        case "distribution_value":
            return float(value.distribution_value.count)
        case _:
            return None
