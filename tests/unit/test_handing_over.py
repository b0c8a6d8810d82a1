"""A handoff is told to both, is accepted by the incoming person, and when it is not, others hear of it, each once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.handoff import GiveNotice, LookWhoHandsOver, SendTestAlert
from bot.domain.run import Run, RunKey, State
from playbooks.owed import ledger_of
from tests.as_text import message_text
from tests.golden_file import assert_golden
from tests.war_room import ANA, BEN, DEE, WarRoom, war_room

FIVE = datetime(2026, 3, 13, 21, tzinfo=UTC)
"""Friday, 17:00 in New York."""
HANDOFF = "handoff-friday"
KEY = RunKey(run=1)
ACCEPT = "take-over/1"
ANA_TO_BEN = {"outgoing": "PANA001", "outgoing_name": "Ana S.", "incoming": "PBEN001", "incoming_name": "Ben O."}


@pytest.fixture
async def room(store_url: str) -> AsyncIterator[WarRoom]:
    """Four minutes before the handoff on Friday, of which nothing else starts by the clock."""
    async with war_room(store_url, start=FIVE - timedelta(minutes=4)) as room:
        await room.expect_only(HANDOFF)
        room.outside.facts[LookWhoHandsOver] = ANA_TO_BEN
        room.outside.facts[SendTestAlert] = {"says": "a test alert was in PagerDuty after 2 s"}
        yield room


async def begin(room: WarRoom) -> None:
    await room.pass_time(minutes=4)


async def found(room: WarRoom) -> Run:
    return (await room.incidents.run(KEY))[1]


def told(room: WarRoom, what: str) -> list[str]:
    """Who was told of something."""
    start = f"run/1/handoff/{what}/"
    return sorted(slot.removeprefix(start) for slot in room.outside.posts if slot.startswith(start))


def said(room: WarRoom, what: str, user: str) -> str:
    return message_text(room.outside.messages[f"run/1/handoff/{what}/{user}"])


async def test_an_hour_before_both_hear_of_it_once(store_url: str) -> None:
    async with war_room(store_url, start=FIVE - timedelta(hours=3)) as room:
        await room.expect_only(HANDOFF)
        room.outside.facts[GiveNotice] = ANA_TO_BEN
        await room.pass_time(minutes=119)
        assert room.outside.posts == []
        await room.pass_time(minutes=2)
        await room.pass_time(minutes=20)

        notices = {slot.rpartition("/")[2]: message_text(room.outside.messages[slot]) for slot in room.outside.posts}
        assert sorted(notices) == [ANA, BEN]
        assert "You hand over the on-call at " in notices[ANA]
        assert "`/ops due`" in notices[ANA]
        assert "You take over the on-call from @Ana" in notices[BEN]


async def test_nobody_is_warned_of_a_handoff_that_changes_nothing_or_was_moved(store_url: str) -> None:
    async with war_room(store_url, start=FIVE - timedelta(hours=3)) as room:
        await room.expect_only(HANDOFF)
        room.outside.facts[GiveNotice] = ANA_TO_BEN
        await room.expect_only(HANDOFF, at="friday 18:30")
        await room.pass_time(minutes=125)
        assert room.outside.posts == []

        stays = {"outgoing": "PANA001", "outgoing_name": "Ana S.", "incoming": "PANA001", "incoming_name": "Ana S."}
        room.outside.facts[GiveNotice] = stays
        await room.pass_time(minutes=95)
        assert len([each for each in room.outside.done if isinstance(each, GiveNotice)]) == 2
        assert room.outside.posts == []


async def test_both_are_told_and_the_test_alert_arrives(room: WarRoom) -> None:
    await begin(room)
    assert told(room, "begins") == [ANA, BEN]
    sheet = message_text(room.outside.messages["run/1/sheet"])
    assert "✓ 1. Who hands over to whom — Ana Silva to Ben Okafor" in sheet
    assert "a test alert was in PagerDuty after 2 s" in sheet
    [who] = [each for each in room.outside.done if isinstance(each, LookWhoHandsOver)]
    assert who.at == FIVE


async def test_whoever_takes_over_accepts_and_the_other_hears_of_it(room: WarRoom) -> None:
    await begin(room)
    with pytest.raises(Refused, match="You hand over"):
        await room.runner.done(KEY, ACCEPT, by=ANA, delivery=room.delivery())
    await room.runner.done(KEY, ACCEPT, by=BEN, delivery=room.delivery())
    await room.pass_time(hours=3)

    assert told(room, "accepted") == [ANA]
    assert told(room, "nudge") == told(room, "escalated") == []
    assert (await found(room)).progress(ACCEPT).by == BEN


async def test_what_nobody_accepts_is_asked_again_then_escalated_each_once(room: WarRoom) -> None:
    await begin(room)
    await room.pass_time(minutes=29)
    assert told(room, "nudge") == []
    await room.pass_time(minutes=1)
    assert told(room, "nudge") == [BEN]
    await room.pass_time(minutes=14)
    assert told(room, "escalated") == []
    await room.pass_time(minutes=1)
    assert told(room, "escalated") == [ANA, DEE], "whoever hands over, and the playbook's owner"
    await room.pass_time(hours=20)
    assert told(room, "nudge") + told(room, "escalated") == [BEN, ANA, DEE]


async def test_all_that_is_said_of_a_handoff(room: WarRoom) -> None:
    await begin(room)
    await room.pass_time(hours=1)
    await room.runner.done(KEY, ACCEPT, by=DEE, delivery=room.delivery())
    await room.settle(1)
    slots = sorted(slot for slot in room.outside.posts if "/handoff/" in slot)
    texts = [f"{slot}\n{message_text(room.outside.messages[slot])}" for slot in slots]
    assert_golden("messages/handoff.txt", "\n\n==========\n\n".join(texts))


async def test_when_nobody_is_on_call_from_now_on_it_is_told_at_once(room: WarRoom) -> None:
    room.outside.facts[LookWhoHandsOver] = {"outgoing": "PANA001", "outgoing_name": "Ana S."}
    await begin(room)
    assert told(room, "gap") == [ANA, DEE]
    assert "Put somebody on in PagerDuty now; until then @Ana stays reachable" in said(room, "gap", ANA)
    assert (await found(room)).progress("who/1").state is State.FAILED


async def test_what_the_bot_cannot_do_is_left_to_people_with_why(room: WarRoom) -> None:
    room.outside.facts[LookWhoHandsOver] = {"why": "PagerDuty cannot be read; set PAGERDUTY_API_TOKEN."}
    room.break_down(SendTestAlert, "PagerDuty refuses")
    await begin(room)
    run = await found(room)
    assert run.progress("who/1").note == "PagerDuty cannot be read; set PAGERDUTY_API_TOKEN; tell both yourself"
    assert run.progress("monitoring-works/2").note == "PagerDuty refuses"
    assert "[Try again]" in message_text(room.outside.messages["run/1/sheet"])
    await room.runner.done(KEY, "monitoring-works/2", by=ANA, delivery=room.delivery())
    assert (await found(room)).progress("monitoring-works/2").state is State.DONE


async def test_one_that_was_not_accepted_stands_on_the_next_list_of_what_is_due_and_no_later(room: WarRoom) -> None:
    async def owed() -> list[tuple[str, str]]:
        async with room.store.look() as unit:
            return [(user, each.says) for user, each in (await ledger_of(unit, room.organisation, [])).debts()]

    await begin(room)
    await room.pass_time(hours=2)
    assert await owed() == [], "it is asked for where it stands"
    await room.pass_time(hours=14)
    assert await owed() == [(BEN, "I have it (Handoff on Friday), late since Fri 17:30 EDT")]
    await room.pass_time(days=2)
    assert await owed() == []
