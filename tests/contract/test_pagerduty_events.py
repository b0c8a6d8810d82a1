"""The practice ground's Events API keeps PagerDuty's promises to PagerDuty's own client."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pagerduty import HttpError

from sandbox.pagerduty.account import Account, Policy, Rule, Schedule, Service, User
from sandbox.pagerduty.seed import API_TOKEN, ROUTING_KEY
from tests.pagerduty_server import START, PagerDutyServer, pagerduty_server


@pytest.fixture
async def server() -> AsyncIterator[PagerDutyServer]:
    async with pagerduty_server() as running:
        yield running


async def trigger(server: PagerDutyServer, key: str = "inc-1", summary: str = "Checkout is down") -> str:
    return str(await asyncio.to_thread(server.events().trigger, summary, "opsbot", dedup_key=key))


async def refusal(server: PagerDutyServer, event: dict[str, object], routing_key: str = ROUTING_KEY) -> HttpError:
    with pytest.raises(HttpError) as caught:
        await asyncio.to_thread(server.events(routing_key).send_event, "trigger", **event)
    return caught.value


async def test_a_trigger_opens_an_alert_and_an_incident_and_rings_after_a_second(server: PagerDutyServer) -> None:
    assert await trigger(server) == "inc-1"

    incident = server.pagerduty.incidents[0]
    assert (incident.title, incident.key, incident.status) == ("Checkout is down", "inc-1", "triggered")
    assert incident.assigned == ["PANA001"]
    assert kinds(incident.log) == ["trigger_log_entry", "assign_log_entry"]

    server.clock.advance(1)
    assert kinds(incident.log)[-1] == "notify_log_entry"
    assert incident.log[-1]["user"] == "PANA001"


def kinds(log: list[dict[str, object]]) -> list[object]:
    return [entry["type"] for entry in log]


async def test_a_key_that_is_open_is_one_alert_however_often_it_is_triggered(server: PagerDutyServer) -> None:
    for _ in range(3):
        await trigger(server)

    assert [alert.events for alert in server.pagerduty.alerts] == [3]
    assert len(server.pagerduty.incidents) == 1


async def test_without_a_key_every_trigger_is_an_alert_of_its_own(server: PagerDutyServer) -> None:
    events = server.events()
    keys = {await asyncio.to_thread(events.trigger, "Disk is full", "opsbot") for _ in range(2)}

    assert {alert.key for alert in server.pagerduty.alerts} == keys
    assert len(keys) == 2


async def test_acknowledging_stops_the_escalation_and_resolving_ends_it(server: PagerDutyServer) -> None:
    await trigger(server)
    await asyncio.to_thread(server.events().acknowledge, "inc-1")
    server.clock.advance(3600)

    incident = server.pagerduty.incidents[0]
    assert (incident.status, incident.level) == ("acknowledged", 1)

    await asyncio.to_thread(server.events().resolve, "inc-1")
    assert incident.status == "resolved"
    assert server.pagerduty.alerts[0].resolved


async def test_a_trigger_after_the_end_is_a_new_alert(server: PagerDutyServer) -> None:
    await trigger(server)
    await asyncio.to_thread(server.events().resolve, "inc-1")
    await trigger(server)

    assert [alert.resolved for alert in server.pagerduty.alerts] == [True, False]
    assert [incident.status for incident in server.pagerduty.incidents] == ["resolved", "triggered"]


async def test_an_acknowledgement_of_nothing_is_taken_and_does_nothing(server: PagerDutyServer) -> None:
    assert await asyncio.to_thread(server.events().acknowledge, "unknown") == "unknown"
    assert server.pagerduty.incidents == []


async def test_while_nobody_acknowledges_the_next_level_is_woken(server: PagerDutyServer) -> None:
    await trigger(server)
    server.clock.advance(15 * 60)

    incident = server.pagerduty.incidents[0]
    assert (incident.assigned, incident.level) == (["PDEE001"], 2)

    server.clock.advance(3600)
    assert incident.assigned == ["PELI001"]
    assert kinds(incident.log)[-1] == "exhaust_escalation_path_log_entry"
    woken = [entry["user"] for entry in incident.log if entry["type"] == "notify_log_entry"]
    assert woken == ["PANA001", "PDEE001", "PELI001"]


async def test_when_nobody_is_on_call_the_event_is_taken_and_no_incident_is_opened(server: PagerDutyServer) -> None:
    server.break_down("nobody_on_call")
    assert await trigger(server) == "inc-1"

    server.clock.advance(60)
    assert server.pagerduty.incidents == []

    server.faults.clear()
    await trigger(server)
    assert server.pagerduty.incidents[0].assigned == ["PANA001"]


async def test_that_nobody_is_on_call_hides_no_other_trouble(server: PagerDutyServer) -> None:
    server.break_down("nobody_on_call")
    server.break_down("http_503")
    with pytest.raises(HttpError):
        await trigger(server)


async def test_a_level_with_a_gap_is_skipped() -> None:
    with_gap = Account(
        users=(User(id="PANA001", name="Ana", email="ana@example.com"), User(id="PBEN001", name="Ben", email="b@x.io")),
        schedules=(Schedule(id="PNIGHT1", name="Nights", users=("PANA001",), start=START, hours=(20, 24)),),
        policies=(Policy(id="PPOLICY", name="All", rules=(Rule(targets=("PNIGHT1",)), Rule(targets=("PBEN001",)))),),
        services=(Service(id="PSERVIC1", name="Platform", policy="PPOLICY", routing_key=ROUTING_KEY),),
        api_token=API_TOKEN,
    )
    async with pagerduty_server(account=with_gap) as server:
        await trigger(server, "by day")
        server.clock.advance(18 * 3600)
        await trigger(server, "by night")
        assert [incident.assigned for incident in server.pagerduty.incidents] == [["PBEN001"], ["PANA001"]]


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"payload": {"source": "x", "severity": "info"}}, "'payload.summary' is missing or blank"),
        ({"payload": {"summary": "x", "source": "x", "severity": "bad"}}, "'payload.severity' is invalid"),
        ({"payload": {"summary": "x" * 1025, "source": "x", "severity": "info"}}, "'payload.summary' is too long"),
        (
            {"payload": {"summary": "x", "source": "x", "severity": "info"}, "dedup_key": "k" * 256},
            "'dedup_key' is too long",
        ),
        ({}, "'payload' is missing or blank"),
    ],
)
async def test_a_wrong_event_is_refused_with_what_is_wrong(
    server: PagerDutyServer, event: dict[str, object], error: str
) -> None:
    answer = (await refusal(server, event)).response
    assert answer.status_code == 400
    assert answer.json()["status"] == "invalid event"
    assert any(each.startswith(error) for each in answer.json()["errors"])


async def test_an_unknown_routing_key_is_refused(server: PagerDutyServer) -> None:
    event: dict[str, object] = {"payload": {"summary": "x", "source": "x", "severity": "info"}}
    assert (await refusal(server, event, "f" * 32)).response.json()["errors"] == ["Invalid routing key"]
    assert "32 characters" in (await refusal(server, event, "short")).response.json()["errors"][0]


async def test_an_event_of_more_than_512_kilobytes_is_refused(server: PagerDutyServer) -> None:
    details = {"log": "x" * 512 * 1024}
    payload = {"summary": "x", "source": "x", "severity": "info", "custom_details": details}
    assert (await refusal(server, {"payload": payload})).response.status_code == 413


async def test_every_event_is_in_the_log_without_its_key(server: PagerDutyServer) -> None:
    await trigger(server)
    entry = server.log.entries(kind="pagerduty")[-1]
    assert (entry.name, entry.status) == ("events.trigger", 202)
    assert ROUTING_KEY not in str(entry.shown())


async def test_incidents_outlive_a_restart(tmp_path: Path) -> None:
    async with pagerduty_server(folder=tmp_path) as server:
        await trigger(server)
    async with pagerduty_server(folder=tmp_path) as server:
        server.clock.advance(1)
        assert kinds(server.pagerduty.incidents[0].log)[-1] == "notify_log_entry"
        await trigger(server)
        assert [alert.events for alert in server.pagerduty.alerts] == [2]
