"""The HTTP side: health and figures for operators, Slack's signed requests, and nothing for anybody else."""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest

from bot.app import CannotStart
from tests.town import Plan, Town, opened

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def over_http(plan: Plan) -> AsyncIterator[Town]:
    """A town in which Slack's requests come signed, over HTTP."""
    async with opened(replace(plan, transport="http")) as town:
        yield town


@pytest.fixture
async def stranger() -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who can reach the bot's address."""
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


def signed(town: Town, body: bytes, *, age: float = 0, kind: str = FORM) -> dict[str, str]:
    """The headers of a request that Slack signed so many seconds ago."""
    at = str(int(town.now.timestamp() - age))
    secret = town.ground.app.credentials.signing_secret.encode()
    digest = hmac.new(secret, b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Content-Type": kind, "X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}


async def test_operators_see_that_it_lives_is_ready_and_how_it_fares(town: Town, stranger: httpx.AsyncClient) -> None:
    await town.slash("/incident declare critical API is down")

    assert (await stranger.get(f"{town.bot.address}/healthz")).text == "alive"
    ready = await stranger.get(f"{town.bot.address}/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "troubles": []})
    figures = (await stranger.get(f"{town.bot.address}/metrics")).text
    assert "opsbot_outbox_pending" in figures
    assert re.search(r'opsbot_lane_pending\{lane="[a-z-]+"\} \d', figures)
    assert "opsbot_clock_ticked_seconds_ago" in figures
    assert "API is down" not in figures
    assert (await stranger.post(f"{town.bot.address}/slack/events")).status_code == 404


async def test_what_slack_did_not_sign_is_refused_without_a_word_more(
    over_http: Town, stranger: httpx.AsyncClient
) -> None:
    town = over_http
    body = b"command=%2Fincident&text=declare+critical+Forged"
    good = signed(town, body)
    forged: list[dict[str, str]] = [
        {},
        {**good, "X-Slack-Signature": ""},
        {**good, "X-Slack-Signature": "v0=" + "0" * 64},
        {**good, "X-Slack-Signature": good["X-Slack-Signature"][3:]},
        {**good, "X-Slack-Request-Timestamp": "yesterday"},
        {**good, "X-Slack-Request-Timestamp": "-1"},
        signed(town, body, age=301),
        signed(town, body, age=-301),
        signed(town, body + b"!"),
    ]
    for headers in forged:
        answer = await stranger.post(f"{town.bot.address}/slack/events", content=body, headers=headers)
        assert (answer.status_code, answer.text) == (401, "not signed by Slack")
    assert not town.rooms()


async def test_what_is_too_large_or_malformed_is_refused_without_a_trace(
    over_http: Town, stranger: httpx.AsyncClient
) -> None:
    town = over_http
    address = f"{town.bot.address}/slack/events"
    large = b"a" * 1_000_001
    assert (await stranger.post(address, content=large, headers=signed(town, large))).status_code == 413

    nested = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    for body in (nested, b"[]", b"{", b"\xff\xfe", b'"text"'):
        answer = await stranger.post(address, content=body, headers=signed(town, body, kind="application/json"))
        assert (answer.status_code, answer.text) == (400, "not readable")
    for body in (b"", b"payload=%7B", b"payload=%5B%5D", b"payload=", b"payload=1", b"command=%2Fincident"):
        answer = await stranger.post(address, content=body, headers=signed(town, body))
        assert (answer.status_code, answer.text) == (400, "not readable"), body
    assert "Declared INC-1" in await town.slash("/incident declare critical API is down")


MENTION = {
    "type": "event_callback",
    "event_id": "Ev1",
    "event": {"type": "app_mention", "user": "U0BEN", "channel": "C1", "ts": "1.2", "text": "<@U0BOT> help"},
}
PRESS = {"type": "block_actions", "user": {"id": "U0BEN"}, "trigger_id": "1.2", "actions": [{"action_id": "a"}]}


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "event_callback"},
        MENTION | {"event": []},
        MENTION | {"event": {"type": "app_mention", "user": "U0BEN", "text": "help"}},
        MENTION | {"event_time": "x"},
        MENTION | {"event_time": 1e30},
        MENTION | {"event_time": float("nan")},
        MENTION | {"authorizations": 5},
        MENTION | {"authorizations": [5]},
        PRESS | {"trigger_id": None},
        PRESS | {"actions": []},
        PRESS | {"user": "U0BEN"},
        PRESS | {"channel": 5},
        PRESS | {"team": 5},
        {"type": "view_submission", "user": {"id": "U0BEN"}, "view": {"id": "V1", "callback_id": "declare"}},
        {"type": "shortcut", "user": {"id": "U0BEN"}, "trigger_id": "1.2"},
        {"type": "message_action", "user": {"id": "U0BEN"}, "trigger_id": "1.2", "callback_id": "declare-from"},
        {"type": "of another time"},
    ],
)
async def test_what_is_signed_but_not_whole_is_refused_without_a_trace(
    over_http: Town, stranger: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, payload: dict[str, object]
) -> None:
    answer = await deliver(over_http, stranger, payload)

    assert (answer.status_code, answer.text) == (400, "not readable")
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("direct", [False, True])
async def test_half_a_character_is_heard_as_the_mark_for_one(
    over_http: Town, stranger: httpx.AsyncClient, *, direct: bool
) -> None:
    town = over_http
    channel = town.ground.workspace.named("general")
    assert channel
    kind = {"type": "message", "channel_type": "im"} if direct else {"type": "app_mention"}
    event = kind | {"user": "U0BEN", "channel": channel.id, "ts": "1.2", "text": "declare critical API \ud83d down"}
    answer = await deliver(town, stranger, MENTION | {"event": event, "event_time": town.now.timestamp()})
    await town.settle()

    assert answer.status_code == 200
    assert any("API \ufffd down" in text for text in town.texts())


