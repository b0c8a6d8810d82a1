"""Customers learn what a person approved for them, on the bot's own page or at Statuspage, and nothing else."""

from collections.abc import AsyncIterator, Mapping

import httpx
import pytest

from tests.as_seen import labels_of, words_of
from tests.town import Plan, Town, opened

HOSTILE = "<script>alert(1)</script> \u202egnp.exe & <b>bold</b>\n\nsecond line"


@pytest.fixture
async def with_statuspage(plan: Plan) -> AsyncIterator[Town]:
    """A town whose customers read a page at Statuspage."""
    async with opened(plan) as town:
        await town.stop()
        await town.start(town.ground.statuspage_environment())
        yield town


async def page(town: Town, headers: dict[str, str] | None = None, path: str = "/status") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"{town.bot.address}{path}", headers=headers)


async def declared(town: Town, title: str = "Postgres primary db-7 is down", *, severity: str = "Critical") -> None:
    await town.slash("/incident declare", by="cho")
    errors = await town.fill(
        {"What is wrong?": title, "How bad is it?": severity, "Which services are affected?": ("Control plane",)},
        by="cho",
    )
    assert not errors


async def publish(town: Town, by: str = "ben", answers: Mapping[str, str] | None = None) -> dict[str, str]:
    """Opens the form from the card and sends it, with some of the draft changed."""
    await town.press("Status page", by=by)
    return await town.fill(answers or {}, by=by)


def drafted(town: Town, by: str) -> str:
    """The words for customers in the form that somebody has open."""
    (text,) = (block for block in town.form(by)["blocks"] if block["block_id"] == "text")
    return str(text["element"]["initial_value"])


async def test_nothing_is_public_before_a_person_approves_it(town: Town) -> None:
    await declared(town)

    assert "Status page: nothing is public yet; a draft is ready" in town.texts()[0]
    body = (await page(town)).text
    assert "All systems are operational" in body
    assert "Problem" not in body

    await town.press("Status page", by="ben")
    form = words_of(town.form("ben"))
    assert "Customers read this" in form
    assert drafted(town, "ben").startswith("We are investigating a problem with Control plane.")
    assert "Billing" not in form
    await town.fill({}, by="ben")

    shown = (await page(town)).text
    assert "Some systems are down" in shown
    assert "Problem with Control plane" in shown
    assert "We are investigating a problem with Control plane." in shown
    assert "Major outage" in shown
    assert "db-7" not in shown
    assert "INC-" not in shown
    assert "Ben" not in shown
    assert "Status page: investigating, posted 14:00 by <@U0BEN>" in town.texts()[0]
    assert "Status page: investigating, by <@U0BEN>" in town.read("We are investigating a problem")


async def test_the_page_is_cheap_to_ask_for_and_loads_nothing(town: Town) -> None:
    first = await page(town)

    assert first.headers["etag"]
    assert "max-age" in first.headers["cache-control"]
    assert (await page(town, {"If-None-Match": first.headers["etag"]})).status_code == 304
    assert "<script" not in first.text
    assert first.headers["content-security-policy"].startswith("default-src 'none'")

    await declared(town)
    await publish(town)
    assert (await page(town, {"If-None-Match": first.headers["etag"]})).status_code == 200


async def test_programs_read_the_same(town: Town) -> None:
    await declared(town)
    await publish(town, answers={"How far are we?": "Identified", "Control plane": "Partial outage"})

    data = (await page(town, path="/status.json")).json()
    assert data["status"] == {"health": "partial", "description": "Some systems are partly down"}
    assert data["components"][0] == {"id": "control-plane", "name": "Control plane", "health": "partial"}
    assert data["incidents"][0]["stage"] == "identified"
    assert data["history"] == []


async def test_a_whole_incident_on_the_page(town: Town) -> None:
    await declared(town)
    await town.slash("/incident status-page INC-1 investigating We look into failing logins.", by="ben")
    await town.pass_time(minutes=10)
    await town.slash("/incident status-page INC-1 identified A network cable broke.", by="ben")
    await town.slash("/incident resolve INC-1 New cable", by="ana")

    assert "Customers still read that something is wrong: the status page says identified." in town.read(
        "Customers still"
    )
    assert "Status page: still identified, posted 14:10" in town.texts()[0]

    await town.press("Status page", by="ana", near="Customers still read")
    assert drafted(town, "ana").startswith("The problem with Control plane is resolved.")
    await town.fill({}, by="ana")
    body = (await page(town)).text
    assert "All systems are operational" in body
    assert body.index("Resolved") < body.index("Identified") < body.index("We look into failing logins")
    assert "Status page: resolved, posted 14:10 by <@U0ANA>" in town.texts()[0]


