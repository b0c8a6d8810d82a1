"""Each answer of Slack's means one thing: done, refused, later, or nobody knows; and every call is sent once."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from socket import SO_LINGER, SOL_SOCKET

import pytest
from aiohttp import ClientSession, web
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import GiveUp, Retry, Unsure
from bot.slack.client import Declined, carried_out, read, slack_session, web_client

TIMEOUT = 2.0


class Slack:
    """Answers every call as it is told, and counts them."""

    def __init__(self) -> None:
        self.answer = web.json_response({"ok": True, "ts": "1.2"})
        self.calls = 0
        self.url = ""
        self.how = "answer"

    async def receive(self, request: web.Request) -> web.Response:
        self.calls += 1
        if self.how == "hang":
            await asyncio.sleep(TIMEOUT * 2)
        if self.how in {"reset", "close"} and request.transport:
            if self.how == "reset":
                request.transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            request.transport.abort()
        return self.answer

    def says(self, body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.answer = web.json_response(body, status=status, headers=headers)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    slack = Slack()
    server = web.Application()
    server.router.add_route("*", "/api/{method}", slack.receive)
    runner = web.AppRunner(server, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"{site.name}/api/"
    yield slack
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with slack_session(TIMEOUT) as session:
        yield session


@pytest.fixture
def client(slack: Slack, session: ClientSession) -> AsyncWebClient:
    return web_client("xoxb-1", slack.url, session=session)


async def post(client: AsyncWebClient) -> object:
    return await carried_out(client.chat_postMessage(channel="C1", text="hello"))


async def test_what_slack_did_is_answered(client: AsyncWebClient) -> None:
    assert await post(client) == {"ok": True, "ts": "1.2"}


async def test_a_refusal_keeps_slacks_word_for_it(client: AsyncWebClient, slack: Slack) -> None:
    slack.says({"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": ["[ERROR] too many"]}})

    with pytest.raises(Declined) as declined:
        await post(client)

    assert str(declined.value) == (
        "Slack refuses chat.postMessage (invalid_blocks, [ERROR] too many): this is a mistake in opsbot, please report it."
    )
    assert declined.value.code == "invalid_blocks"
    assert isinstance(declined.value, GiveUp)


@pytest.mark.parametrize("how", ["hang", "reset", "close"])
async def test_a_call_without_an_answer_is_unknown_and_was_sent_once(
    client: AsyncWebClient, slack: Slack, how: str
) -> None:
    slack.how = how

    with pytest.raises(Unsure):
        await post(client)

    assert slack.calls == 1


UNREADABLE = [
    web.Response(text="<html>", content_type="text/html", status=502),
    web.Response(text="<html>", content_type="application/json"),
    web.Response(text="<html>", content_type="text/html"),
    web.Response(text="oops", content_type="text/plain"),
    web.Response(text="oops", content_type="text/plain", status=500),
    web.Response(body=b"\xff\xfe\xff", content_type="application/json", charset="utf-8"),
    web.Response(body=b"", content_type="application/json"),
    web.Response(body=b"zip", content_type="application/gzip"),
    web.json_response([1, 2]),
    web.json_response(None),
    web.json_response("ok"),
    web.json_response({}),
    web.json_response({"ok": False}),
    web.json_response({"ok": False, "error": "internal_error"}),
    web.json_response({"ok": False, "error": "fatal_error"}),
    web.json_response({"ok": False, "error": "request_timeout"}),
    web.json_response({"ok": False, "error": "service_unavailable"}),
    web.json_response({"ok": True}, status=503),
]


@pytest.mark.parametrize("answer", UNREADABLE, ids=range(len(UNREADABLE)))
async def test_nonsense_and_failures_of_slacks_leave_the_outcome_unknown(
    client: AsyncWebClient, slack: Slack, answer: web.Response
) -> None:
    slack.answer = answer

    with pytest.raises(Unsure):
        await post(client)

    assert slack.calls == 1


async def test_a_reading_that_fails_in_doubt_is_only_repeated(client: AsyncWebClient, slack: Slack) -> None:
    slack.says({"ok": False, "error": "internal_error"})

    with pytest.raises(Retry):
        await read(client.auth_test())


async def test_a_slack_that_cannot_be_reached_did_nothing(session: ClientSession) -> None:
    client = web_client("xoxb-1", "http://127.0.0.1:1/api/", session=session)

    with pytest.raises(Retry, match="cannot be reached"):
        await post(client)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": "1.5"}, 1.5),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "-5"}, 1),
        ({"Retry-After": "86400"}, 300),
        ({"Retry-After": "nan"}, 30),
        ({"Retry-After": "soon"}, 30),
        ({"Retry-After": "9" * 400}, 30),
        ({}, 30),
        ({"Retry-After": "Mon, 09 Mar 2026 14:02:20 GMT", "Date": "Mon, 09 Mar 2026 14:02:00 GMT"}, 20),
    ],
)
async def test_a_rate_limit_is_waited_for_as_told_within_reason(
    client: AsyncWebClient, slack: Slack, headers: dict[str, str], seconds: float
) -> None:
    slack.says({"ok": False, "error": "ratelimited"}, status=429, headers=headers)

    with pytest.raises(Retry) as limited:
        await post(client)

    assert (limited.value.after, limited.value.throttled) == (seconds, True)


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive", "token_expired", "not_authed"])
async def test_a_refused_token_pauses_and_says_what_to_do(client: AsyncWebClient, slack: Slack, code: str) -> None:
    slack.says({"ok": False, "error": code})

    with pytest.raises(Retry, match="put a valid one in SLACK_BOT_TOKEN") as refused:
        await post(client)

    assert (refused.value.after, refused.value.throttled) == (60, True)


async def test_a_proxy_of_the_environment_is_not_used(
    slack: Slack, session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vendor would send calls to loopback through it, whatever NO_PROXY says."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")

    await post(web_client("xoxb-1", slack.url, session=session))

    assert slack.calls == 1


async def test_what_people_wrote_is_not_logged(client: AsyncWebClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    await post(client)

    assert "hello" not in json.dumps([record.getMessage() for record in caplog.records])
