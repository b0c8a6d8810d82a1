"""The PagerDuty client against the practice ground, in good days and bad."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.errors import GiveUp, Retry
from bot.integrations.pagerduty import PagerDuty
from bot.integrations.pagerduty_api import PagerDutyRefusal
from bot.organisation import Link
from sandbox.faults import Fault
from sandbox.pagerduty.seed import ROUTING_KEY
from tests.pagerduty_server import PagerDutyServer, pagerduty_server

ALERT = "opsbot/inc-1"


@pytest.fixture
async def server() -> AsyncIterator[PagerDutyServer]:
    async with pagerduty_server() as running:
        yield running


@pytest.fixture
async def pagerduty(server: PagerDutyServer) -> AsyncIterator[PagerDuty]:
    client = server.client()
    yield client
    await client.close()


async def page(pagerduty: PagerDuty, summary: str = "Checkout is down") -> None:
    await pagerduty.trigger(ALERT, summary, "critical", {"room": "#inc-1"})


async def test_a_page_wakes_the_on_call_and_says_what_and_where(server: PagerDutyServer, pagerduty: PagerDuty) -> None:
    link = Link(title="Bridge", url="https://meet.example.com/war-room")
    await pagerduty.trigger(ALERT, "Checkout is down", "critical", {"room": "#inc-1"}, [link])

    alert = server.pagerduty.alerts[0]
    assert alert.event["payload"]["custom_details"] == {"room": "#inc-1"}
    assert alert.event["links"] == [{"href": "https://meet.example.com/war-room", "text": "Bridge"}]
    assert server.pagerduty.incidents[0].assigned == ["PANA001"]


async def test_a_long_title_is_cut_and_still_pages(server: PagerDutyServer, pagerduty: PagerDuty) -> None:
    await page(pagerduty, "x" * 5000)
    assert len(server.pagerduty.alerts[0].summary) == 1024
    await pagerduty.page_people(["PELI001"], service="PSERVIC1", alert="other", title="x" * 5000, details="")
    assert len(server.pagerduty.incidents[1].title) == 255


@pytest.mark.parametrize("kind", ["http_503", "http_500", "drop_before", "drop_after", "garbage_json"])
async def test_whatever_happened_to_a_page_it_is_sent_again_and_stays_one(
    server: PagerDutyServer, pagerduty: PagerDuty, kind: str
) -> None:
    server.break_down(kind, times=1)
    with pytest.raises(Retry):
        await page(pagerduty)
    for _ in range(3):
        await page(pagerduty)
    assert len(server.pagerduty.alerts) == 1
    assert len(server.pagerduty.incidents) == 1


async def test_a_failed_call_is_made_once_and_left_to_the_outbox(server: PagerDutyServer, pagerduty: PagerDuty) -> None:
    server.break_down("http_503")
    with pytest.raises(Retry, match="failing"):
        await page(pagerduty)
    with pytest.raises(Retry):
        await pagerduty.progress(ALERT)
    assert [entry.name for entry in server.log.entries(kind="pagerduty")] == ["events.trigger", "GET /incidents"]


@pytest.mark.parametrize("asked", [7, 0.5, 10_000])
async def test_too_many_requests_are_told_with_the_wait_pagerduty_asks_for(
    server: PagerDutyServer, pagerduty: PagerDuty, asked: float
) -> None:
    limited = Fault(name="slow down", kind="ratelimited", target="pagerduty", retry_after=asked)
    server.faults.add(limited)
    for call in (page(pagerduty), pagerduty.progress(ALERT)):
        with pytest.raises(Retry) as caught:
            await call
        assert caught.value.throttled
        assert caught.value.after == min(max(asked, 1), 300)
    assert len(server.log.entries(kind="pagerduty")) == 2


async def test_a_slow_answer_is_not_waited_for(server: PagerDutyServer) -> None:
    impatient = server.client(timeout=0.1)
    server.break_down("latency", latency_ms=60_000)
    with pytest.raises(Retry):
        await asyncio.wait_for(page(impatient), 30)
    await impatient.close()


async def test_slow_looks_do_not_hold_up_a_page(server: PagerDutyServer, pagerduty: PagerDuty) -> None:
    server.break_down("latency", method="GET *", latency_ms=60_000)
    looks = [asyncio.create_task(pagerduty.progress(ALERT)) for _ in range(20)]
    await asyncio.sleep(0)
    await page(pagerduty)
    assert not any(look.done() for look in looks)
    for look in looks:
        look.cancel()
    await asyncio.gather(*looks, return_exceptions=True)


async def test_nobody_listening_is_a_retry(server: PagerDutyServer) -> None:
    deaf = PagerDuty(
        routing_key=ROUTING_KEY,
        api_token=None,
        sender=None,
        events_url="http://127.0.0.1:1",
        api_url="http://127.0.0.1:1",
        timeout=1,
        clock=server.clock,
    )
    with pytest.raises(Retry, match="cannot be reached"):
        await page(deaf)
    await deaf.close()


async def test_a_wrong_key_is_for_an_operator(server: PagerDutyServer) -> None:
    stranger = server.client(routing_key="f" * 32, api_token="wrong")
    with pytest.raises(GiveUp, match="Invalid routing key"):
        await page(stranger)
    with pytest.raises(GiveUp, match="PAGERDUTY_API_TOKEN"):
        await stranger.progress(ALERT)
    await stranger.close()


async def test_without_keys_what_needs_them_is_visibly_absent(server: PagerDutyServer) -> None:
    bare = server.client(routing_key=None, api_token=None, sender=None)
    assert (bare.configured, bare.can_follow, bare.can_page_people) == (False, False, False)
    with pytest.raises(GiveUp, match="PAGERDUTY_ROUTING_KEY"):
        await page(bare)
    with pytest.raises(GiveUp, match="PAGERDUTY_API_TOKEN"):
        await bare.on_call("PONCALL1")
    await bare.close()


async def test_progress_goes_from_nobody_to_notified_to_acknowledged_to_resolved(
    server: PagerDutyServer, pagerduty: PagerDuty
) -> None:
    assert (await pagerduty.progress(ALERT)).status == ""
    await page(pagerduty)
    progress = await pagerduty.progress(ALERT)
    assert (progress.status, progress.news) == ("triggered", "")
    assert [each.name for each in progress.assignees] == ["Ana Silva"]

    server.clock.advance(1)
    progress = await pagerduty.progress(ALERT)
    assert progress.news == "notified:PANA001"
    assert [(each.who.name, each.at, each.how) for each in progress.notified] == [
        ("Ana Silva", server.clock.now(), "push notification")
    ]

    server.pagerduty.acknowledge(progress.incident, "ben@example.com")
    progress = await pagerduty.progress(ALERT)
    assert progress.news == "acknowledged:PBEN001"
    assert progress.acknowledged
    assert progress.acknowledged.by.email == "ben@example.com"

    server.pagerduty.resolve(progress.incident, "PDEE001")
    progress = await pagerduty.progress(ALERT)
    assert progress.news == "resolved"
    assert progress.resolved
    assert progress.resolved.by.name == "Dee Park"


async def test_the_latest_page_under_a_name_counts(server: PagerDutyServer, pagerduty: PagerDuty) -> None:
    await page(pagerduty)
    await pagerduty.resolve(ALERT)
    await page(pagerduty)
    assert (await pagerduty.progress(ALERT)).status == "triggered"


async def test_what_the_bot_acknowledges_is_nobodys_acknowledgement(
    server: PagerDutyServer, pagerduty: PagerDuty
) -> None:
    await page(pagerduty)
    await pagerduty.acknowledge(ALERT)
    progress = await pagerduty.progress(ALERT)
    assert (progress.status, progress.acknowledged) == ("acknowledged", None)
    server.clock.advance(3600)
    assert server.pagerduty.incidents[0].level == 1


async def test_an_answer_of_another_shape_is_a_retry(server: PagerDutyServer, pagerduty: PagerDuty) -> None:
    await page(pagerduty)
    server.break_down("garbage_json")
    with pytest.raises(Retry, match="makes no sense"):
        await pagerduty.progress(ALERT)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"incidents": None, "more": False},
        {"incidents": [None], "more": False},
        {"incidents": [{"id": "Q1"}], "more": False},
        {"incidents": [{"id": "Q1", "incident_number": "x"}], "more": False},
        {"incidents": [{"id": "Q1", "incident_number": 1}], "log_entries": [{}], "more": False},
    ],
)
async def test_an_answer_that_nobody_documented_is_a_retry(server: PagerDutyServer, answer: object) -> None:
    async def say(_request: web.Request) -> web.Response:
        return web.json_response(answer)

    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", say)
    async with TestServer(application) as other:
        client = replace(server, port=other.port).client()
        with pytest.raises(Retry, match="makes no sense"):
            await client.progress(ALERT)
        with pytest.raises(Retry, match="makes no sense"):
            await page(client)
        await client.close()


async def test_people_are_paged_by_name_once(server: PagerDutyServer, pagerduty: PagerDuty) -> None:
    server.break_down("drop_after", times=1)
    paged = ["PELI001", "PFAY001"]
    with pytest.raises(Retry):
        await pagerduty.page_people(paged, service="PSERVIC1", alert="vp", title="Help", details="INC-1")
    await pagerduty.page_people(paged, service="PSERVIC1", alert="vp", title="Help", details="INC-1")

    assert [incident.assigned for incident in server.pagerduty.incidents] == [paged]


async def test_a_page_to_people_is_acknowledged_and_resolved_by_its_name(
    server: PagerDutyServer, pagerduty: PagerDuty
) -> None:
    await pagerduty.page_policy("PONCALL1", service="PSERVIC1", alert="lead", title="Help", details="")
    await pagerduty.acknowledge("lead")
    assert server.pagerduty.incidents[0].status == "acknowledged"
    await pagerduty.resolve("lead")
    await pagerduty.resolve("lead")
    assert server.pagerduty.incidents[0].status == "resolved"


async def test_paging_a_policy_without_anybody_on_call_is_for_an_operator(
    server: PagerDutyServer, pagerduty: PagerDuty
) -> None:
    server.break_down("nobody_on_call")
    with pytest.raises(PagerDutyRefusal, match="No User On Call"):
        await pagerduty.page_policy("PONCALL1", service="PSERVIC1", alert="lead", title="Help", details="")


async def test_who_is_on_call_is_told_by_level(server: PagerDutyServer, pagerduty: PagerDuty) -> None:
    on_call = await pagerduty.on_call("PONCALL1")
    assert [(each.level, each.who.name) for each in on_call] == [(1, "Ana Silva"), (2, "Dee Park"), (3, "Eli Stern")]
    assert on_call[0].until == server.clock.now() + timedelta(days=7)
    assert on_call[1].until is None
    server.break_down("nobody_on_call")
    assert await pagerduty.on_call("PONCALL1") == ()
