"""The on-call engineer is woken, and the room always knows whether anybody was."""

from dataclasses import replace

import pytest

from tests.as_seen import labels_of
from tests.town import Plan, Town, opened

FALLBACK = "Call the on-call engineer, +1 555 0101; then the on-call lead, +1 555 0104."


async def test_whoever_acknowledges_on_the_phone_commands(town: Town) -> None:
    await town.slash("/incident declare critical API is down", by="cho")
    assert "Paged the on-call engineer 14:00; no answer yet." in town.read("no answer yet")

    await town.pass_time(minutes=1)
    assert "Paged Ana Silva 14:00; not acknowledged yet." in town.texts()[0]

    town.ground.pagerduty.acknowledge(town.ground.pagerduty.incidents[0].id, "PANA001")
    await town.pass_time(seconds=10)
    assert "Paged Ana Silva, acknowledged 14:01." in town.texts()[0]
    assert "Commander <@U0ANA>" in town.texts()[0]
    assert "commander Ana Silva" in town.topic()
    assert "5 of 5 done" in town.read("Declare") or "done" in town.read("Declare · within 5 min")
    assert "Acknowledge" not in labels_of(town.find("Paged Ana Silva, acknowledged"))


async def test_whoever_acknowledges_in_the_room_commands_and_the_phone_falls_silent(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.pass_time(minutes=1)
    await town.press("Acknowledge", by="ben")

    assert "Commander <@U0BEN>" in town.texts()[0]
    assert town.ground.pagerduty.incidents[0].status == "acknowledged"
    assert "<@U0BEN> acknowledged 14:01" in town.read("acknowledged 14:01")

    await town.pass_time(minutes=20)
    assert town.ground.pagerduty.incidents[0].assigned == ["PANA001"]


async def test_resolving_ends_the_alert(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.slash("/incident resolve INC-1 It was the cable")

    assert [each.status for each in town.ground.pagerduty.incidents] == ["resolved"]


async def test_without_a_key_the_room_says_that_nobody_was_paged_and_whom_to_call(plan: Plan) -> None:
    async with opened(replace(plan, environment={"PAGERDUTY_ROUTING_KEY": ""})) as town:
        await town.slash("/incident declare critical API is down")

        told = town.read("NOT paged")
        assert "because PagerDuty is not configured (PAGERDUTY_ROUTING_KEY is not set)" in told
        assert FALLBACK in told
        assert "✗ 1. Page the on-call engineer." in town.read("Declare · within 5 min")
        assert town.ground.pagerduty.alerts == []


async def test_while_pagerduty_is_down_declaring_succeeds_and_after_30_s_the_room_says_whom_to_call(town: Town) -> None:
    town.breaks("http_500", "*", times=None, target="pagerduty")
    await town.slash("/incident declare critical API is down")
    assert town.count("NOT paged") == 0
    assert town.room()

    await town.pass_time(seconds=31)
    assert town.count("NOT paged yet") >= 1
    assert FALLBACK in town.read("NOT paged yet")

    town.heals()
    await town.pass_time(seconds=60)
    assert town.count("NOT paged yet") == 0
    assert "Paged" in town.texts()[0]
    assert [
        len(town.ground.pagerduty.alerts),
        town.count("no answer yet") >= 1 or town.count("not acknowledged") >= 1,
    ] == [1, True]


async def test_a_page_that_wakes_nobody_is_told_and_repeated_until_it_wakes_somebody(town: Town) -> None:
    town.breaks("nobody_on_call", "*", times=None, target="pagerduty")
    await town.slash("/incident declare critical API is down")
    await town.pass_time(seconds=90)

    assert "NOBODY was notified" in town.texts()[0]
    assert FALLBACK in town.texts()[0]

    town.heals()
    for _ in range(4):
        await town.pass_time(seconds=60)
    assert "Paged Ana Silva" in town.texts()[0]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "http_500", "ratelimited", "internal_error_applied"])
async def test_one_alert_however_often_the_page_is_sent(town: Town, kind: str) -> None:
    town.breaks(kind, "events.trigger", times=2, target="pagerduty")
    await town.slash("/incident declare critical API is down")
    await town.pass_time(seconds=20)
    await town.pass_time(seconds=40)

    assert len(town.ground.pagerduty.alerts) == 1
    assert len(town.ground.pagerduty.incidents) == 1
    assert "Paged Ana Silva" in town.texts()[0]


async def test_a_token_that_is_refused_leaves_the_page_sent_and_not_followed(plan: Plan) -> None:
    async with opened(replace(plan, environment={"PAGERDUTY_API_TOKEN": "", "PAGERDUTY_FROM": ""})) as town:
        await town.slash("/incident declare critical API is down")
        await town.pass_time(minutes=3)

        assert "Paged the on-call engineer 14:00" in town.texts()[0]
        assert len(town.ground.pagerduty.alerts) == 1


async def test_somebody_whom_nobody_here_knows_acknowledges_and_the_role_stays_free(plan: Plan) -> None:
    async with opened(plan) as town:
        await town.slash("/incident declare critical API is down", by="cho")
        await town.pass_time(minutes=1)
        town.ground.pagerduty.acknowledge(town.ground.pagerduty.incidents[0].id, "PBOT001")
        await town.pass_time(seconds=10)

        assert "acknowledged" in town.topic()
        assert "no commander yet" in town.topic()
