"""The bot's Prometheus client against the practice ground's Prometheus, which speaks as the real one's API does."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from bot.domain.evidence import CouldNotLook
from bot.domain.promql import Selector, increase, is_, ratio, total
from bot.integrations.prometheus import Prometheus
from tests.prometheus_server import NOON, PrometheusServer, prometheus_server

HOUR = timedelta(hours=1)
RUNS = Selector(metric="agent_runs_total")
WELL = Selector(metric="agent_runs_total", matches=(is_("status", "success"),))


@pytest.fixture
async def server() -> AsyncIterator[PrometheusServer]:
    async with prometheus_server() as running:
        yield running


@pytest.fixture
async def client(server: PrometheusServer) -> AsyncIterator[Prometheus]:
    client = server.client()
    yield client
    await client.close()


async def test_most_runs_of_agents_succeed_when_all_is_well(client: Prometheus) -> None:
    expression = ratio(total(increase(WELL.over(HOUR))), total(increase(RUNS.over(HOUR))))
    (share,) = await client.query(str(expression), at=NOON)

    assert share.labels == ()
    assert share.last == pytest.approx(0.988, abs=0.005)


async def test_series_are_told_apart_by_the_labels_that_were_asked_for(client: Prometheus) -> None:
    found = await client.query(str(total(increase(RUNS.over(HOUR)), by=("agent",))), at=NOON)

    assert {"research-assistant", "invoice-clerk"} <= {series.label("agent") for series in found}
    assert all(series.last for series in found)


async def test_a_range_has_a_point_at_each_step(client: Prometheus) -> None:
    asked = str(total(increase(RUNS.over(HOUR))))
    (series,) = await client.query_range(asked, since=NOON - 3 * HOUR, until=NOON, step=HOUR)

    assert [point.at for point in series.points] == [NOON - 3 * HOUR, NOON - 2 * HOUR, NOON - HOUR, NOON]


async def test_a_step_that_is_too_fine_is_widened(client: Prometheus) -> None:
    (series,) = await client.query_range("42", since=NOON - 24 * HOUR, until=NOON, step=timedelta(seconds=1))

    assert 8000 < len(series.points) <= 11_000


async def test_nothing_found_is_no_data_and_not_zero(client: Prometheus) -> None:
    assert await client.query(str(total(increase(Selector(metric="nobody_total").over(HOUR)))), at=NOON) == ()


async def test_what_is_no_number_is_left_out(client: Prometheus) -> None:
    assert await client.query("0/0", at=NOON) == ()
    assert await client.query("active_users/0", at=NOON) == ()


@pytest.mark.parametrize(
    ("expression", "status", "kind"),
    [
        ("sum(", 400, "bad_data"),
        ("rate(active_users)", 400, "bad_data"),
        ("nonsense(active_users[5m])", 400, "bad_data"),
        ("sum(active_users[5m])", 400, "bad_data"),
        ('active_users{x="\\q"}', 400, "bad_data"),
        ("active_users $", 400, "bad_data"),
        ("topk(3, active_users)", 422, "execution"),
        ("active_users > 3", 422, "execution"),
        ("max_over_time(rate(active_users[5m])[1h:])", 422, "execution"),
        ("agent_runs_total / agent_runs_total{agent='x'} or active_users", 422, "execution"),
    ],
)
async def test_what_cannot_be_evaluated_is_refused(
    server: PrometheusServer, client: Prometheus, expression: str, status: int, kind: str
) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{server.url}/api/v1/query", data={"query": expression})
    assert (answer.status_code, answer.json()["errorType"]) == (status, kind)

    with pytest.raises(CouldNotLook, match=rf"Prometheus refuses what was asked \({status}: "):
        await client.query(expression, at=NOON)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("http_500", r"Prometheus is failing \(500\)"),
        ("error:timeout", r"Prometheus is failing \(503: query timed out in expression evaluation\)"),
        ("ratelimited", "Prometheus asks us to slow down; look again in 1 s"),
        ("drop_before", "Prometheus cannot be reached"),
        ("garbage_json", "makes no sense"),
    ],
)
async def test_a_source_that_fails_is_said_to(
    server: PrometheusServer, client: Prometheus, kind: str, sentence: str
) -> None:
    server.break_down(kind)
    with pytest.raises(CouldNotLook, match=sentence):
        await client.query("active_users", at=NOON)


async def test_one_that_answers_slowly_is_not_waited_for(server: PrometheusServer) -> None:
    server.break_down("latency", latency_ms=5000)
    client = server.client(timeout=0.2)
    with pytest.raises(CouldNotLook, match="does not answer in time"):
        await client.query("active_users", at=NOON)
    await client.close()


async def test_every_question_is_in_the_log(server: PrometheusServer, client: Prometheus) -> None:
    await client.query("active_users", at=NOON)

    (entry,) = server.log.entries(kind="prometheus")
    assert entry.name == "query"
    assert entry.detail["query"] == ["active_users"]


async def test_it_says_what_it_watches(client: Prometheus) -> None:
    assert await client.examine() == "Prometheus answers, and watches 4 targets"
