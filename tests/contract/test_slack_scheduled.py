"""chat.scheduleMessage and its kin: messages that wait for business time."""

import asyncio

import pytest

from tests.slack_on_loopback import START, SlackOnLoopback, error_of

NOW = int(START.timestamp())
DAY = 24 * 3600


@pytest.fixture
async def room(slack: SlackOnLoopback) -> str:
    return await slack.room()


def _texts(slack: SlackOnLoopback) -> list[str]:
    return [message.text for message in slack.workspace.messages if not message.subtype]


async def test_a_message_is_posted_when_its_time_comes(slack: SlackOnLoopback, room: str) -> None:
    await slack.client.chat_scheduleMessage(channel=room, post_at=NOW + 60, text="later")
    slack.clock.advance(59)
    assert _texts(slack) == []
    slack.clock.advance(1)
    assert _texts(slack) == ["later"]
    assert slack.events("message")[-1]["text"] == "later"
    assert (await slack.client.chat_scheduledMessages_list())["scheduled_messages"] == []


async def test_a_ticking_clock_posts_by_itself(slack: SlackOnLoopback, room: str) -> None:
    posted = asyncio.Event()
    await slack.client.chat_scheduleMessage(channel=room, post_at=NOW + 60, text="later")
    slack.clock.advance(59.99)
    slack.clock.ticking = True
    slack.desk.noticeboard.subscribe(lambda _: posted.set())
    slack.desk.timetable.start()
    await asyncio.wait_for(posted.wait(), timeout=5)
    slack.desk.timetable.stop()
    assert _texts(slack) == ["later"]


async def test_a_withdrawn_message_is_never_posted(slack: SlackOnLoopback, room: str) -> None:
    answer = await slack.client.chat_scheduleMessage(channel=room, post_at=NOW + 60, text="later")
    scheduled = answer["scheduled_message_id"]
    await slack.client.chat_deleteScheduledMessage(channel=room, scheduled_message_id=scheduled)
    slack.clock.advance(61)
    assert _texts(slack) == []
    again = slack.client.chat_deleteScheduledMessage(channel=room, scheduled_message_id=scheduled)
    assert await error_of(again) == "invalid_scheduled_message_id"


@pytest.mark.parametrize(
    ("post_at", "error"),
    [(NOW, "time_in_past"), (NOW + 121 * DAY, "time_too_far"), ("soon", "invalid_time")],
)
async def test_a_time_that_cannot_be(slack: SlackOnLoopback, room: str, post_at: int | str, error: str) -> None:
    answer = await slack.raw("chat.scheduleMessage", body={"channel": room, "post_at": post_at, "text": "x"})
    assert answer["error"] == error


async def test_five_minutes_hold_thirty_messages(slack: SlackOnLoopback, room: str) -> None:
    for second in range(30):
        await slack.client.chat_scheduleMessage(channel=room, post_at=NOW + 300 + second, text="x")
    one_more = slack.client.chat_scheduleMessage(channel=room, post_at=NOW + 330, text="x")
    assert await error_of(one_more) == "restricted_too_many"


async def test_one_with_metadata_is_never_posted_as_in_slack(slack: SlackOnLoopback, room: str) -> None:
    metadata = {"event_type": "opsbot", "event_payload": {}}
    await slack.client.chat_scheduleMessage(channel=room, post_at=NOW + 60, text="x", metadata=metadata)
    slack.clock.advance(61)
    assert _texts(slack) == []
