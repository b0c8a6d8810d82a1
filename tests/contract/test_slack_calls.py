"""Calls of the Web API: who may call, in which shape, how often, and through which faults."""

import copy
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from sandbox.faults import Fault
from sandbox.slack.app import PLAIN_MANIFEST
from tests.slack_on_loopback import ANA, BOT, SlackOnLoopback, error_of, refusal


async def test_the_real_client_learns_who_it_is(slack: SlackOnLoopback) -> None:
    answer = await slack.client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team"]) == (BOT, "B0OPSBOT", "Acme Ops")
    assert "chat:write" in answer.headers["X-OAuth-Scopes"]


async def test_a_call_without_a_token_is_refused(slack: SlackOnLoopback) -> None:
    async with slack.session.post(f"{slack.url}/api/auth.test") as response:
        assert (await response.json())["error"] == "not_authed"


async def test_a_strange_token_is_refused(slack: SlackOnLoopback) -> None:
    assert await error_of(slack.client_with("xoxb-other").auth_test()) == "invalid_auth"


async def test_each_token_is_good_for_its_own_methods(slack: SlackOnLoopback) -> None:
    app = slack.client_with(slack.desk.app.credentials.app_token)
    assert await error_of(app.conversations_list()) == "not_allowed_token_type"
    bot_token = slack.desk.app.credentials.bot_token
    assert await error_of(slack.client.apps_connections_open(app_token=bot_token)) == "not_allowed_token_type"


async def test_a_socket_address_is_good_once(slack: SlackOnLoopback) -> None:
    answer = await slack.client.apps_connections_open(app_token=slack.desk.app.credentials.app_token)
    ticket = answer["url"].partition("ticket=")[2].partition("&")[0]
    assert answer["url"].startswith("ws://127.0.0.1:")
    assert [slack.desk.tickets.redeem(ticket), slack.desk.tickets.redeem(ticket)] == [True, False]


async def test_an_unknown_method_is_said_to_be_unknown_and_is_logged(slack: SlackOnLoopback) -> None:
    assert await error_of(slack.client.api_call("canvases.create")) == "unknown_method"
    assert slack.desk.log.calls("canvases.create")[0].error == "unknown_method"


@pytest.mark.parametrize("way", ["query", "form", "body"])
async def test_arguments_may_come_in_any_shape(slack: SlackOnLoopback, way: str) -> None:
    given = {"name": f"room-{way}"}
    query, form, body = (given if way == each else None for each in ("query", "form", "body"))
    answer = await slack.raw("conversations.create", query=query, form=form, body=body)
    assert answer["channel"]["name"] == f"room-{way}"


async def test_lists_in_a_form_are_read_as_json(slack: SlackOnLoopback) -> None:
    room = await slack.room()
    blocks = '[{"type": "divider"}]'
    answer = await slack.raw("chat.postMessage", form={"channel": room, "text": "x", "blocks": blocks})
    assert answer["message"]["blocks"][0]["type"] == "divider"


async def test_a_body_that_is_no_json_is_refused(slack: SlackOnLoopback) -> None:
    headers = {"Content-Type": "application/json", "Authorization": "Bearer xoxb-sandbox-opsbot"}
    async with slack.session.post(f"{slack.url}/api/chat.postMessage", headers=headers, data="{") as response:
        assert (await response.json())["error"] == "invalid_json"


async def test_a_missing_argument_is_named(slack: SlackOnLoopback) -> None:
    room = await slack.room()
    error = await refusal(slack.client.api_call("conversations.setTopic", params={"channel": room}))
    assert error.response["error"] == "invalid_arguments"
    assert error.response["response_metadata"]["messages"] == ["[ERROR] missing required field: topic"]


