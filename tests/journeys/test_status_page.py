"""Customers learn what a person approved for them on the bot's own page, and nothing else."""

from tests.as_seen import labels_of, words_of
from tests.telling_customers import declared, drafted, page, publish
from tests.town import Town

HOSTILE = "<script>alert(1)</script> \u202egnp.exe & <b>bold</b>\n\nsecond line"


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
