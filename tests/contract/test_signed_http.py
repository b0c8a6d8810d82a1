"""The same payloads over HTTP: signed at business time, retried with Slack's headers, answered in the response."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.server import Sandbox
from tests.contract.tiny_app import MANIFEST, over_http


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    # It stands at the machine's time, by which a real app judges how old a signature is.
    clock = SandboxClock(ticking=False)
    sandbox = Sandbox(manifest=MANIFEST, clock=clock, transport="http", ack_within=0.3)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


class Receiver:
    """A bare request URL: it keeps what came, and answers what the test wants."""

    def __init__(self) -> None:
        self.requests: list[tuple[Mapping[str, str], bytes]] = []
        self.answer = web.Response()

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        if b"url_verification" in body:
            return web.json_response({"challenge": json.loads(body)["challenge"]})
        self.requests.append((request.headers, body))
        return web.Response(status=self.answer.status, text=self.answer.text, headers=self.answer.headers)


@asynccontextmanager
async def receiver(sandbox: Sandbox) -> AsyncIterator[Receiver]:
    receiving = Receiver()
    server = web.Application()
    server.router.add_post("/slack/events", receiving.receive)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    assert await sandbox.requests.verify(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield receiving
    await runner.cleanup()


async def test_a_real_app_takes_commands_buttons_and_events(sandbox: Sandbox) -> None:
    async with over_http(sandbox) as app:
        app.ack = {"text": "Hello."}
        answered = await sandbox.acting.command("ana", "general", "/say hello")
        shortcut = await sandbox.acting.shortcut("ana", "declare")
        await sandbox.acting.message("ana", "general", "help")
        await sandbox.idle()

    assert (answered.text, shortcut.ok) == ("Hello.", True)
    assert [body.get("command") or body.get("type") for body in app.heard] == ["/say", "shortcut", "event_callback"]


async def test_requests_are_signed_over_their_bytes_at_business_time(sandbox: Sandbox) -> None:
    async with receiver(sandbox) as receiving:
        await sandbox.acting.command("ana", "general", "/say hello & goodbye")
    headers, body = receiving.requests[0]
    signed = f"v0:{int(sandbox.clock.now().timestamp())}:".encode() + body
    secret = sandbox.app.credentials.signing_secret.encode()

    assert headers["X-Slack-Signature"] == "v0=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body.decode())["text"] == ["hello & goodbye"]


async def test_an_app_that_keeps_another_time_refuses(sandbox: Sandbox) -> None:
    async with over_http(sandbox) as app:
        sandbox.clock.advance(400)
        outcome = await sandbox.acting.command("ana", "general", "/say hello")

    assert outcome.error == "http_client_error"
    assert app.heard == []


async def test_interactions_come_as_a_form_with_a_payload(sandbox: Sandbox) -> None:
    async with receiver(sandbox) as receiving:
        await sandbox.acting.shortcut("ana", "declare")
    payload = json.loads(parse_qs(receiving.requests[0][1].decode())["payload"][0])

    assert (payload["type"], payload["callback_id"]) == ("shortcut", "declare")


async def test_a_failing_app_gets_the_event_again_with_the_reason(sandbox: Sandbox) -> None:
    async with receiver(sandbox) as receiving:
        receiving.answer = web.Response(status=500)
        await sandbox.acting.message("ana", "general", "help")
        await sandbox.idle()
        sandbox.clock.advance(60)
        await sandbox.idle()
    retries = [
        (headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")) for headers, _ in receiving.requests
    ]

    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]


async def test_an_app_may_ask_for_no_retry(sandbox: Sandbox) -> None:
    async with receiver(sandbox) as receiving:
        receiving.answer = web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
        await sandbox.acting.message("ana", "general", "help")
        await sandbox.idle()
        sandbox.clock.advance(600)
        await sandbox.idle()

    assert len(receiving.requests) == 1


async def test_an_answer_of_plain_text_is_shown(sandbox: Sandbox) -> None:
    async with receiver(sandbox) as receiving:
        receiving.answer = web.Response(text="Understood.")
        outcome = await sandbox.acting.command("ana", "general", "/say hello")

    assert outcome.text == "Understood."


@pytest.mark.parametrize(("status", "error"), [(404, "http_client_error"), (503, "http_service_error")])
async def test_an_error_status_is_told_to_the_person(sandbox: Sandbox, status: int, error: str) -> None:
    async with receiver(sandbox) as receiving:
        receiving.answer = web.Response(status=status)
        outcome = await sandbox.acting.command("ana", "general", "/say hello")

    assert outcome.error == error


async def test_nothing_goes_to_a_url_that_does_not_answer_its_challenge(sandbox: Sandbox) -> None:
    async with receiver(sandbox) as receiving:
        assert not await sandbox.requests.verify(f"{sandbox.url}/client/message")
        outcome = await sandbox.acting.command("ana", "general", "/say hello")

    assert outcome.error == "dispatch_failed"
    assert receiving.requests == []


async def test_a_lost_answer_is_a_timeout(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(name="lost", kind="drop_after", target="socket", times=1))
    async with over_http(sandbox) as app:
        await sandbox.acting.message("ana", "general", "help")
        await sandbox.idle()

    assert app.retries == [("", ""), ("1", "http_timeout")]
