"""Cloud Monitoring as the bot reads it: every measure, honest percentiles, half-open windows, pages, and what goes wrong."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from google.api_core import exceptions
from google.cloud import monitoring_v3
from google.cloud.monitoring_v3.services.metric_service.transports import MetricServiceGrpcAsyncIOTransport

from bot.domain.chart import Series
from bot.domain.evidence import CouldNotLook
from bot.domain.metric_query import Aggregation, Measure
from bot.integrations.cloud_monitoring import MONITORING
from bot.integrations.cloud_monitoring_metrics import METRICS, Kind
from sandbox.google.metrics import CACHE
from sandbox.world.cloud_service import Target
from tests.google_server import GoogleServer, google_server

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DATABASE = "agent-marketplace-db"


@pytest.fixture
async def server() -> AsyncIterator[GoogleServer]:
    async with google_server() as running:
        yield running


async def read(
    server: GoogleServer,
    measure: Measure,
    of: str = "control-plane",
    *,
    aggregation: Aggregation,
    by: Sequence[str] = (),
    hours: float = 1,
    step: timedelta = 5 * MINUTE,
) -> Sequence[Series]:
    until = server.clock.now() - 3 * MINUTE
    since = until - timedelta(hours=hours)
    return await server.monitoring().read(
        measure, of, since=since, until=until, step=step, aggregation=aggregation, by=by
    )


def thing(measure: Measure) -> str:
    """Something that is measured so."""
    match METRICS[measure].resource:
        case "cloudsql_database":
            return DATABASE
        case "redis_instance":
            return CACHE
        case _:
            return "control-plane"


@pytest.mark.parametrize("measure", [each for each in Measure if each is not Measure.REPLICA_LAG])
async def test_every_measure_is_read_in_every_way_that_makes_sense(server: GoogleServer, measure: Measure) -> None:
    of, aggregations = thing(measure), METRICS[measure].kind.value
    for aggregation in aggregations:
        (series,) = await read(server, measure, of, aggregation=aggregation, hours=2)
        assert series.points
        assert series.points == tuple(sorted(series.points, key=lambda point: point.at))
        assert all(point.value >= 0 for point in series.points)
        assert series.unit == METRICS[measure].unit
    for aggregation in set(Aggregation) - set(aggregations):
        with pytest.raises(CouldNotLook, match="knows no"):
            await read(server, measure, of, aggregation=aggregation)


async def test_the_window_is_half_open_and_a_point_stands_at_the_end_of_its_step(server: GoogleServer) -> None:
    (series,) = await read(server, Measure.REQUEST_COUNT, aggregation=Aggregation.SUM)
    until = server.clock.now() - 3 * MINUTE

    assert [point.at for point in series.points] == [until - 5 * MINUTE * back for back in range(11, -1, -1)]


async def test_percentiles_are_those_of_all_requests_together(server: GoogleServer) -> None:
    server.platform.break_("bad-deploy", "control-plane")
    server.clock.advance(120)
    split = [Target(percent=99, revision="control-plane-00041"), Target(percent=1, revision="control-plane-00042")]
    server.platform.set_traffic("control-plane", split)
    server.clock.advance(1800)
    every = await read(server, Measure.REQUEST_LATENCY, aggregation=Aggregation.P95, hours=0.25)
    apart = await read(server, Measure.REQUEST_LATENCY, aggregation=Aggregation.P95, hours=0.25, by=("revision",))
    counts = await read(server, Measure.REQUEST_LATENCY, aggregation=Aggregation.SUM, hours=0.25, by=("revision",))
    p95 = {series.label("revision"): series.last or 0 for series in apart}
    samples = {series.label("revision"): series.last or 0 for series in counts}

    assert samples["control-plane-00041"] > 50 * samples["control-plane-00042"]
    assert p95["control-plane-00042"] > 1.5 * p95["control-plane-00041"]
    assert every[0].last == pytest.approx(p95["control-plane-00041"], rel=0.1)


async def test_a_series_is_told_apart_by_the_labels_that_were_asked_for(server: GoogleServer) -> None:
    classes = await read(server, Measure.REQUEST_COUNT, aggregation=Aggregation.SUM, by=("class",))
    states = await read(server, Measure.INSTANCES, aggregation=Aggregation.SUM, by=("state",))
    places = await read(server, Measure.UPTIME, aggregation=Aggregation.MEAN, by=("location",))
    severities = await read(server, Measure.LOG_ENTRIES, aggregation=Aggregation.SUM, by=("severity",))
    both = await read(server, Measure.REQUEST_COUNT, "", aggregation=Aggregation.SUM, by=("service", "class"))

    assert {series.label("class") for series in classes} == {"2xx", "4xx", "5xx"}
    assert {series.label("state") for series in states} == {"active", "idle"}
    assert len({series.label("location") for series in places}) == 3
    assert "ERROR" in {series.label("severity") for series in severities}
    assert {series.label("service") for series in both} == set(server.platform.services)
    with pytest.raises(CouldNotLook, match="cannot tell request count apart by state; it can by revision, service"):
        await read(server, Measure.REQUEST_COUNT, aggregation=Aggregation.SUM, by=("state",))


async def test_the_classes_of_requests_add_up(server: GoogleServer) -> None:
    (every,) = await read(server, Measure.REQUEST_COUNT, aggregation=Aggregation.SUM)
    classes = await read(server, Measure.REQUEST_COUNT, aggregation=Aggregation.SUM, by=("class",))

    assert every.last == sum(series.last or 0 for series in classes)


async def test_what_is_not_there_has_no_series_and_not_zero(server: GoogleServer) -> None:
    for name in ("no-such-service", 'web" OR metric.type="x', "a.b.example"):
        assert not await read(server, Measure.REQUEST_COUNT, name, aggregation=Aggregation.SUM)
        assert not await read(server, Measure.UPTIME, name, aggregation=Aggregation.MEAN)
    assert not await read(server, Measure.REPLICA_LAG, DATABASE, aggregation=Aggregation.MAX)


async def test_the_peak_of_a_level_is_seen_in_a_long_step(server: GoogleServer) -> None:
    fine = await read(server, Measure.DATABASE_CONNECTIONS, DATABASE, aggregation=Aggregation.MAX, hours=6)
    coarse = await read(server, Measure.DATABASE_CONNECTIONS, DATABASE, aggregation=Aggregation.MAX, hours=6, step=HOUR)

    assert len(coarse[0].points) == 6
    assert max(coarse[0].values) == max(fine[0].values)


async def test_many_points_come_in_pages_and_a_series_goes_on_on_the_next_one(server: GoogleServer) -> None:
    channel = await server.channels.channel(MONITORING, server.google.endpoint)
    vendor = monitoring_v3.MetricServiceAsyncClient(transport=MetricServiceGrpcAsyncIOTransport(channel=channel))
    found = await read(server, Measure.REQUEST_COUNT, "web", aggregation=Aggregation.SUM, by=("class",))
    until = server.clock.now() - 3 * MINUTE
    request = {
        "name": f"projects/{server.project}",
        "filter": 'metric.type="run.googleapis.com/request_count" AND resource.labels.service_name="web"',
        "interval": {"start_time": until - HOUR, "end_time": until},
        "aggregation": {
            "alignment_period": 5 * MINUTE,
            "per_series_aligner": "ALIGN_DELTA",
            "cross_series_reducer": "REDUCE_SUM",
            "group_by_fields": ["metric.labels.response_code_class"],
        },
        "page_size": 10,
    }
    pager = await vendor.list_time_series(request=request, retry=None)
    pages = [page async for page in pager.pages]
    values = [point.value.int64_value for page in pages for series in page.time_series for point in series.points]

    assert len(pages) == 4
    assert values == [value for series in found for value in reversed(series.values)]


async def test_a_step_under_a_minute_is_refused_and_an_empty_window_is_empty(server: GoogleServer) -> None:
    now = server.clock.now()
    with pytest.raises(ValueError, match="a number a minute"):
        await read(server, Measure.CPU, aggregation=Aggregation.P95, step=timedelta(seconds=30))
    empty = await server.monitoring().read(
        Measure.CPU, "web", since=now, until=now, step=MINUTE, aggregation=Aggregation.P95
    )
    assert not empty


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("error:PERMISSION_DENIED", "opsbot's service account lacks monitoring.timeSeries.list; grant it roles/monit"),
        ("ratelimited", "Cloud Monitoring's quota for reading is used up"),
        ("drop_after", "Cloud Monitoring cannot be reached"),
        ("garbage_json", "Cloud Monitoring answered something that is no list of series"),
        ("error:NOT_FOUND", "check GOOGLE_CLOUD_PROJECT and `region`"),
    ],
)
async def test_what_goes_wrong_is_told_with_what_to_do(server: GoogleServer, kind: str, says: str) -> None:
    server.break_down(kind)

    with pytest.raises(CouldNotLook) as told:
        await read(server, Measure.CPU, aggregation=Aggregation.P95)
    assert says in str(told.value)


async def test_its_examination_needs_the_permission(server: GoogleServer) -> None:
    assert await server.monitoring().examine() == "Cloud Monitoring answers."

    server.break_down("error:PERMISSION_DENIED", method="MetricService.*")
    with pytest.raises(CouldNotLook, match=r"lacks monitoring\.timeSeries\.list"):
        await server.monitoring().examine()


@pytest.mark.parametrize(
    ("filter_", "aligner", "reducer", "error"),
    [
        ('resource.type="cloud_run_revision"', "ALIGN_DELTA", "REDUCE_SUM", exceptions.InvalidArgument),
        ('metric.type="run.googleapis.com/nothing"', "ALIGN_DELTA", "REDUCE_SUM", exceptions.NotFound),
        ('metric.type="run.googleapis.com/request_count" AND colour="red"', "ALIGN_DELTA", "REDUCE_SUM", exceptions.InvalidArgument),
        ('metric.type="run.googleapis.com/request_count"', "ALIGN_PERCENTILE_95", "REDUCE_SUM", exceptions.InvalidArgument),
        ('metric.type="run.googleapis.com/request_count"', "ALIGN_DELTA", "REDUCE_COUNT_TRUE", exceptions.InvalidArgument),
        ('metric.type="run.googleapis.com/request_latencies"', "ALIGN_DELTA", "REDUCE_MAX", exceptions.InvalidArgument),
        ('metric.type="run.googleapis.com/container/instance_count"', "ALIGN_DELTA", "REDUCE_MAX", exceptions.InvalidArgument),
    ],
)  # fmt: skip
async def test_what_cloud_monitoring_would_refuse_is_refused(
    server: GoogleServer, filter_: str, aligner: str, reducer: str, error: type[Exception]
) -> None:
    channel = await server.channels.channel(MONITORING, server.google.endpoint)
    vendor = monitoring_v3.MetricServiceAsyncClient(transport=MetricServiceGrpcAsyncIOTransport(channel=channel))
    now = server.clock.now()
    request = {
        "name": f"projects/{server.project}",
        "filter": filter_,
        "interval": {"start_time": now - HOUR, "end_time": now},
        "aggregation": {
            "alignment_period": 5 * MINUTE,
            "per_series_aligner": aligner,
            "cross_series_reducer": reducer,
        },
    }

    with pytest.raises(error):
        await vendor.list_time_series(request=request, retry=None)


def test_no_percentile_is_taken_of_percentiles() -> None:
    for aggregation, (aligner, reducer) in Kind.DISTRIBUTION.value.items():
        if aggregation in {Aggregation.P50, Aggregation.P95, Aggregation.P99}:
            assert (aligner, reducer) == ("ALIGN_DELTA", f"REDUCE_PERCENTILE_{aggregation.value[1:]}")
