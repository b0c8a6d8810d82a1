"""The executors of paging: what they do, and what their receipts tell the playbooks."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Retry
from bot.domain.paging import AcknowledgePage, FollowPage, PageOnCall, PageTarget, ResolvePage
from bot.integrations.pagerduty import PagerDuty
from bot.integrations.paging import PagingDelivery
from bot.organisation_file import load_organisation
from tests.pagerduty_server import START, PagerDutyServer, pagerduty_server

ALERT = "opsbot/inc-1"
ORGANISATION = load_organisation(Path(__file__).resolve().parents[2] / "opsbot.example.yaml")
PAGE = PageOnCall(
    incident=1,
    alert=ALERT,
    title="Checkout is down",
    severity="high",
    details={"Bridge": "https://meet.example.com/war-room"},
)
FOLLOW = FollowPage(incident=1, alert=ALERT, since=START)


@pytest.fixture
async def server() -> AsyncIterator[PagerDutyServer]:
    async with pagerduty_server() as running:
        yield running


async def carry_out(
    server: PagerDutyServer, effect: Effect, *, client: PagerDuty | None = None, note: dict[str, str] | None = None
) -> Receipt:
    pagerduty = client or server.client()
    paging = PagingDelivery(pagerduty, organisation=ORGANISATION, clock=server.clock, poll_seconds=5)
    attempt = Attempt(key="1", serial=1, first_at=START, note=note or {})
    try:
        return await paging.executors()[type(effect)](effect, attempt)
    finally:
        await pagerduty.close()


def target(name: str) -> PageTarget:
    return PageTarget(incident=1, target=name, alert=f"{ALERT}/{name}", title="Checkout is down", severity="critical")


async def test_the_on_call_is_paged_with_severity_and_links(server: PagerDutyServer) -> None:
    assert await carry_out(server, PAGE) == Receipt()
    alert = server.pagerduty.alerts[0]
    assert alert.severity == "error"
    assert alert.event["links"] == [{"href": "https://meet.example.com/war-room", "text": "Bridge"}]


async def test_without_a_key_the_page_is_given_up_in_words_for_the_room(server: PagerDutyServer) -> None:
    with pytest.raises(GiveUp, match=r"PagerDuty is not configured \(PAGERDUTY_ROUTING_KEY is not set\)"):
        await carry_out(server, PAGE, client=server.client(routing_key=None))


async def test_a_page_that_fails_is_tried_again_soon_and_for_ever(server: PagerDutyServer) -> None:
    server.break_down("http_503")
    note: dict[str, str] = {}
    waits = []
    for _ in range(7):
        with pytest.raises(Retry) as caught:
            await carry_out(server, PAGE, note=note)
        note = dict(caught.value.note or {})
        waits.append(caught.value.after)
        server.clock.advance(caught.value.after or 0)

    assert waits == [1, 2, 4, 8, 16, 30, 30]
    server.faults.clear()
    await carry_out(server, PAGE, note=note)
    assert len(server.pagerduty.incidents) == 1


async def test_a_role_with_a_policy_is_paged_through_it(server: PagerDutyServer) -> None:
    await carry_out(server, target("on-call"))
    assert server.pagerduty.incidents[0].assigned == ["PANA001"]
    assert server.pagerduty.incidents[0].details == "INC-1, critical. Escalated to On-call engineer."


async def test_a_role_without_a_policy_is_paged_through_its_people(server: PagerDutyServer) -> None:
    for _ in range(2):
        await carry_out(server, target("vp-engineering"))
    assert [incident.assigned for incident in server.pagerduty.incidents] == [["PELI001"]]


async def test_somebody_who_is_not_in_pagerduty_is_to_be_called(server: PagerDutyServer) -> None:
    with pytest.raises(GiveUp, match=r"CEO has no PagerDuty id in opsbot.yaml; call Gus Reyes \+1 555 0107"):
        await carry_out(server, target("ceo"))


async def test_people_cannot_be_paged_without_a_token_and_a_sender(server: PagerDutyServer) -> None:
    with pytest.raises(GiveUp, match="PAGERDUTY_FROM"):
        await carry_out(server, target("cto"), client=server.client(sender=None))


async def test_following_waits_for_news_and_tells_it_once(server: PagerDutyServer) -> None:
    await carry_out(server, PAGE)
    with pytest.raises(Retry) as caught:
        await carry_out(server, FOLLOW)
    assert caught.value.after == 5

    server.clock.advance(1)
    facts = (await carry_out(server, FOLLOW)).facts
    url = f"https://sandbox.pagerduty.example/incidents/{server.pagerduty.incidents[0].id}"
    assert facts == {
        "state": "notified",
        "who": "Ana Silva",
        "pagerduty": "PANA001",
        "at": "2026-03-02T03:00:01+00:00",
        "how": "push notification",
        "url": url,
        "seen": "notified:PANA001",
    }
    with pytest.raises(Retry):
        await carry_out(server, replace(FOLLOW, seen=facts["seen"]))


async def test_an_escalation_is_news(server: PagerDutyServer) -> None:
    await carry_out(server, PAGE)
    server.clock.advance(15 * 60 + 1)
    facts = (await carry_out(server, replace(FOLLOW, seen="notified:PANA001"))).facts
    assert (facts["seen"], facts["who"]) == ("notified:PANA001,PDEE001", "Ana Silva, Dee Park")


async def test_an_acknowledgement_names_the_person(server: PagerDutyServer) -> None:
    await carry_out(server, PAGE)
    server.clock.advance(1)
    incident = server.pagerduty.incidents[0].id
    server.pagerduty.acknowledge(incident, "ana@example.com")

    assert (await carry_out(server, replace(FOLLOW, seen="notified:PANA001"))).facts == {
        "state": "acknowledged",
        "who": "Ana Silva",
        "pagerduty": "PANA001",
        "email": "ana@example.com",
        "at": "2026-03-02T03:00:01+00:00",
        "url": f"https://sandbox.pagerduty.example/incidents/{incident}",
        "seen": "acknowledged:PANA001",
    }


async def test_an_acknowledgement_by_a_program_names_nobody(server: PagerDutyServer) -> None:
    await carry_out(server, PAGE)
    await carry_out(server, AcknowledgePage(incident=1, alert=ALERT))
    facts = (await carry_out(server, FOLLOW)).facts
    assert facts["state"] == "acknowledged"
    assert "who" not in facts


async def test_an_incident_resolved_in_pagerduty_is_news(server: PagerDutyServer) -> None:
    await carry_out(server, PAGE)
    server.pagerduty.resolve(server.pagerduty.incidents[0].id, "PDEE001")
    facts = (await carry_out(server, FOLLOW)).facts
    assert (facts["state"], facts["who"]) == ("resolved", "Dee Park")


async def test_a_page_that_woke_nobody_is_told_after_a_minute(server: PagerDutyServer) -> None:
    server.break_down("nobody_on_call")
    await carry_out(server, PAGE)
    with pytest.raises(Retry):
        await carry_out(server, FOLLOW)
    server.clock.advance(60)
    facts = (await carry_out(server, FOLLOW)).facts
    assert facts == {"state": "unnoticed", "why": "nobody is on call in PagerDuty", "seen": "missing"}

    server.faults.clear()
    await carry_out(server, PAGE)
    server.clock.advance(1)
    assert (await carry_out(server, replace(FOLLOW, seen="missing"))).facts["state"] == "notified"


async def test_a_pagerduty_that_cannot_be_looked_at_is_told_once_after_a_minute(server: PagerDutyServer) -> None:
    server.break_down("http_503")
    with pytest.raises(Retry):
        await carry_out(server, FOLLOW)
    server.clock.advance(60)
    facts = (await carry_out(server, FOLLOW)).facts
    assert facts == {"state": "unnoticed", "why": "PagerDuty is failing (503)", "seen": "unreachable"}
    with pytest.raises(Retry):
        await carry_out(server, replace(FOLLOW, seen="unreachable", since=START - timedelta(hours=1)))


async def test_a_page_is_not_followed_without_a_token_or_with_one_that_is_refused(server: PagerDutyServer) -> None:
    facts = (await carry_out(server, FOLLOW, client=server.client(api_token=None))).facts
    assert facts == {"state": "unfollowed", "why": "PAGERDUTY_API_TOKEN is not set", "seen": "unfollowed"}
    facts = (await carry_out(server, FOLLOW, client=server.client(api_token="wrong"))).facts
    assert facts["state"] == "unfollowed"
    assert "check PAGERDUTY_API_TOKEN" in facts["why"]


async def test_people_are_stood_down(server: PagerDutyServer) -> None:
    await carry_out(server, PAGE)
    await carry_out(server, AcknowledgePage(incident=1, alert=ALERT))
    assert server.pagerduty.incidents[0].status == "acknowledged"
    await carry_out(server, ResolvePage(incident=1, alert=ALERT))
    assert server.pagerduty.incidents[0].status == "resolved"


async def test_where_nobody_can_be_paged_nobody_needs_standing_down(server: PagerDutyServer) -> None:
    bare = server.client(routing_key=None, api_token=None)
    assert await carry_out(server, ResolvePage(incident=1, alert=ALERT), client=bare) == Receipt()
