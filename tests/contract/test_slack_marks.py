"""reactions.*, pins.* and bookmarks.*: what hangs on messages and channels."""

import pytest

from tests.slack_on_loopback import ANA, BOT, SlackOnLoopback, error_of


@pytest.fixture
async def room(slack: SlackOnLoopback) -> str:
    return await slack.room()


async def test_a_reaction_comes_and_goes(slack: SlackOnLoopback, room: str) -> None:
    ts = slack.says(ANA, room, "look").ts
    await slack.client.reactions_add(channel=room, timestamp=ts, name="pushpin")
    event = slack.events("reaction_added")[0]
    assert (event["user"], event["reaction"], event["item_user"]) == (BOT, "pushpin", ANA)
    assert event["item"] == {"type": "message", "channel": room, "ts": ts}
    got = await slack.client.reactions_get(channel=room, timestamp=ts)
    assert got["message"]["reactions"] == [{"name": "pushpin", "users": [BOT], "count": 1}]

    await slack.client.reactions_remove(channel=room, timestamp=ts, name="pushpin")
    assert slack.events("reaction_removed")[0]["reaction"] == "pushpin"
    assert "reactions" not in (await slack.client.reactions_get(channel=room, timestamp=ts))["message"]


async def test_a_reaction_is_given_once_and_taken_back_once(slack: SlackOnLoopback, room: str) -> None:
    ts = slack.says(ANA, room, "look").ts
    await slack.client.reactions_add(channel=room, timestamp=ts, name="eyes")
    assert await error_of(slack.client.reactions_add(channel=room, timestamp=ts, name="eyes")) == "already_reacted"
    await slack.client.reactions_remove(channel=room, timestamp=ts, name="eyes")
    assert await error_of(slack.client.reactions_remove(channel=room, timestamp=ts, name="eyes")) == "no_reaction"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"name": "no such!", "timestamp": "1.000001"}, "invalid_name"),
        ({"name": "eyes", "timestamp": "1.000001"}, "message_not_found"),
        ({"name": "eyes", "timestamp": "soon"}, "bad_timestamp"),
        ({"name": "eyes"}, "no_item_specified"),
        ({"name": "eyes", "timestamp": "1.000001", "channel": "C0NOWHERE"}, "channel_not_found"),
    ],
)
async def test_a_reaction_that_cannot_be(
    slack: SlackOnLoopback, room: str, arguments: dict[str, str], error: str
) -> None:
    assert (await slack.raw("reactions.add", query={"channel": room, **arguments}))["error"] == error


async def test_a_pin_comes_and_goes(slack: SlackOnLoopback, room: str) -> None:
    ts = slack.says(ANA, room, "the card").ts
    await slack.client.pins_add(channel=room, timestamp=ts)
    assert await error_of(slack.client.pins_add(channel=room, timestamp=ts)) == "already_pinned"
    items = (await slack.client.pins_list(channel=room))["items"]
    assert [(item["message"]["text"], item["created_by"]) for item in items] == [("the card", BOT)]
    assert slack.events("pin_added")[0]["item"]["message"]["ts"] == ts

    await slack.client.pins_remove(channel=room, timestamp=ts)
    assert slack.events("pin_removed")[0]["has_pins"] is False
    assert await error_of(slack.client.pins_remove(channel=room, timestamp=ts)) == "no_pin"


async def test_a_deleted_message_is_no_longer_pinned(slack: SlackOnLoopback, room: str) -> None:
    posted = await slack.client.chat_postMessage(channel=room, text="the card")
    await slack.client.pins_add(channel=room, timestamp=posted["ts"])
    await slack.client.chat_delete(channel=room, ts=posted["ts"])
    assert (await slack.client.pins_list(channel=room))["items"] == []


async def test_only_a_member_pins(slack: SlackOnLoopback) -> None:
    theirs = slack.channel_of_people("theirs").id
    ts = slack.says(ANA, theirs, "x").ts
    assert await error_of(slack.client.pins_add(channel=theirs, timestamp=ts)) == "not_in_channel"
    assert await error_of(slack.client.pins_add(channel=theirs)) == "no_item_specified"


async def test_bookmarks_are_kept_in_order_edited_and_removed(slack: SlackOnLoopback, room: str) -> None:
    first = await slack.client.bookmarks_add(
        channel_id=room, title="Bridge", type="link", link="https://zoom.example/1"
    )
    await slack.client.bookmarks_add(channel_id=room, title="Status", type="link", link="https://status.example")
    bookmark_id = first["bookmark"]["id"]
    await slack.client.bookmarks_edit(
        channel_id=room, bookmark_id=bookmark_id, title="Call", link="https://zoom.example/2"
    )
    listed = (await slack.client.bookmarks_list(channel_id=room))["bookmarks"]
    assert [(each["title"], each["link"]) for each in listed] == [
        ("Call", "https://zoom.example/2"),
        ("Status", "https://status.example"),
    ]
    await slack.client.bookmarks_remove(channel_id=room, bookmark_id=bookmark_id)
    assert await error_of(slack.client.bookmarks_remove(channel_id=room, bookmark_id=bookmark_id)) == "not_found"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"link": "zoommtg://x"}, "invalid_link"),
        ({"type": "file"}, "invalid_bookmark_type"),
        ({"channel_id": "C0NOWHERE"}, "channel_not_found"),
        ({"title": ""}, "invalid_arguments"),
    ],
)
async def test_a_bookmark_that_cannot_be(
    slack: SlackOnLoopback, room: str, arguments: dict[str, str], error: str
) -> None:
    right = {"channel_id": room, "title": "Bridge", "type": "link", "link": "https://zoom.example"}
    assert (await slack.raw("bookmarks.add", query={**right, **arguments}))["error"] == error
