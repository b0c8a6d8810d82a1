"""A bad deploy from its alert to the next good deploy: declared, seen, rolled back with two presses, ended by two people."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.postgres_server import PostgresServer
from tests.as_seen import labels_of
from tests.town import Plan, Town, opened

BAD, GOOD, NEW = "control-plane-00042", "control-plane-00041", "control-plane-00043"


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    """A town around a platform that can be changed."""
    async with opened(replace(plan, cloud=postgres_server)) as town:
        yield town


def serving(town: Town, service: str = "control-plane") -> dict[str, int]:
    """Where the traffic goes, by revision."""
    shares = town.ground.platform.service(service).serving(town.now.timestamp())
    return {share.revision.name: share.percent for share in shares if share.percent}


async def outage(town: Town) -> str:
    """A bad deploy, its alert, and the room of its incident, in which the evidence has been gathered."""
    town.ground.platform.break_("bad-deploy")
    await town.pass_time(minutes=9)
    town.ground.alertmanager.fire({"alertname": "ErrorRatio", "service": "control-plane", "severity": "warning"})
    await town.settle()
    await town.press("Declare", by="ana", where="alerts")
    await town.fill({"How bad is it?": "Critical"})
    await town.press("Take command", by="ana")
    return town.room()


async def test_from_the_alert_to_the_next_good_deploy(town: Town) -> None:
    room = await outage(town)
    assert "00042 deployed 10:00" in town.read("👉", room)

    await town.press("Roll back", by="ana", near="👉")
    card = town.read("CHG-1")
    assert "Safe: one press does it" in card
    assert "100 % to 00042 → 100 % to 00041" in card
    assert "Takes back: “Compute ratings while answering” by ben" in card
    await town.press("Roll back", by="ana", near="CHG-1")
    await town.pass_time(seconds=10)
    assert serving(town) == {GOOD: 100}
    assert town.ground.platform.broken() == []

    await town.pass_time(minutes=6)
    assert "Done. All traffic goes to 00041." in town.read("✅ CHG-1 · ")
    assert "When this is over: /rollback finalize control-plane" in town.read("✅ CHG-1 Roll back")
    assert "✅ CHG-1 Roll back Control plane to 00041 · done." in town.read("CHG-1", "alerts")
    timeline = await town.slash("/incident timeline", where=room)
    assert "CHG-1 Roll back Control plane to 00041: it helped" in timeline
    recorded = [entry.detail for entry in town.ground.log.entries() if entry.name == "events.change"]
    assert [each["payload"]["summary"] for each in recorded] == ["Roll back Control plane to 00041"]

    await town.slash("/rollback finalize control-plane", by="ana", where=room)
    assert "A second person has to agree" in town.read("CHG-2")
    await town.press("Agree", by="ben", where=town.direct("ben"))
    await town.pass_time(seconds=12)
    await town.pass_time(seconds=6)
    assert serving(town) == {NEW: 100}
    assert not town.ground.platform.service("control-plane").pinned
    await town.pass_time(minutes=6)
    assert "Done. 00043 gets all traffic" in town.read("✅ CHG-2 · ", room)

    template = town.ground.platform.service("control-plane").template
    town.ground.platform.deploy("control-plane", replace(template, labels={"next": "one"}))
    await town.pass_time(seconds=30)
    assert serving(town) == {"control-plane-00044": 100}


async def test_whoever_has_no_role_changes_nothing_however_they_try(town: Town) -> None:
    room = await outage(town)
    await town.join("cho", room)
    await town.slash("/rollback control-plane", by="cho", where=room)
    told = "You may not ask for “Roll back”. Who may: <@U0ANA>, <@U0BEN>, <@U0DEE>"
    assert told in town.directs("cho")[-1]
    assert not [text for place in ("alerts", room) for text in town.texts(place) if "CHG-1" in text]
    await town.press("Roll back", by="cho", near="👉")
    assert told in town.whispered("cho")
    await town.slash("/rollback control-plane", by="ana", where=room)
    await town.press("Roll back", by="cho", near="CHG-2")
    assert "You may not agree to CHG-2" in town.whispered("cho")
    await town.press("Cancel", by="cho", near="CHG-2")
    assert "You may not call off CHG-2" in town.whispered("cho")
    assert serving(town) == {BAD: 100}


async def test_where_it_was_typed_a_card_and_a_second_person_in_their_direct_message(town: Town) -> None:
    town.ground.platform.break_("bad-deploy")
    await town.pass_time(minutes=9)
    assert "CHG-1: looking what it would do" in await town.slash("/rollback control-plane", by="dee", where="general")
    assert "disruptive because it is not for an open critical or high incident" in town.read("CHG-1", "general")
    await town.press("Agree", by="dee", where="general")
    assert "You asked for it, so somebody else has to agree." in town.whispered("dee")
    await town.press("Agree", by="ben", where=town.direct("ben"))
    await town.pass_time(seconds=10)
    assert serving(town) == {GOOD: 100}
    assert labels_of(town.find("CHG-1", town.direct("ben"))) == []
    told = await town.slash("/ops audit chg-1", by="cho")
    assert "CHG-1 agreed (service/control-plane) by <@U0BEN>" in told
    assert "CHG-1 refused (service/control-plane) by <@U0DEE>: You asked for it" in told


async def test_a_refusal_names_the_nearest_choice(town: Town) -> None:
    assert "There is no service `contrl-plane`; did you mean `control-plane`?" in await town.slash(
        "/rollback contrl-plane"
    )
    await town.slash("/rollback control-plane 00099")
    assert "There is no revision of Control plane `00099`" in town.read("CHG-1", "general")
    await town.slash("/rollback control-plane 00041")
    assert "Nothing to do. All traffic of Control plane goes to 00041 already." in town.read("CHG-2", "general")
    await town.slash("/rollback")
    assert town.has_form()
    assert await town.fill({"Service": "Control plane"}) == {}
    assert "CHG-3 · Roll back" in town.read("CHG-3", "general")


async def test_everybody_sees_who_can_and_what_is_frozen(town: Town) -> None:
    assert "rollback  Sends all traffic of a service back" in await town.slash("/ops whocan")
    said = await town.slash("/ops whocan rollback control-plane", by="cho")
    assert "Ask, and do what is safe: <@U0ANA>, <@U0BEN>, <@U0DEE>" in said
    assert "You may do neither" in said
    assert "Changes of everything are frozen." in await town.slash("/ops freeze on launch day", by="cho")
    assert "Changes of everything are frozen by <@U0CHO>: launch day" in town.read("frozen", "alerts")
    assert "🧊 Frozen by <@U0CHO>: launch day" in await town.slash("/ops whocan finalize control-plane")
    assert "You may not end a freeze" in await town.slash("/ops freeze off", by="cho")
    assert "go on" in await town.slash("/ops freeze off", by="ana")
    assert "Nothing is frozen." in await town.slash("/ops freeze status")
