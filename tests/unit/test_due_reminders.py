"""What is due is told once, in one message, to the right person, however often the bot was restarted."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.incident import Duty, Severity
from bot.domain.paging import PageTarget
from bot.domain.run import RunKey
from bot.organisation_file import load_organisation
from playbooks.audience import Audience
from tests.as_text import message_text
from tests.war_room import ANA, BEN, DEE, ELI, GUS, ROOT, START, WarRoom, war_room

INC_1 = RunKey(incident=1)
EVERYBODY = frozenset(Audience)


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as room:
        yield room


async def commanded(room: WarRoom, severity: Severity = Severity.CRITICAL) -> None:
    """An incident that Ana commands, in its second phase, so that nothing is due but updates."""
    await room.declare(severity)
    await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
    await room.settle(3)


async def finish_steps(room: WarRoom) -> None:
    """Everything that is open is skipped, so that nothing is late."""
    for step in list((await room.run()).open_steps()):
        await room.runner.skip(INC_1, step.key, "", by=ANA, delivery=room.delivery())


async def test_the_commander_is_asked_for_an_update_every_fifteen_minutes(room: WarRoom) -> None:
    await commanded(room)
    await room.pass_time(minutes=14, seconds=50)
    assert await room.due_messages() == []

    await room.pass_time(seconds=10)
    (first,) = await room.due_messages()
    assert "@Ana" in message_text(room.outside.messages[first])

    await room.pass_time(minutes=15)
    (second,) = await room.due_messages()
    assert second != first


async def test_communications_is_asked_before_the_commander(room: WarRoom) -> None:
    await commanded(room)
    duty = Duty.COMMUNICATIONS
    await room.incidents.take_role(1, duty, user=DEE, by=DEE, held_by=None, delivery=room.delivery())
    await room.pass_time(minutes=15)

    (due,) = await room.due_messages()
    assert "@Dee" in message_text(room.outside.messages[due])


async def test_an_update_counts_from_when_it_was_posted_and_quiets_the_reminder(room: WarRoom) -> None:
    await commanded(room)
    await room.pass_time(minutes=15)
    await room.incidents.post_update(1, "Rolling back.", EVERYBODY, by=ANA, delivery=room.delivery())
    await room.settle(3)

    incident = await room.incident()
    assert incident.update_due
    assert incident.last_update
    assert incident.update_due - incident.last_update.at == timedelta(minutes=15)
    assert (await room.incident()).update_asked is None
    assert "Rolling back." in message_text(room.outside.messages["incident/1/announcement"])
    assert "Rolling back." in message_text(room.outside.messages["incident/1/post/update-1"])
    assert [slot for slot in room.outside.messages if slot.startswith("incident/1/inform/U0CHO/")]


async def test_an_update_for_the_room_alone_is_not_announced(room: WarRoom) -> None:
    await commanded(room)
    audiences = frozenset({Audience.ROOM})
    await room.incidents.post_update(1, "It was the key.", audiences, by=ANA, delivery=room.delivery())
    await room.settle(3)

    assert "key" not in message_text(room.outside.messages["incident/1/announcement"])
    assert "key" in message_text(room.outside.messages["incident/1/card"])


async def test_no_change_and_snooze_put_the_reminder_off_and_are_no_update(room: WarRoom) -> None:
    await commanded(room)
    await room.pass_time(minutes=15)
    incident = await room.incidents.snooze(1, 30, by=ANA, delivery=room.delivery())
    assert incident.update_due == room.clock.now() + timedelta(minutes=30)

    incident = await room.incidents.no_change(1, by=ANA, delivery=room.delivery())
    assert incident.update_due == room.clock.now() + timedelta(minutes=15)
    assert incident.last_update is None


async def test_a_bot_that_was_down_for_three_intervals_asks_once(room: WarRoom) -> None:
    await commanded(room)
    room.clock.advance(58 * 60)
    await room.tick()
    await room.tick()

    (due,) = await room.due_messages()
    assert room.outside.posts.count(due) == 1
    incident = await room.incident()
    assert incident.update_asked == START + timedelta(minutes=15)
    assert incident.update_due == START + timedelta(minutes=60)


async def test_two_ticks_at_once_ask_once(room: WarRoom) -> None:
    await commanded(room)
    room.clock.advance(15 * 60)
    await room.due.tick()
    await room.due.tick()
    await room.settle(5)

    assert len(await room.due_messages()) == 1


async def test_late_steps_are_named_in_the_same_message_and_go_when_they_end(room: WarRoom) -> None:
    await room.declare()
    await room.pass_time(minutes=5)
    (due,) = await room.due_messages()
    assert "Take command" in message_text(room.outside.messages[due])

    await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
    await room.settle(3)
    assert await room.due_messages() == []


async def test_a_new_message_of_the_bots_waits_for_the_end_of_the_gap(room: WarRoom) -> None:
    await room.declare()
    await room.pass_time(minutes=5)
    await room.incidents.snooze(1, 2, by=ANA, delivery=room.delivery())
    (late,) = await room.due_messages()

    await room.pass_time(minutes=2, seconds=5)
    assert await room.due_messages() == [late]
    assert (await room.incident()).update_asked is not None
    await room.pass_time(minutes=3)
    (due,) = await room.due_messages()
    assert due != late


async def test_nobody_answering_climbs_the_ladder_once(room: WarRoom) -> None:
    await room.declare()
    await room.pass_time(minutes=15)
    await room.pass_time(hours=2)

    paged = [effect.target for effect in room.outside.done if isinstance(effect, PageTarget)]
    assert sorted(paged) == ["cto", "vp-engineering"]
    told = [slot for slot in room.outside.posts if slot.startswith(f"incident/1/inform/{GUS}/escalation")]
    assert len(told) == 1
    assert ELI not in {slot.split("/")[3] for slot in room.outside.posts if "/inform/" in slot}


async def test_a_commander_without_acknowledgement_is_no_answer_and_both_are(room: WarRoom) -> None:
    await room.declare()
    assert (await room.incident()).response_due == START + timedelta(minutes=15)
    await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
    assert (await room.incident()).response_due is None


async def test_what_can_wait_waits_for_business_hours(sqlite_store_url: str) -> None:
    friday_evening = datetime(2026, 3, 6, 21, 30, tzinfo=UTC)
    monday = datetime(2026, 3, 9, 14, 30, tzinfo=UTC)
    async with war_room(sqlite_store_url, start=friday_evening) as room:
        incident = await room.declare(Severity.MEDIUM)

    assert incident.update_due == monday
    assert load_organisation(ROOT / "opsbot.example.yaml").severity("medium").business_hours


async def test_the_steps_of_a_medium_incident_are_not_late_at_night(sqlite_store_url: str) -> None:
    evening = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)
    async with war_room(sqlite_store_url, start=evening) as room:
        await room.declare(Severity.MEDIUM)
        await room.incidents.no_change(1, by=ANA, delivery=room.delivery())
        await room.pass_time(hours=12)
        assert await room.due_messages() == []
        await room.pass_time(hours=8)
        assert len(await room.due_messages()) == 1


async def test_the_end_of_the_watch_is_seen_and_asks_to_resolve(room: WarRoom) -> None:
    await commanded(room)
    await room.incidents.mitigate(1, by=ANA, delivery=room.delivery())
    await finish_steps(room)
    await room.pass_time(minutes=29)
    assert (await room.incident()).watched_at is None

    await room.pass_time(minutes=1)
    assert (await room.incident()).watched_at is not None
    (due,) = await room.due_messages()
    assert "resolve" in message_text(room.outside.messages[due]).lower()


async def test_after_resolving_only_the_work_after_it_is_due(room: WarRoom) -> None:
    await commanded(room)
    await room.pass_time(minutes=15)
    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    await room.settle(5)
    assert await room.due_messages() == []

    await room.pass_time(hours=23, minutes=58)
    assert await room.due_messages() == []
    await room.pass_time(minutes=2)
    assert len(await room.due_messages()) == 1
    await room.incidents.close(1, by=ANA, delivery=room.delivery(), without_report="")
    await room.settle(5)
    assert await room.due_messages() == []
    assert await room.due.next_due() is None


async def test_a_bot_that_is_started_again_goes_on_where_it_was(sqlite_store_url: str) -> None:
    async with war_room(sqlite_store_url) as room:
        await room.declare(by=BEN)
        await room.pass_time(minutes=5)
        late = await room.incident()
    async with war_room(sqlite_store_url, start=START + timedelta(minutes=15)) as room:
        await room.tick()
        incident = await room.incident()

    assert incident.due_messages == late.due_messages + 1
    assert incident.escalated == 3