async def test_resolving_can_tell_customers_in_the_same_form(town: Town) -> None:
    await declared(town)
    await publish(town)
    await town.press("Resolve", by="ben")
    assert "The status page says investigating." in words_of(town.form("ben"))
    await town.fill(
        {
            "What solved it?": "Restarted db-7.",
            "Shall customers know?": ("Post this to the status page and mark it resolved",),
        },
        by="ben",
    )

    body = (await page(town)).text
    assert "All systems are operational" in body
    assert "The problem with Control plane is resolved." in body
    assert "db-7" not in body
    assert town.count("Customers still read") == 0


async def test_at_critical_only_what_reaches_customers_quiets_the_reminder(town: Town) -> None:
    await declared(town)
    await town.press("Acknowledge", by="ben")
    await town.pass_time(minutes=10)
    answer = await town.slash("/incident update INC-1 Rolling back.", by="ben")
    assert "Posted, but not to the status page" in answer

    await town.pass_time(minutes=6)
    assert "a status update was due at 14:15" in town.read("a status update was due")
    await town.press("Post update", by="ben", near="a status update was due")
    ticks = ("This war room", "The public status page")
    await town.fill({"What do you know, what is being done?": "We are rolling back.", "Who reads it?": ticks}, by="ben")

    assert town.count("a status update was due") == 0
    assert "We are rolling back." in (await page(town)).text
    assert "the status page" in town.read("To this room")


async def test_at_high_an_update_for_the_room_is_enough(town: Town) -> None:
    await declared(town, severity="High")
    await town.press("Acknowledge", by="ben")
    await town.pass_time(minutes=20)
    assert "Posted. The next update" in await town.slash("/incident update INC-1 Rolling back.", by="ben")
    await town.pass_time(minutes=20)

    assert town.count("a status update was due") == 0


async def test_two_who_approve_at_once_tell_customers_once(town: Town) -> None:
    await declared(town)
    await town.press("Status page", by="ben")
    await town.press("Status page", by="ana")
    assert await town.fill({}, by="ben") == {}
    errors = await town.fill({}, by="ana")

    assert "Ben Okafor has posted to the status page meanwhile" in next(iter(errors.values()))
    assert (await page(town)).text.count("We are investigating") == 1


async def test_internal_words_are_refused_and_nothing_typed_is_lost(town: Town) -> None:
    await declared(town)
    errors = await publish(town, answers={"What shall customers read?": "10.0.0.7 is gone"})
    assert errors == {
        "What shall customers read?": "Customers would read an IP address, “10.0.0.7”. Take it out, and send it again."
    }
    answer = await town.slash("/incident status-page INC-1 see INC-1", by="ben")
    assert "Customers would read an incident's number" in answer
    assert "All systems are operational" in (await page(town)).text


async def test_hostile_words_are_shown_as_they_are(town: Town) -> None:
    await declared(town)
    assert (
        await publish(town, answers={"What shall customers read?": HOSTILE, "Title": "<img src=x onerror=alert(1)>"})
        == {}
    )

    body = (await page(town)).text
    assert "<script>" not in body
    assert "<img" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "\u202e" not in body
    assert "second line" in body


async def test_nothing_of_a_private_incident_is_public(town: Town) -> None:
    await town.slash("/incident declare", by="cho")
    private = ("Private: only those who are invited see it",)
    await town.fill(
        {"What is wrong?": "Keys leaked", "How bad is it?": "Critical", "Is it confidential?": private}, by="cho"
    )

    assert "Status page:" not in "".join(town.texts())
    assert all("Status page" not in labels_of(message) for message in town.messages(town.room()))
    assert "is private; nothing of it goes to the status page" in await town.slash(
        "/incident status-page INC-1 investigating We look into it.", by="cho"
    )
    assert "is private" in await town.slash("/incident status-page INC-1", by="cho")
    assert (await page(town, path="/status.json")).json()["incidents"] == []
    await town.press("Acknowledge", by="dee")
    assert "Posted. The next update" in await town.slash("/incident update INC-1 Rotating keys.", by="dee")


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
