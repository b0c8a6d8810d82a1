"""A check that tells only trouble tells nothing twice, and of what is red its owner hears."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.looking import LookAt
from tests.as_text import message_text
from tests.war_room import DEE, WarRoom, war_room

SEVEN = datetime(2026, 3, 10, 11, tzinfo=UTC)
"""Tuesday, 07:00 in New York."""
GAP = "Nobody is on call from Sat 14 Mar 17:00 EDT to Mon 16 Mar 09:00 EDT (40 h)"


def found(name: str, *findings: tuple[Verdict, str]) -> Evidence:
    told = tuple(Finding(verdict=verdict, says=says) for verdict, says in findings)
    return Evidence(name=name, findings=told, looked_at=SEVEN)


@pytest.fixture
async def room(store_url: str) -> AsyncIterator[WarRoom]:
    """An hour before the check of the coverage, of which alone something starts by the clock."""
    async with war_room(store_url, start=SEVEN) as room:
        await room.expect_only("on-call-coverage")
        see(room)
        yield room


def see(room: WarRoom, *findings: tuple[Verdict, str]) -> None:
    """From now on this is found about the rota; the contacts are well."""
    room.outside.seen["coverage"] = found("coverage", *(findings or ((Verdict.GREEN, "168 of 168 h"),)))
    room.outside.seen["contacts"] = found("contacts", (Verdict.GREEN, "Ana by phone"))


async def test_while_all_is_well_it_says_nothing(room: WarRoom) -> None:
    await room.pass_time(days=5)
    assert room.outside.posts == []


async def test_a_gap_is_told_once_in_the_channel_and_when_it_is_near_again_and_to_the_owner(room: WarRoom) -> None:
    see(room, (Verdict.AMBER, GAP))
    await room.pass_time(days=2)
    assert room.outside.posts == ["run/1/sheet"]
    assert GAP in message_text(room.outside.messages["run/1/sheet"])

    see(room, (Verdict.RED, GAP))
    await room.pass_time(days=2)
    assert sorted(room.outside.posts[1:]) == ["run/3/sheet", f"run/3/trouble/{DEE}"]
    told = message_text(room.outside.messages[f"run/3/trouble/{DEE}"])
    assert told.startswith(f"notification: On-call coverage: {GAP}\n")

    see(room)
    await room.pass_time(days=1)
    assert len(room.outside.posts) == 3


async def test_what_could_not_be_looked_at_is_told_once_until_it_was_looked_at(room: WarRoom) -> None:
    see(room, (Verdict.COULD_NOT_LOOK, "PagerDuty does not answer."))
    for _ in range(3):
        await room.pass_time(hours=1)
        await room.pass_time(minutes=2)
        await room.pass_time(hours=22, minutes=58)
    assert room.outside.posts == ["run/1/sheet"]


async def test_what_could_not_be_looked_at_is_looked_at_once_more_before_anybody_hears_of_it(room: WarRoom) -> None:
    see(room, (Verdict.COULD_NOT_LOOK, "PagerDuty does not answer."))
    await room.pass_time(hours=1, seconds=30)
    see(room)
    await room.pass_time(minutes=2)
    looks = [each for each in room.outside.done if isinstance(each, LookAt) and each.name == "coverage"]
    assert len(looks) == 2
    assert room.outside.posts == []
