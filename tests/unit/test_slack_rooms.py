"""Rooms are opened, found, described and filled once, whatever goes wrong on the way."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.effect import AddBookmark, FindChannel, Invite, OpenDirect, OpenRoom, SetTopic
from bot.domain.errors import GiveUp, Retry
from bot.domain.profile import SetProfile
from sandbox.slack.people import UserGroup
from tests.slack_effects import BOT, TROUBLES, SlackTown, open_slack_town


@pytest.fixture
async def town() -> AsyncIterator[SlackTown]:
    async with open_slack_town() as town:
        yield town


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_room_is_opened_once_whatever_happens(town: SlackTown, kind: str) -> None:
    town.trouble(kind, "conversations.create")

    receipt = await town.relayed(OpenRoom(incident=7, name="inc-7-checkout", private=False))

    rooms = [channel for channel in town.sandbox.workspace.channels if channel.name.startswith("inc-7")]
    assert [room.name for room in rooms] == ["inc-7-checkout"]
    assert receipt.binds == {"room/7": {"channel": rooms[0].id}}
    assert receipt.facts == {"channel": rooms[0].id, "name": "inc-7-checkout"}


@pytest.mark.parametrize("holder", ["somebody", "the bot, long ago", "an archived channel"])
async def test_a_name_that_is_taken_gets_a_number(town: SlackTown, holder: str) -> None:
    by = "U0ANA" if holder == "somebody" else BOT
    taken = town.sandbox.workspace.open_channel("inc-7", creator=by, kind="public", members=["U0ANA", BOT])
    taken.created -= 3600
    taken.is_archived = holder == "an archived channel"
    town.trouble("drop_after", "conversations.create", times=1)

    receipt = await town.relayed(OpenRoom(incident=7, name="inc-7", private=True))

    assert receipt.facts["name"] == "inc-7-2"
    assert town.channel("inc-7-2").kind == "private"


async def test_a_channel_is_found_by_name_and_by_id_among_those_the_bot_is_in(town: SlackTown) -> None:
    for number in range(230):
        town.sandbox.workspace.open_channel(f"other-{number}", creator="U0ANA", kind="public", members=[BOT])
    late = town.sandbox.workspace.open_channel("late", creator="U0ANA", kind="private", members=["U0ANA", BOT])

    await town.relayed(FindChannel(name="#late"))
    await town.relayed(FindChannel(name=late.id))

    assert town.bound("channel/#late") == town.bound(f"channel/{late.id}") == {"channel": late.id}


@pytest.mark.parametrize("by_id", [False, True])
async def test_a_channel_without_the_bot_waits_for_an_invitation(town: SlackTown, *, by_id: bool) -> None:
    found = town.sandbox.workspace.open_channel("leads", creator="U0ANA", kind="private", members=["U0ANA"])
    effect = FindChannel(name=found.id if by_id else "#leads")

    with pytest.raises(Retry, match="invite it there with /invite @opsbot") as waiting:
        await town.once(effect)
    await town.sandbox.acting.invite("ana", "leads", BOT)
    await town.once(effect)

    assert waiting.value.after == 60


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_direct_conversation_is_opened(town: SlackTown, kind: str) -> None:
    town.trouble(kind, "conversations.open")

    await town.relayed(OpenDirect(user="U0ANA"))

    direct = town.sandbox.workspace.direct([BOT, "U0ANA"])
    assert direct is not None
    assert town.bound("dm/U0ANA") == {"channel": direct.id}


async def test_nobody_writes_to_somebody_unknown(town: SlackTown) -> None:
    with pytest.raises(GiveUp, match="U0NOBODY cannot be written to"):
        await town.once(OpenDirect(user="U0NOBODY"))


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_topic_is_set_and_cannot_mention(town: SlackTown, kind: str) -> None:
    town.topic = "INC-42 <!channel> " + "x" * 300
    town.trouble(kind, "conversations.setTopic")

    await town.relayed(SetTopic(incident=42))

    topic = town.channel("alerts").topic["value"]
    assert topic.startswith("INC-42 &lt;!channel&gt; x")
    assert topic.endswith("…")
    assert len(topic) == 250


@pytest.mark.parametrize("kind", TROUBLES)
async def test_people_and_groups_are_invited_whoever_else_cannot_be(town: SlackTown, kind: str) -> None:
    town.sandbox.workspace.groups.put(
        "S0LEADS", UserGroup(id="S0LEADS", name="Leads", handle="leads", users=["U0CHO", "U0DEE"])
    )
    room = town.sandbox.workspace.open_channel("inc-9", creator=BOT, kind="private", members=[BOT, "U0ANA"])
    town.bind("room/9", channel=room.id)
    town.trouble(kind, "conversations.invite")

    receipt = await town.relayed(Invite(place="room/9", users=("U0ANA", "U0BEN", "U0NOBODY", "S0LEADS", "S0GONE", BOT)))

    assert set(town.channel("inc-9").members) == {BOT, "U0ANA", "U0BEN", "U0CHO", "U0DEE"}
    assert receipt.facts == {"left_out": "S0GONE (no_such_subteam), U0NOBODY (user_not_found)"}


async def test_inviting_those_who_are_in_already_is_done(town: SlackTown) -> None:
    receipt = await town.relayed(Invite(place="room/42", users=("U0ANA",)))

    assert receipt.facts == {"left_out": ""}


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_bookmark_is_added_once(town: SlackTown, kind: str) -> None:
    town.trouble(kind, "bookmarks.add")

    await town.relayed(AddBookmark(place="room/42", title="Bridge", url="https://meet.example.com/42"))

    assert [each["title"] for each in town.channel("alerts").bookmarks] == ["Bridge"]


async def test_a_profile_says_who_may_act(town: SlackTown) -> None:
    guest = town.sandbox.workspace.users["U0BEN"]
    guest.is_restricted = True

    full = await town.relayed(SetProfile(user="U0ANA"))
    restricted = await town.relayed(SetProfile(user="U0BEN"))
    unknown = await town.relayed(SetProfile(user="U0NOBODY"))

    assert full.facts["email"] == "ana@example.com"
    assert [each.facts["standing"] for each in (full, restricted, unknown)] == ["full", "guest", "stranger"]