async def deliver(town: Town, stranger: httpx.AsyncClient, payload: dict[str, object]) -> httpx.Response:
    """Sends a payload as Slack would: events as they are, everything else in a form."""
    if payload["type"] == "event_callback":
        body, kind = json.dumps(payload).encode(), "application/json"
    else:
        body, kind = urlencode({"payload": json.dumps(payload)}).encode(), FORM
    return await stranger.post(f"{town.bot.address}/slack/events", content=body, headers=signed(town, body, kind=kind))


async def test_a_stranger_who_hangs_up_leaves_no_trace(
    over_http: Town, stranger: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    host, _, port = over_http.bot.address.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /slack/events HTTP/1.1\r\nHost: opsbot\r\nContent-Length: 1000\r\n\r\nab")
    await writer.drain()
    assert (await stranger.get(f"{over_http.bot.address}/healthz")).text == "alive"
    writer.close()
    await writer.wait_closed()
    assert (await stranger.get(f"{over_http.bot.address}/healthz")).text == "alive"

    assert "Exception" not in caplog.text


async def test_a_button_whose_value_was_never_drawn_is_told_to_be_old(
    over_http: Town, stranger: httpx.AsyncClient
) -> None:
    town = over_http
    await town.slash("/incident declare critical API is down")
    before = town.texts()
    values = ("", "abc", "1e3", "²", "-1", "9" * 30, "1/2/3/4", "1/king/-", "1/x", "/", "99999999999/declare/1")
    names = (
        "acknowledge",
        "take-role",
        "snooze",
        "next-phase",
        "step-done",
        "try-again",
        "post-update",
        "dismiss-alert",
    )
    for at, (name, value) in enumerate((name, value) for name in names for value in values):
        answer = await press_forged(town, stranger, name, value, trigger=f"forged.{at}")
        assert answer.status_code == 200, (name, value)
    await town.settle()

    assert town.texts() == before
    assert "from an older message" in town.whispered("ben")


async def press_forged(
    town: Town, stranger: httpx.AsyncClient, name: str, value: str, *, trigger: str
) -> httpx.Response:
    """Presses a button that was never drawn, in a request that is signed as Slack would."""
    channel = town.ground.workspace.named("general")
    assert channel
    payload = {
        "type": "block_actions",
        "team": {"id": "T0SANDBOX"},
        "user": {"id": "U0BEN"},
        "channel": {"id": channel.id},
        "trigger_id": trigger,
        "actions": [{"type": "button", "action_id": name, "block_id": "b", "value": value}],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    return await stranger.post(f"{town.bot.address}/slack/events", content=body, headers=signed(town, body))


async def test_an_address_that_is_taken_is_told_in_one_sentence(town: Town) -> None:
    taken = town.bot.address.removeprefix("http://")
    second = Town(town.ground, Plan(folder=town.plan.folder / "second", environment={"OPSBOT_LISTEN": taken}))
    with pytest.raises(CannotStart, match=f"Cannot listen on {taken} .* set OPSBOT_LISTEN to another address"):
        await second.start()
