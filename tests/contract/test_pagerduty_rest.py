"""The practice ground's REST API keeps PagerDuty's promises to PagerDuty's own client, and its phone works."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from pagerduty import HttpError

from sandbox.pagerduty.phone import PhoneRefused
from sandbox.payload import JsonObject
from tests.pagerduty_server import START, PagerDutyServer, pagerduty_server


@pytest.fixture
async def server() -> AsyncIterator[PagerDutyServer]:
    async with pagerduty_server() as running:
        yield running


async def trigger(server: PagerDutyServer, key: str = "inc-1") -> str:
    await asyncio.to_thread(server.events().trigger, "Checkout is down", "opsbot", dedup_key=key)
    return server.pagerduty.incidents[-1].id


def incident_of(key: str, **more: object) -> JsonObject:
    service = {"id": "PSERVIC1", "type": "service_reference"}
    return {"type": "incident", "title": "Wake up", "service": service, "incident_key": key, **more}


async def created(server: PagerDutyServer, key: str, **more: object) -> JsonObject:
    incident = incident_of(key, **more)
    answer: JsonObject = await asyncio.to_thread(server.rest().rpost, "/incidents", json=incident)
    return answer


async def refused(server: PagerDutyServer, key: str, **more: object) -> httpx2.Response:
    with pytest.raises(HttpError) as caught:
        await created(server, key, **more)
    return caught.value.response


async def listed(server: PagerDutyServer, path: str, **params: object) -> list[JsonObject]:
    answer: list[JsonObject] = await asyncio.to_thread(server.rest().list_all, path, params=params)
    return answer


async def test_the_incident_of_an_alert_is_found_by_its_key(server: PagerDutyServer) -> None:
    known = await trigger(server)
    await trigger(server, "inc-2")

    found = await listed(server, "/incidents", incident_key="inc-1", date_range="all")
    assert [each["id"] for each in found] == [known]
    assert found[0]["assignments"][0]["assignee"]["summary"] == "Ana Silva"
    alerts = await listed(server, f"/incidents/{known}/alerts")
    assert alerts[0]["alert_key"] == "inc-1"


async def test_lists_come_in_pages(server: PagerDutyServer) -> None:
    for number in range(7):
        await trigger(server, f"inc-{number}")

    found = await asyncio.to_thread(server.rest().list_all, "/incidents", page_size=3)
    assert [each["incident_number"] for each in found] == list(range(1, 8))
    assert len([entry for entry in server.log.entries() if entry.name == "GET /incidents"]) == 3


async def test_lists_are_filtered_by_status(server: PagerDutyServer) -> None:
    first = await trigger(server)
    await trigger(server, "inc-2")
    server.pagerduty.resolve(first, "PANA001")

    found = await listed(server, "/incidents", statuses=["triggered", "acknowledged"])
    assert [each["incident_key"] for each in found] == ["inc-2"]


async def test_the_log_says_who_was_notified_and_who_acknowledged(server: PagerDutyServer) -> None:
    incident = await trigger(server)
    server.clock.advance(1)
    server.pagerduty.acknowledge(incident, "ana@example.com")

    entries = await listed(server, f"/incidents/{incident}/log_entries")
    assert [each["type"] for each in entries][:2] == ["acknowledge_log_entry", "notify_log_entry"]
    assert entries[0]["agent"]["summary"] == "Ana Silva"
    assert entries[1]["user"]["id"] == "PANA001"
    assert entries[1]["created_at"] == "2026-03-02T03:00:01Z"


async def test_an_incident_is_opened_for_one_person(server: PagerDutyServer) -> None:
    assignee = {"assignee": {"id": "PELI001", "type": "user_reference"}}
    opened = await created(server, "inc-1-vp", assignments=[assignee])

    assert opened["assignments"][0]["assignee"]["id"] == "PELI001"
    server.clock.advance(3600)
    assert server.pagerduty.incidents[0].assigned == ["PELI001"]


async def test_a_second_incident_of_an_open_key_is_refused(server: PagerDutyServer) -> None:
    await created(server, "inc-1")
    answer = await refused(server, "inc-1")

    assert answer.status_code == 400
    assert answer.json()["error"]["errors"] == ["Open incident with matching dedup key already exists on this service"]
    assert len(server.pagerduty.incidents) == 1


async def test_what_is_wrong_is_said(server: PagerDutyServer) -> None:
    service = {"id": "PNOBODY", "type": "service_reference"}
    assert (await refused(server, "k", service=service)).json()["error"]["errors"] == ["Service Not Found"]
    nobody = [{"assignee": {"id": "PNOBODY"}}]
    assert (await refused(server, "k", assignments=nobody)).json()["error"]["code"] == 2001
    server.break_down("nobody_on_call")
    assert (await refused(server, "k")).json()["error"]["code"] == 1015


async def test_opening_an_incident_needs_a_sender_who_exists(server: PagerDutyServer) -> None:
    client = server.rest(sender="stranger@example.com")
    with pytest.raises(HttpError) as caught:
        await asyncio.to_thread(client.rpost, "/incidents", json=incident_of("k"))
    assert caught.value.response.json()["error"]["message"] == "Requester User Not Found"


async def test_an_incident_is_acknowledged_and_resolved_in_the_name_of_the_sender(server: PagerDutyServer) -> None:
    incident = await trigger(server)
    for status in ("acknowledged", "resolved"):
        change = {"type": "incident_reference", "status": status}
        shown = await asyncio.to_thread(
            server.rest(sender="dee@example.com").rput, f"/incidents/{incident}", json=change
        )
        assert shown["status"] == status
    assert server.pagerduty.incidents[0].log[-1]["agent"] == ["user", "PDEE001"]

    with pytest.raises(HttpError):
        await asyncio.to_thread(server.rest().rput, f"/incidents/{incident}", json={"status": "resolved"})


async def test_a_wrong_token_and_an_unknown_thing_are_told_apart(server: PagerDutyServer) -> None:
    with pytest.raises(HttpError) as caught:
        await asyncio.to_thread(server.rest(token="wrong").rget, "/abilities")
    assert caught.value.response.status_code == 401
    with pytest.raises(HttpError) as caught:
        await asyncio.to_thread(server.rest().rget, "/services/PNOTHING")
    assert caught.value.response.json()["error"] == {"message": "Not Found", "code": 2100}


async def test_a_rate_limit_is_told_in_headers(server: PagerDutyServer) -> None:
    server.break_down("ratelimited", times=1)
    async with httpx2.AsyncClient() as client:
        answer = await client.get(f"{server.api_url}/abilities")
    assert answer.status_code == 429
    assert answer.headers["ratelimit-reset"] == "1"
    assert answer.json()["error"]["code"] == 2020


async def test_the_service_names_its_policy_and_the_policy_its_schedule(server: PagerDutyServer) -> None:
    service = await asyncio.to_thread(server.rest().rget, "/services/PSERVIC1")
    policy = await asyncio.to_thread(server.rest().rget, f"/escalation_policies/{service['escalation_policy']['id']}")
    first = policy["escalation_rules"][0]
    assert (first["targets"][0]["type"], first["escalation_delay_in_minutes"]) == ("schedule_reference", 15)
    people = await listed(server, "/users", query="dee@example.com")
    assert [each["id"] for each in people] == ["PDEE001"]


async def test_who_is_on_call_now_and_in_two_weeks(server: PagerDutyServer) -> None:
    now = await listed(server, "/oncalls", escalation_policy_ids=["PONCALL1"])
    assert [(each["escalation_level"], each["user"]["summary"]) for each in now] == [
        (1, "Ana Silva"),
        (2, "Dee Park"),
        (3, "Eli Stern"),
    ]
    until = (START + timedelta(days=14)).isoformat()
    turns = await listed(server, "/oncalls", schedule_ids=["PSCHED01"], since=START.isoformat(), until=until)
    assert [(each["user"]["id"], each["start"]) for each in turns] == [
        ("PANA001", "2026-03-02T03:00:00Z"),
        ("PBEN001", "2026-03-09T03:00:00Z"),
    ]


async def test_a_schedule_shows_its_shifts_and_how_much_they_cover(server: PagerDutyServer) -> None:
    params = {"since": START.isoformat(), "until": (START + timedelta(days=8)).isoformat()}
    schedule = await asyncio.to_thread(server.rest().rget, "/schedules/PSCHED01", params=params)
    final = schedule["final_schedule"]
    assert [entry["user"]["id"] for entry in final["rendered_schedule_entries"]] == ["PANA001", "PBEN001"]
    assert final["rendered_coverage_percentage"] == 100


async def test_the_phone_shows_what_rings_and_takes_an_answer(server: PagerDutyServer) -> None:
    incident = await trigger(server)
    root = f"http://127.0.0.1:{server.port}/control/pagerduty"
    async with httpx2.AsyncClient() as client:
        shown = (await client.get(root)).json()
        assert [person["email"] for person in shown["on_call"]] == ["ana@example.com", "opsbot@example.com"]
        assert shown["incidents"][0]["assigned"][0]["name"] == "Ana Silva"

        assert (await client.post(f"{root}/{incident}/acknowledge", json={"by": "ben@example.com"})).json()["ok"]
        stranger = await client.post(f"{root}/{incident}/resolve", json={"by": "cho@example.com"})
        assert stranger.json() == {"ok": False, "error": "not_in_pagerduty"}
        assert (await client.post(f"{root}/{incident}/resolve", json={"by": "ben@example.com"})).json()["ok"]
    assert server.pagerduty.incidents[0].status == "resolved"
    with pytest.raises(PhoneRefused):
        server.pagerduty.acknowledge(incident, "PBEN001")
