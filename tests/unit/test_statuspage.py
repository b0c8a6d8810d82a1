"""Notices reach Statuspage once, whatever happens to the calls, and never an earlier one over a later one."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.effect import Attempt, Receipt
from bot.domain.errors import GiveUp, Retry, Unsure
from bot.domain.status_page import Health, PublishNotice, Stage, posting_name
from bot.integrations.publishing import StatuspageDelivery
from bot.status_check import status_page_findings
from tests import night
from tests.statuspage_server import START, StatuspageServer, statuspage_server

NOTICE = PublishNotice(
    incident=42,
    posting="k3y",
    number=1,
    title="Problem with Control plane",
    stage=Stage.INVESTIGATING,
    text="We are looking into it.",
    impact="critical",
    components={"control-plane": Health.MAJOR, "web": Health.DEGRADED},
)
LATER = replace(NOTICE, number=2, stage=Stage.IDENTIFIED, text="We found it.")


@pytest.fixture
async def server() -> AsyncIterator[StatuspageServer]:
    async with statuspage_server() as running:
        yield running


async def published(server: StatuspageServer, notice: PublishNotice, *, look: bool = False, bound: str = "") -> Receipt:
    names = {posting_name(notice.posting): {"id": bound}} if bound else {}
    client = server.client()
    try:
        delivery = StatuspageDelivery(client, organisation=night.organisation())
        return await delivery.publish(
            notice, Attempt(key=f"{notice.posting}/{notice.number}", serial=1, first_at=START, look=look, bound=names)
        )
    finally:
        await client.close()


def stages(server: StatuspageServer) -> list[str]:
    (incident,) = server.statuspage.incidents
    return [update["status"] for update in incident["incident_updates"]][::-1]


async def test_the_first_notice_opens_an_incident_and_the_next_ones_change_it(server: StatuspageServer) -> None:
    receipt = await published(server, NOTICE)
    (incident,) = server.statuspage.incidents
    assert receipt == Receipt(binds={"status-page/k3y": {"id": incident["id"]}})
    assert incident["metadata"] == {"opsbot": {"key": "k3y", "notice": 1}}
    assert server.statuspage.components == {
        "Control plane": "major_outage",
        "Agent runtime": "operational",
        "Web application": "degraded_performance",
    }

    await published(server, LATER, bound=str(incident["id"]))
    assert stages(server) == ["investigating", "identified"]


@pytest.mark.parametrize("kind", ["drop_after", "internal_error_applied", "garbage_json"])
async def test_after_an_unknown_outcome_it_looks_and_publishes_nothing_twice(
    server: StatuspageServer, kind: str
) -> None:
    server.break_down(kind, method="POST /incidents", times=1)
    with pytest.raises(Unsure):
        await published(server, NOTICE)
    await published(server, NOTICE, look=True)
    server.break_down(kind, method="PATCH /incidents/{id}", times=1)
    with pytest.raises(Unsure):
        await published(server, LATER)
    await published(server, LATER, look=True)

    assert stages(server) == ["investigating", "identified"]


async def test_an_earlier_notice_is_not_published_over_a_later_one(server: StatuspageServer) -> None:
    await published(server, LATER)
    await published(server, NOTICE, look=True)

    assert stages(server) == ["identified"]


async def test_an_incident_that_somebody_took_away_is_opened_anew(server: StatuspageServer) -> None:
    receipt = await published(server, NOTICE, bound="gone")

    assert receipt.binds["status-page/k3y"]["id"] == server.statuspage.incidents[0]["id"]


async def test_a_component_that_the_page_lacks_is_told_and_the_words_are_public(server: StatuspageServer) -> None:
    receipt = await published(server, replace(NOTICE, components={"billing": Health.MAJOR, "web": Health.MAJOR}))

    assert receipt.facts == {"missing": "Billing"}
    assert stages(server) == ["investigating"]


async def test_too_many_calls_hold_up_all_of_them_for_as_long_as_statuspage_says(server: StatuspageServer) -> None:
    server.break_down("ratelimited", times=1, retry_after=7)
    with pytest.raises(Retry) as refused:
        await published(server, NOTICE)

    assert (refused.value.after, refused.value.throttled) == (7, True)


@pytest.mark.parametrize("kind", ["http_503", "drop_before", "garbage_json"])
async def test_a_look_that_fails_is_tried_again(server: StatuspageServer, kind: str) -> None:
    server.break_down(kind, method="GET *", times=1)
    with pytest.raises(Retry):
        await published(server, NOTICE, look=True)

    assert server.statuspage.incidents == []


async def test_a_refusal_is_told_in_statuspages_words(server: StatuspageServer) -> None:
    with pytest.raises(GiveUp, match="Statuspage refuses: Name is too long"):
        await published(server, replace(NOTICE, title="x" * 300))


async def test_a_wrong_key_or_page_is_told_with_the_remedy(server: StatuspageServer) -> None:
    for client in (server.client(api_key="wrong"), server.client(page="wrong")):
        delivery = StatuspageDelivery(client, organisation=night.organisation())
        with pytest.raises(GiveUp, match="check STATUSPAGE"):
            await delivery.publish(NOTICE, Attempt(key="1", serial=1, first_at=START))
        await client.close()


async def test_nobody_listening_is_a_reason_to_wait(server: StatuspageServer) -> None:
    client = replace(server, port=9).client()
    delivery = StatuspageDelivery(client, organisation=night.organisation())
    with pytest.raises(Retry, match="cannot be reached"):
        await delivery.publish(NOTICE, Attempt(key="1", serial=1, first_at=START))
    await client.close()


async def test_doctor_tells_which_components_customers_would_not_see(server: StatuspageServer) -> None:
    organisation = night.organisation()
    billing = replace(organisation.services["billing"], on_status_page=True)
    web = replace(organisation.services["web"], statuspage_component="component003")
    more = replace(organisation, services={**organisation.services, "billing": billing, "web": web})
    client, wrong = server.client(), server.client(api_key="wrong")

    assert await status_page_findings(client, organisation) == []
    assert await status_page_findings(client, more) == [
        "Statuspage has no component for Billing: create it there, or name its id (statuspage_component)."
    ]
    assert await status_page_findings(None, organisation) == []
    assert "has no components" in (await status_page_findings(None, replace(organisation, services={})))[0]
    assert "STATUSPAGE_API_KEY" in (await status_page_findings(wrong, organisation))[0]
    await client.close()
    await wrong.close()
