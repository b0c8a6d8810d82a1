"""What is typed behind a command is understood, or refused before anything happens: nothing is ignored silently."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import Refused
from handlers import COMMANDS
from handlers.desk import desk_over
from handlers.spoken import Answer, Said
from tests.war_room import BEN, WarRoom, example, war_room


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as opened:
        yield opened


async def said(room: WarRoom, line: str, *, channel: str = "CGENERAL") -> Answer:
    """What a line typed in Slack brings."""
    organisation, catalogue = example()
    desk = desk_over(room.store, organisation=organisation, catalogue=catalogue)
    command, _, words = line.partition(" ")
    return await COMMANDS[command].answer(Said(words=words, user=BEN, channel=channel, delivery=room.delivery()), desk)


@pytest.mark.parametrize(
    ("line", "more", "understood"),
    [
        ("/ops db status nope", "nope", "/ops db status"),
        ("/ops backup list all of them", "all of them", "/ops backup list"),
        ("/ops freeze status web", "web", "/ops freeze status"),
        ("/ops freeze off control-plane now", "now", "/ops freeze off [SERVICE]"),
        ("/ops doctor please", "please", "/ops doctor"),
        ("/ops whocan rollback control-plane today", "today", "/ops whocan [CHANGE] [TARGET]"),
        ("/oncall now 3h", "3h", "/oncall now"),
        ("/runbook list all", "all", "/runbook list"),
        ("/incident list INC-1", "INC-1", "/incident list"),
        ("/incident ack INC-1 on it", "on it", "/incident ack [INC-42]"),
        ("/incident status 1 now", "now", "/incident status [INC-42]"),
        ("/incident role INC-1 scribe <@U0BEN> <@U0ANA|ana>", "@Ana Silva", "/incident role [commander|"),
    ],
)
async def test_words_that_a_command_does_not_understand_are_refused(
    room: WarRoom, line: str, more: str, understood: str
) -> None:
    await room.declare()
    with pytest.raises(Refused) as refused:
        await said(room, line)

    assert f"`{more}` is not understood, so nothing was done. What is: {understood}" in str(refused.value)
    assert (await room.incident()).acknowledged_at is None


@pytest.mark.parametrize("line", ["/incident ack INC-1", "/incident ack 1", "/incident ack #1"])
async def test_the_name_of_an_incident_is_understood(room: WarRoom, line: str) -> None:
    await room.declare()
    await said(room, line)

    assert (await room.incident()).acknowledged_by == BEN


async def test_in_a_war_room_a_bare_number_is_no_name(room: WarRoom) -> None:
    """Whoever means another incident there hears that it was not understood, instead of acknowledging this one."""
    await room.declare()
    with pytest.raises(Refused, match="`2` is not understood"):
        await said(room, "/incident ack 2", channel=(await room.incident()).room)


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("/ops db staus", "There is no /ops db command `staus`; did you mean `status`?"),
        ("/ops backup", "Say what: /ops backup list | verify | now | restore-test | clone | restore."),
    ],
)
async def test_verbs_behind_a_verb_are_named_when_none_is_meant(room: WarRoom, line: str, refused: str) -> None:
    with pytest.raises(Refused) as said_no:
        await said(room, line)

    assert str(said_no.value).startswith(refused)
