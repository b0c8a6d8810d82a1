"""Customers read at Statuspage what a person approved: once, in order, and also after an outage."""

from collections.abc import AsyncIterator

import pytest

from tests.telling_customers import declared, page, publish
from tests.town import Plan, Town, opened


@pytest.fixture
async def with_statuspage(plan: Plan) -> AsyncIterator[Town]:
    """A town whose customers read a page at Statuspage."""
    async with opened(plan) as town:
        await town.stop()
        await town.start(town.ground.statuspage_environment())
        yield town


async def test_customers_read_it_at_statuspage_with_its_components(with_statuspage: Town) -> None:
    town = with_statuspage
    await declared(town)
    await publish(town)

    (incident,) = town.ground.statuspage.incidents
    assert incident["name"] == "Problem with Control plane"
    assert incident["impact"] == "critical"
    assert town.ground.statuspage.components["Control plane"] == "major_outage"
    assert (await page(town)).status_code == 404

    await town.slash("/incident status-page INC-1 monitoring It works again.", by="ana")
    await town.slash("/incident status-page INC-1 resolved", by="ana")
    await town.fill({}, by="ana")
    (incident,) = town.ground.statuspage.incidents
    assert [update["status"] for update in incident["incident_updates"]] == ["resolved", "monitoring", "investigating"]
    assert set(town.ground.statuspage.components.values()) == {"operational"}
    assert "Status page: resolved, posted" in town.texts()[0]


@pytest.mark.parametrize("kind", ["drop_after", "internal_error_applied", "garbage_json", "drop_before", "http_503"])
async def test_a_call_of_unknown_outcome_tells_customers_once(with_statuspage: Town, kind: str) -> None:
    town = with_statuspage
    await declared(town)
    town.breaks(kind, "POST /incidents", target="statuspage")
    await publish(town)
    await town.pass_time(seconds=20)
    town.breaks(kind, "PATCH /incidents/{id}", target="statuspage")
    await town.slash("/incident status-page INC-1 identified It was a cable.", by="ben")
    await town.pass_time(seconds=20)

    (incident,) = town.ground.statuspage.incidents
    assert [update["status"] for update in incident["incident_updates"]] == ["identified", "investigating"]


async def test_while_statuspage_is_down_the_room_knows_what_is_not_public_yet(with_statuspage: Town) -> None:
    town = with_statuspage
    await declared(town)
    town.breaks("http_503", times=None, target="statuspage")
    await publish(town)
    assert "Status page: investigating, approved 14:00 by <@U0BEN>, not public yet" in town.texts()[0]

    town.heals()
    await town.pass_time(minutes=2)
    assert len(town.ground.statuspage.incidents) == 1
    assert "Status page: investigating, posted 14:00 by <@U0BEN>" in town.texts()[0]


async def test_what_statuspage_refuses_can_be_tried_again(with_statuspage: Town) -> None:
    town = with_statuspage
    await declared(town)
    town.breaks("error:Name is not to our taste", "POST /incidents", target="statuspage")
    await publish(town)
    assert "could not publish on the status page: Statuspage refuses" in town.read("could not publish")
    assert "not public yet" in town.texts()[0]

    await town.press("Try again", by="ben")
    assert len(town.ground.statuspage.incidents) == 1
    assert "Status page: investigating, posted" in town.texts()[0]


async def test_an_earlier_notice_never_overwrites_a_later_one(with_statuspage: Town) -> None:
    town = with_statuspage
    await declared(town)
    town.breaks("error:Busy", "POST /incidents", target="statuspage")
    await publish(town)
    await town.slash("/incident status-page INC-1 identified It was a cable.", by="ben")
    await town.press("Try again", by="ben")

    (incident,) = town.ground.statuspage.incidents
    assert [update["status"] for update in incident["incident_updates"]] == ["identified"]
    assert "Status page: identified, posted" in town.texts()[0]


async def test_a_bot_that_is_restarted_goes_on_telling_customers(with_statuspage: Town) -> None:
    town = with_statuspage
    await declared(town)
    town.breaks("http_503", times=None, target="statuspage")
    await publish(town)
    await town.stop()
    town.heals()
    await town.start(town.ground.statuspage_environment())
    await town.pass_time(minutes=2)

    assert len(town.ground.statuspage.incidents) == 1
