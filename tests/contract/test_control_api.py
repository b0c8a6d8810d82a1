"""The control panel's API: the clock, the bot's process, faults, limits and the log; and who may use it at all."""

import asyncio
import json
import sys

import aiohttp
import pytest

from sandbox.clock import FollowedClock
from sandbox.server import Sandbox
from tests.contract.page import Page
from tests.contract.tiny_app import TinyApp


async def test_the_clock_is_moved_and_followed(sandbox: Sandbox, page: Page) -> None:
    jumped = asyncio.Event()
    followed = FollowedClock(sandbox.url)
    followed.on_jump(jumped.set)
    await followed.start()
    async with page.stream("ana") as stream:
        jumped.clear()
        moved = await page.post("/control/clock", {"advance": 900})
        told = await stream.next("clock")
    async with asyncio.timeout(60):
        await jumped.wait()

    assert told["now"] == moved["now"] == sandbox.clock.now().timestamp()
    await followed.stop()


async def test_faults_and_limits_are_switched(sandbox: Sandbox, page: Page) -> None:
    fault = {"name": "Slack down", "target": "slack", "method": "*", "kind": "http_503", "times": None}
    await page.post("/control/faults", {"faults": [fault]})
    listed = (await page.get("/control/faults"))["faults"]
    await page.delete("/control/faults")
    await page.post("/control/limits", {"rate_limits": True})

    assert [each["name"] for each in listed] == ["Slack down"]
    assert (await page.get("/control/faults"))["faults"] == []
    assert (await page.get("/control/limits"))["rate_limits"] is True
    assert sandbox.desk.tiers.enabled


async def test_the_log_shows_what_crossed_and_no_tokens(sandbox: Sandbox, app: TinyApp, page: Page) -> None:
    await page.post("/client/command", {"user": "ana", "channel": "general", "text": "/say hello"})
    await app.client.auth_test()
    entries = (await page.get("/control/log", after="0", limit="100"))["entries"]
    later = (await page.get("/control/log", after=str(entries[-1]["id"])))["entries"]
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.url}/control/log/export") as response:
        exported = [json.loads(line) for line in (await response.text()).splitlines()]

    assert {"/say", "auth.test", "apps.connections.open"} <= {entry["name"] for entry in entries}
    assert {entry["kind"] for entry in entries if entry["name"] == "/say"} == {"envelope", "ack"}
    assert later == []
    assert [entry["id"] for entry in exported] == [entry["id"] for entry in entries]
    assert sandbox.app.credentials.bot_token not in json.dumps(exported)


async def test_the_bot_is_killed_and_started_from_the_panel(sandbox: Sandbox, page: Page) -> None:
    assert (await page.get("/control/bot"))["status"] == "none"
    sandbox.supervise([sys.executable, "-c", "import time; time.sleep(600)"], environment={})
    async with page.stream("ana") as stream:
        started = await page.post("/control/bot", {"action": "start"})
        told = await stream.next("bot")
        killed = await page.post("/control/bot", {"action": "kill"})

    assert (started["status"], told["pid"]) == ("connecting", started["pid"])
    assert (killed["status"], killed["pid"]) == ("stopped", None)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost@evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[bad"},
    ],
)
async def test_strangers_are_turned_away(sandbox: Sandbox, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{sandbox.url}/client/bootstrap", headers=headers) as response:
            assert response.status == 403
        async with session.post(f"{sandbox.url}/control/clock", json={"advance": 60}, headers=headers) as response:
            assert response.status == 403


async def test_this_machine_may_call_itself_localhost(sandbox: Sandbox) -> None:
    port = sandbox.url.rpartition(":")[2]
    headers = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.url}/", headers=headers) as response:
        assert response.status == 200
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/control/clock", '{"advance": NaN}'),
        ("/control/clock", '{"advance": Infinity}'),
        ("/control/clock", '{"advance": -Infinity}'),
        ("/control/clock", '{"advance": 1e300}'),
        ("/control/clock", '{"advance": 400000000}'),
        ("/control/pagerduty", "[]"),
        ("/control/pagerduty", "not json"),
        ("/control/pagerduty", '{"service": 7}'),
        ("/control/pagerduty/Q1/acknowledge", "[]"),
        ("/control/pagerduty/Q1/resolve", '{"by": {}}'),
        ("/control/clock", '{"advance": 1' + "0" * 400 + "}"),
        ("/control/clock", '{"advance": ' + "[" * 100_000 + "]" * 100_000 + "}"),
        ("/control/faults", '{"faults": [{"kind": "latency", "latency_ms": -5}]}'),
        ("/control/faults", '{"faults": [{"kind": "latency", "latency_ms": NaN}]}'),
        ("/control/faults", '{"faults": [{"kind": "ratelimited", "retry_after": Infinity}]}'),
        ("/control/faults", '{"faults": [{"kind": "ratelimited", "times": "often"}]}'),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_a_sentence(sandbox: Sandbox, path: str, body: str) -> None:
    before = sandbox.clock.now()
    async with aiohttp.ClientSession() as session, session.post(f"{sandbox.url}{path}", data=body) as response:
        answer = await response.json()

    assert (response.status, answer["ok"]) == (400, False)
    assert answer["errors"]
    assert (sandbox.clock.now() - before).total_seconds() < 60
    assert not list(sandbox.faults)


@pytest.mark.parametrize(
    "path", ["/api/chat.postMessage", "/pagerduty/events/v2/enqueue", "/pagerduty/api/incidents", "/client/message"]
)
async def test_what_is_nested_too_deeply_breaks_nothing(sandbox: Sandbox, path: str) -> None:
    nested = '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}"
    headers = {"Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{sandbox.url}{path}", data=nested) as response,
    ):
        assert response.status < 500