class TestScopes:
    @pytest.fixture
    async def narrow(self) -> AsyncIterator[SlackOnLoopback]:
        """An app that may write, and read public channels."""
        manifest = copy.deepcopy(dict(PLAIN_MANIFEST))
        manifest["oauth_config"] = {"scopes": {"bot": ["chat:write", "channels:read", "channels:manage"]}}
        slack = SlackOnLoopback(manifest=manifest)
        await slack.start()
        yield slack
        await slack.stop()

    async def test_a_missing_scope_is_named_beside_those_that_are_there(self, narrow: SlackOnLoopback) -> None:
        error = await refusal(narrow.client.users_info(user=ANA))
        assert error.response["error"] == "missing_scope"
        assert error.response["needed"] == "users:read"
        assert error.response["provided"] == "channels:manage,channels:read,chat:write"

    async def test_private_channels_ask_for_scopes_of_their_own(self, narrow: SlackOnLoopback) -> None:
        await narrow.client.conversations_create(name="open")
        error = await refusal(narrow.client.conversations_create(name="closed", is_private=True))
        assert error.response["needed"] == "groups:write"
        assert await error_of(narrow.client.conversations_list(types="private_channel")) == "missing_scope"

    async def test_posting_needs_membership_without_the_public_scope(self, narrow: SlackOnLoopback) -> None:
        assert await error_of(narrow.client.chat_postMessage(channel="general", text="hi")) == "not_in_channel"


class TestFaults:
    async def test_a_call_cut_off_after_it_was_done_was_done(self, slack: SlackOnLoopback) -> None:
        room = await slack.room()
        slack.desk.faults.add(Fault(name="cut", kind="drop_after", method="chat.postMessage", times=1))
        with pytest.raises(aiohttp.ClientError):
            await slack.client.chat_postMessage(channel=room, text="once")
        assert [message.text for message in slack.workspace.messages][-1] == "once"
        assert slack.desk.log.calls("chat.postMessage")[0].error == "connection_cut"

    async def test_a_call_cut_off_before_was_not(self, slack: SlackOnLoopback) -> None:
        room = await slack.room()
        slack.desk.faults.add(Fault(name="cut", kind="drop_before", method="chat.postMessage", times=1))
        with pytest.raises(aiohttp.ClientError):
            await slack.client.chat_postMessage(channel=room, text="never")
        assert "never" not in [message.text for message in slack.workspace.messages]

    async def test_the_client_waits_and_tries_again_when_told_to(self, slack: SlackOnLoopback) -> None:
        room = await slack.room()
        slack.desk.faults.add(Fault(name="slow down", kind="ratelimited", times=1, retry_after=0))
        slack.client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
        await slack.client.chat_postMessage(channel=room, text="hello")
        assert [entry.status for entry in slack.desk.log.calls("chat.postMessage")] == [429, 200]

    async def test_any_error_can_be_ordered(self, slack: SlackOnLoopback) -> None:
        slack.desk.faults.add(Fault(name="revoked", kind="error:token_revoked"))
        assert await error_of(slack.client.auth_test()) == "token_revoked"


class TestTiers:
    async def test_a_method_called_too_often_says_when_to_come_back(self, slack: SlackOnLoopback) -> None:
        slack.desk.tiers.enabled = True
        for _ in range(20):
            await slack.client.usergroups_list()
        error = await refusal(slack.client.usergroups_list())
        assert (error.response.status_code, error.response["error"]) == (429, "ratelimited")
        assert error.response.headers["Retry-After"] == "3"

        slack.clock.advance(3)
        await slack.client.usergroups_list()

    async def test_a_channel_takes_a_short_burst_and_then_a_post_a_second(self, slack: SlackOnLoopback) -> None:
        room, other = await slack.room(), await slack.room("other")
        slack.desk.tiers.enabled = True
        for _ in range(5):
            await slack.client.chat_postMessage(channel=room, text="x")
        assert await error_of(slack.client.chat_postMessage(channel=room, text="x")) == "ratelimited"
        await slack.client.chat_postMessage(channel=other, text="x")

        slack.clock.advance(1)
        await slack.client.chat_postMessage(channel=room, text="x")

    async def test_nothing_is_limited_unless_it_is_switched_on(self, slack: SlackOnLoopback) -> None:
        for _ in range(30):
            await slack.client.usergroups_list()
        assert [entry.status for entry in slack.desk.log.calls("usergroups.list")] == [200] * 30


async def test_the_log_tells_arguments_and_answer_but_no_token(slack: SlackOnLoopback) -> None:
    await slack.raw("conversations.create", form={"name": "logged", "token": "xoxb-sandbox-opsbot"})
    entry = slack.desk.log.calls("conversations.create")[0]
    assert entry.detail["arguments"] == {"name": "logged"}
    assert entry.ok
    assert "xoxb" not in str(entry.shown())
