"""What people do to a room by hand: each gets a sentence with the way to mend it, and the incident goes on."""

from sandbox.slack.gathering import leave, rename
from tests.town import Town


async def test_a_room_archived_by_hand_is_replaced_by_another_on_a_press(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ben")
    await town.pass_time(minutes=5)
    await town.ground.acting.archive("dee", town.room())
    await town.settle()

    told = town.directs("ben")[-1]
    assert "The war room of INC-1 API is down was archived." in told
    assert "Open a new room, or unarchive the old one and invite opsbot into it." in told
    assert "Posted" in await town.slash("/incident update INC-1 We go on", by="ben")

    await town.press("Open a new room", by="ben", where=town.direct("ben"))
    assert town.rooms() == ["inc-1-api-is-down", "inc-1-api-is-down-2"]
    assert {"ben", "ana", "dee"} <= town.members()
    assert "Only you see this." not in town.whispered("ana"), "who was in the old room needs no introduction"
    assert "We go on" in town.read("🔴 INC-1 API is down")
    await town.press("Open a new room", by="ben", where=town.direct("ben"))
    assert "has a new war room already" in town.whispered("ben")


async def test_opsbot_taken_out_of_the_room_catches_up_when_it_is_let_in_again(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    room = town.ground.workspace.channel(town.room())
    assert room
    leave(town.ground.desk, room, town.ground.app.bot_user, by=town.id_of("fay"))
    await town.settle()

    assert "opsbot was taken out of it" in town.directs("ana")[-1]
    assert "/invite @opsbot" in town.directs("ana")[-1]
    await town.slash("/incident role INC-1 commander", by="ben")
    await town.slash("/incident update INC-1 We go on", by="ben")

    await town.ground.acting.invite("ana", room.name, town.ground.app.bot_user)
    await town.settle()
    await town.pass_time(minutes=1)
    assert "Opsbot is back in this room" in town.read("Opsbot is back")
    assert "Commander <@U0BEN>" in town.read("🔴 INC-1 API is down")
    assert "commander Ben Okafor" in town.topic()
    assert "We go on" in town.read("Update by")


async def test_a_renamed_room_is_the_same_room(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    room = town.ground.workspace.channel(town.room())
    assert room
    rename(town.ground.desk, room, "outage-of-the-year", by=town.id_of("fay"))
    await town.settle()

    assert "Posted" in await town.slash("/incident update We go on", where="outage-of-the-year")
    assert "renamed to #outage-of-the-year" in await town.slash("/incident timeline", where="outage-of-the-year")


async def test_a_room_that_is_all_right_is_not_replaced(town: Town) -> None:
    await town.slash("/incident declare critical API is down")

    assert "is all right" in await town.slash("/incident room INC-1")


async def test_an_archived_announcement_channel_is_told_in_the_room(town: Town) -> None:
    await town.ground.acting.archive("fay", "critical-incidents")
    await town.slash("/incident declare critical API is down")
    await town.pass_time(minutes=2)

    assert "3. " in town.read("Declare")
    assert town.topic().startswith("critical")
    assert "critical-incidents" in await town.slash("/incident status INC-1")


async def test_one_that_is_archived_later_is_told_in_words_for_people(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.ground.acting.archive("fay", "critical-incidents")
    await town.slash("/incident declare critical Mail is late")

    assert "failed: its channel is archived; unarchive it and invite opsbot" in town.read("Declare", town.room(2))
    assert "Could not post the announcement: its channel" in await town.slash("/incident timeline INC-2")


async def test_an_announcement_channel_that_opsbot_is_not_in_is_told_with_the_fix(town: Town) -> None:
    channel = town.ground.workspace.channel("critical-incidents")
    assert channel
    channel.kind = "private"
    leave(town.ground.desk, channel, town.ground.app.bot_user)
    await town.settle()
    await town.slash("/incident declare critical API is down")

    assert "invite opsbot" in await town.slash("/incident status INC-1")
    await town.ground.acting.invite("ana", channel.id, town.ground.app.bot_user)
    await town.pass_time(minutes=2)
    assert "INC-1 API is down" in town.texts("critical-incidents")[0]
