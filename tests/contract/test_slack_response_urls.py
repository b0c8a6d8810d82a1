"""Response URLs: five answers within half an hour, to the person or to the channel."""

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox.payload import JsonObject
from sandbox.slack.response_urls import Origin
from tests.slack_on_loopback import ANA, SlackOnLoopback


@pytest.fixture
async def room(slack: SlackOnLoopback) -> str:
    return await slack.room()


def _client(
    slack: SlackOnLoopback, channel: str, *, origin: Origin = "command", message_ts: str = ""
) -> AsyncWebhookClient:
    url = slack.desk.response_urls.issue(channel=channel, user=ANA, origin=origin, message_ts=message_ts)
    return AsyncWebhookClient(url, session=slack.session)


async def test_an_answer_is_for_the_person_unless_it_says_otherwise(slack: SlackOnLoopback, room: str) -> None:
    respond = _client(slack, room)
    assert (await respond.send(text="for you")).body == "ok"
    assert slack.events("ephemeral")[0]["user"] == ANA
    await respond.send(text="for all", response_type="in_channel")
    assert slack.events("message")[-1]["text"] == "for all"


async def test_it_reaches_channels_the_bot_is_not_in(slack: SlackOnLoopback) -> None:
    secret = slack.channel_of_people("secret", is_private=True).id
    await _client(slack, secret).send(text="hello", response_type="in_channel")
    assert slack.events("message")[-1]["channel"] == secret


async def test_there_are_five_answers(slack: SlackOnLoopback, room: str) -> None:
    respond = _client(slack, room)
    statuses = [(await respond.send(text=str(number))).status_code for number in range(6)]
    assert statuses == [200] * 5 + [404]


async def test_there_is_half_an_hour(slack: SlackOnLoopback, room: str) -> None:
    respond = _client(slack, room)
    slack.clock.advance(30 * 60)
    assert (await respond.send(text="just in time")).status_code == 200
    slack.clock.advance(1)
    late = await respond.send(text="late")
    assert (late.status_code, late.body) == (404, "expired_url")


async def test_the_message_of_the_button_can_be_replaced_and_deleted(slack: SlackOnLoopback, room: str) -> None:
    posted = await slack.client.chat_postMessage(channel=room, text="press me", blocks=[{"type": "divider"}])
    respond = _client(slack, room, origin="action", message_ts=posted["ts"])
    await respond.send(text="pressed", replace_original=True)
    history = await slack.client.conversations_history(channel=room, limit=1)
    assert (history["messages"][0]["ts"], history["messages"][0]["text"]) == (posted["ts"], "pressed")
    await respond.send(delete_original=True)
    assert slack.events("message")[-1]["subtype"] == "message_deleted"


async def test_an_ephemeral_message_is_replaced_and_deleted_in_place(slack: SlackOnLoopback, room: str) -> None:
    await _client(slack, room).send(text="choose")
    ts = slack.events("ephemeral")[0]["message"]["ts"]
    respond = _client(slack, room, origin="action", message_ts=ts)
    await respond.send(text="chosen", replace_original=True)
    assert [(event["message"]["ts"], event["message"]["text"]) for event in slack.events("ephemeral")] == [
        (ts, "choose"),
        (ts, "chosen"),
    ]
    await respond.send(delete_original=True)
    assert slack.events("ephemeral_deleted") == [{"channel": room, "user": ANA, "ts": ts}]


@pytest.mark.parametrize(
    ("body", "error"),
    [({"blocks": [{"type": "nope"}]}, "invalid_blocks"), ({}, "no_text"), ([], "invalid_payload")],
)
async def test_a_wrong_answer_is_refused_in_plain_text(
    slack: SlackOnLoopback, room: str, body: JsonObject, error: str
) -> None:
    url = slack.desk.response_urls.issue(channel=room, user=ANA, origin="command")
    async with slack.session.post(url, json=body) as response:
        assert (response.status, await response.text()) == (400, error)
    assert slack.desk.log.calls("response_url")[0].error == error


async def test_answers_count_as_posts(slack: SlackOnLoopback, room: str) -> None:
    slack.desk.tiers.enabled = True
    for _ in range(5):
        await slack.client.chat_postMessage(channel=room, text="x")
    limited = await _client(slack, room).send(text="one more")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "1")
