"""A maintenance at Statuspage: scheduled once, moved on by us alone, and never an earlier notice over a later one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.effect import Attempt, Receipt
from bot.domain.errors import Retry, Unsure
from bot.domain.maintenance_notice import PageStage, PublishMaintenance
from bot.domain.status_page import posting_name
from bot.integrations.publishing import StatuspageDelivery
from tests import night
from tests.statuspage_server import START, StatuspageServer, statuspage_server

SCHEDULED = PublishMaintenance(
    maintenance=7,
    posting="m3y",
    number=1,
    notice="two-weeks",
    title="Database maintenance",
    stage=PageStage.SCHEDULED,
    text="Control plane may be slow or interrupted.",
    starts_at=START + timedelta(days=14),
    ends_at=START + timedelta(days=14, hours=2),
    components=("control-plane",),
)
BEGUN = replace(SCHEDULED, number=2, notice="started", stage=PageStage.IN_PROGRESS, text="It has begun.")
OVER = replace(SCHEDULED, number=3, notice="ended", stage=PageStage.COMPLETED, text="It is over.")


@pytest.fixture
async def server() -> AsyncIterator[StatuspageServer]:
    async with statuspage_server() as running:
        yield running


async def published(server: StatuspageServer, notice: PublishMaintenance, *, look: bool = False) -> Receipt:
    known = {posting_name("m3y"): {"id": each["id"]} for each in server.statuspage.incidents} if not look else {}
    client = server.client()
    try:
        delivery = StatuspageDelivery(client, organisation=night.organisation())
        key = f"{notice.posting}/{notice.number}"
        attempt = Attempt(key=key, serial=1, first_at=START, look=look, bound=known)
        return await delivery.maintain(notice, attempt)
    finally:
        await client.close()


def stages(server: StatuspageServer) -> list[str]:
    (incident,) = server.statuspage.incidents
    return [update["status"] for update in incident["incident_updates"]][::-1]


async def test_it_is_scheduled_begun_and_completed_as_one(server: StatuspageServer) -> None:
    await published(server, SCHEDULED)
    (incident,) = server.statuspage.incidents
    assert incident["scheduled_for"].startswith("2026-03-16T03:00")
    assert incident["scheduled_auto_completed"] is False, "only a person ends it"
    assert server.statuspage.components["Control plane"] == "operational"

    await published(server, BEGUN)
    assert server.statuspage.components["Control plane"] == "under_maintenance"
    assert server.statuspage.components["Web application"] == "operational"

    await published(server, OVER)
    assert stages(server) == ["scheduled", "in_progress", "completed"]
    assert server.statuspage.components["Control plane"] == "operational"


async def test_one_whose_outcome_is_unknown_is_looked_up_and_not_scheduled_twice(server: StatuspageServer) -> None:
    server.break_down("drop_after", method="POST /incidents", times=1)
    with pytest.raises((Unsure, Retry)):
        await published(server, SCHEDULED)
    await published(server, SCHEDULED, look=True)
    assert stages(server) == ["scheduled"]


async def test_an_earlier_notice_never_comes_over_a_later_one(server: StatuspageServer) -> None:
    await published(server, SCHEDULED)
    await published(server, OVER)
    await published(server, BEGUN)
    assert stages(server) == ["scheduled", "completed"]
