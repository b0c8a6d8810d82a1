"""What alerts are about is looked at as they are told; whoever reads them sees what is wrong and what treats it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.alert import Alert, Source
from bot.domain.incident import Severity
from bot.domain.looking import LookAt
from playbooks import load
from playbooks.alert_looks import LOOKED_AT
from playbooks.alerts import Alerts
from playbooks.declaration import Declaration
from playbooks.reopening import Reopening
from tests.as_text import message_text
from tests.golden_file import assert_golden
from tests.looked import QUICK, SLOW, WORDS, charts, looking_catalogue, looks, opened
from tests.war_room import ANA, WarRoom

ALERT = "alert/1"


@pytest.fixture
async def room(store_url: str, tmp_path: Path) -> AsyncIterator[WarRoom]:
    async with opened(store_url, looking_catalogue(tmp_path)) as room:
        room.outside.seen = {"latency": SLOW}
        yield room


def alerts_of(room: WarRoom) -> Alerts:
    catalogue = load(WORDS, None)
    reopening = Reopening(store=room.store, organisation=room.organisation, catalogue=catalogue)
    return Alerts(store=room.store, organisation=room.organisation, incidents=room.incidents, reopening=reopening)


async def fire(room: WarRoom, key: str = "1", *, firing: bool = True) -> None:
    now = room.clock.now()
    alert = Alert(
        source=Source.PAGERDUTY, key=key, cause="slow", title="Answers are slow", firing=firing, at=now, since=now,
        service="control-plane",
    )  # fmt: skip
    await alerts_of(room).hear([alert])
    await room.settle(3)


async def declare(room: WarRoom) -> None:
    found = await alerts_of(room).find(1)
    declaration = Declaration(title="Slow", severity=Severity.CRITICAL, services=found.services)
    await alerts_of(room).declare(1, declaration, by=ANA, delivery=room.delivery())
    await room.settle(3)


async def minutes(room: WarRoom, number: int) -> None:
    """Minutes pass, with what was put off until then."""
    for _ in range(number):
        await room.pass_time(minutes=1)


def told(room: WarRoom) -> str:
    return message_text(room.outside.messages[ALERT])


async def test_alerts_show_what_is_worst_and_what_treats_it_with_its_chart_below(room: WarRoom) -> None:
    await fire(room)

    assert sorted(looks(room)) == sorted(LOOKED_AT)
    assert_golden("messages/alert-seen.txt", told(room))
    assert [(each.thread, each.place) for each in charts(room)] == [(ALERT, "channel/#alerts")]


async def test_alerts_of_what_is_well_say_nothing_more(room: WarRoom) -> None:
    room.outside.seen = {"latency": QUICK}
    await fire(room)

    assert "310 ms" not in told(room)
    assert "looking" not in told(room)
    assert charts(room) == []


async def test_however_many_alerts_join_it_is_looked_once(room: WarRoom) -> None:
    for number in range(4):
        await fire(room, str(number))
    assert len(looks(room)) == len(LOOKED_AT)
    assert len(charts(room)) == 1


async def test_as_long_as_nobody_decides_it_is_looked_again_for_half_an_hour(room: WarRoom) -> None:
    room.outside.seen = {"latency": QUICK}
    await fire(room)
    assert "👉" not in told(room)

    room.outside.seen = {"latency": SLOW}
    await minutes(room, 2)
    assert "👉 00042 deployed 13:58" in told(room), "numbers of the cloud come later than alerts"
    assert len(charts(room)) == 1

    await minutes(room, 28)
    assert looks(room).count("latency") == 8, "at once, every two minutes until they have arrived, then every five"
    assert len(charts(room)) == 1, "it was bad before, and its chart stands there"
    await minutes(room, 60)
    assert looks(room).count("latency") == 9


async def test_alerts_that_stop_and_fire_again_are_looked_at_again(room: WarRoom) -> None:
    await fire(room)
    await minutes(room, 1)
    await fire(room, firing=False)
    await minutes(room, 2)
    before = looks(room).count("latency")

    await fire(room)
    await minutes(room, 4)
    assert looks(room).count("latency") > before + 1


async def test_an_alert_that_joins_an_incident_has_its_war_room_look_at_once(room: WarRoom) -> None:
    await fire(room)
    await declare(room)
    await minutes(room, 30)
    before = looks(room).count("latency")

    await fire(room, "another")
    await room.tick()
    assert looks(room).count("latency") == before + 1

    await fire(room, "a third")
    await room.tick()
    assert looks(room).count("latency") == before + 1


async def test_what_is_private_is_not_shown_where_everybody_reads(room: WarRoom) -> None:
    private = tuple(replace(each, private=True, says="Revenue is down") for each in SLOW.findings)
    room.outside.seen = {"latency": replace(SLOW, findings=private)}
    await fire(room)

    assert "Revenue" not in told(room)
    assert "00042" not in told(room)


async def test_once_somebody_declares_the_war_room_says_it_instead(room: WarRoom) -> None:
    await fire(room)
    await declare(room)
    assert "1,240 ms" not in told(room)

    await minutes(room, 30)
    looked = [each for each in room.outside.done if isinstance(each, LookAt) and each.alert]
    assert len(looked) == 2 * len(LOOKED_AT), "what was to be looked at again already"


async def test_what_was_seen_is_forgotten_with_the_alerts(room: WarRoom) -> None:
    await fire(room)
    number = (await alerts_of(room).find(1)).look
    async with room.store.begin() as unit:
        assert await unit.evidence.of(incident=0, run=number)
        room.clock.advance(60)
        await unit.alerts.forget(room.clock.now())
    async with room.store.look() as unit:
        assert not await unit.evidence.of(incident=0, run=number)
