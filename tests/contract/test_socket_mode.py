"""Socket Mode does what Slack's does: tickets, acknowledgements, retries, reconnects, lost and doubled envelopes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import WSMsgType
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler as WebsocketsHandler

from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.payload import JsonObject
from sandbox.server import Sandbox
from tests.contract.tiny_app import MANIFEST, Handler, logged, over_sockets

NINE = datetime(2026, 3, 9, 9, tzinfo=UTC)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(manifest=MANIFEST, clock=SandboxClock(start=NINE, ticking=False), ack_within=0.3)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


async def open_socket(session: aiohttp.ClientSession, sandbox: Sandbox) -> aiohttp.ClientWebSocketResponse:
    """A bare socket, without a client library."""
    return await session.ws_connect(sandbox.desk.tickets.issue())


async def frame(socket: aiohttp.ClientWebSocketResponse) -> JsonObject:
    received: JsonObject = await socket.receive_json(timeout=5)
    return received


async def test_a_ticket_opens_one_socket(sandbox: Sandbox) -> None:
    ticket = sandbox.desk.tickets.issue()

    async with aiohttp.ClientSession() as session, session.ws_connect(ticket) as socket:
        hello = await frame(socket)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(ticket)

    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert hello["connection_info"]["app_id"] == sandbox.app.id
    assert refused.value.status == 401


async def test_the_eleventh_socket_is_turned_away(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        ten = [await open_socket(session, sandbox) for _ in range(10)]
        await sandbox.sockets.reach(len(ten))
        eleventh = await open_socket(session, sandbox)

        assert (await frame(eleventh))["reason"] == "too_many_websockets"
        assert (await eleventh.receive()).type is WSMsgType.CLOSE


@pytest.mark.parametrize("handler", [AsyncSocketModeHandler, WebsocketsHandler])
async def test_a_command_is_answered_through_its_acknowledgement(sandbox: Sandbox, handler: Handler) -> None:
    async with over_sockets(sandbox, handler=handler) as app:
        app.ack = {"text": "Hello."}
        outcome = await sandbox.acting.command("ana", "general", "/say hello")

    assert (outcome.ok, outcome.text) == (True, "Hello.")
    assert app.heard[0]["text"] == "hello"


async def test_an_acknowledgement_may_come_on_another_socket(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await open_socket(session, sandbox) for _ in range(2)]
        for socket in sockets:
            await frame(socket)
        await sandbox.sockets.reach(2)
        command = asyncio.create_task(sandbox.acting.command("ana", "general", "/say hello"))
        received, envelope = await first_frame(sockets)
        other = next(socket for socket in sockets if socket is not received)
        await other.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Hello."}})

        assert (await command).text == "Hello."


async def first_frame(
    sockets: list[aiohttp.ClientWebSocketResponse],
) -> tuple[aiohttp.ClientWebSocketResponse, JsonObject]:
    """The socket that got something, and what it got."""
    waits = {asyncio.create_task(frame(socket)): socket for socket in sockets}
    done, rest = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in rest:
        wait.cancel()
    first = done.pop()
    return waits[first], first.result()


async def test_two_sockets_share_the_work(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await open_socket(session, sandbox) for _ in range(2)]
        for socket in sockets:
            await frame(socket)
        await sandbox.sockets.reach(2)
        for text in ("one", "two"):
            await sandbox.acting.message("ana", "general", text)
        texts = {(await frame(socket))["payload"]["event"]["text"] for socket in sockets}

    assert texts == {"one", "two"}


async def test_nobody_connected_is_told_at_once(sandbox: Sandbox) -> None:
    outcome = await sandbox.acting.command("ana", "general", "/say hello")

    assert outcome.error == "dispatch_failed"


async def test_a_late_acknowledgement_counts_as_none(sandbox: Sandbox) -> None:
    async with over_sockets(sandbox) as app:
        app.gate.clear()
        outcome = await sandbox.acting.command("ana", "general", "/say hello")
        app.gate.set()
        await told_late(sandbox)

    assert outcome.error == "operation_timeout"


async def told_late(sandbox: Sandbox) -> None:
    came = asyncio.Event()
    sandbox.log.on_entry(lambda entry: came.set() if entry.error == "acknowledged too late" else None)
    async with asyncio.timeout(60):
        await came.wait()


async def test_an_event_that_is_not_taken_comes_three_times_more(sandbox: Sandbox) -> None:
    async with over_sockets(sandbox) as app:
        app.failures = 9
        await sandbox.acting.message("ana", "general", "help")
        await sandbox.idle()
        assert app.retries == [("0", ""), ("1", "timeout")]

        sandbox.clock.advance(59)
        await sandbox.idle()
        assert len(app.retries) == 2

        sandbox.clock.advance(1)
        await sandbox.idle()
        sandbox.clock.advance(300)
        await sandbox.idle()
        assert app.retries[2:] == [("2", "timeout"), ("3", "timeout")]

        sandbox.clock.advance(86400)
        await sandbox.idle()

    assert len({body["event_id"] for body in app.heard}) == 1
    assert len(app.heard) == 4


async def test_an_event_of_the_time_without_sockets_comes_later(sandbox: Sandbox) -> None:
    await sandbox.acting.message("ana", "general", "anybody there?")
    await sandbox.idle()

    async with over_sockets(sandbox) as app:
        assert app.heard == []
        sandbox.clock.advance(60)
        await sandbox.idle()

    assert [event["text"] for event in app.events("message")] == ["anybody there?"]


async def test_a_doubled_delivery_comes_twice(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(name="twice", kind="duplicate_delivery", target="socket", times=1))
    async with over_sockets(sandbox) as app:
        await sandbox.acting.command("ana", "general", "/say one")
        await sandbox.acting.command("ana", "general", "/say two")

    assert [body["text"] for body in app.heard] == ["one", "one", "two"]
    assert app.heard[0]["trigger_id"] == app.heard[1]["trigger_id"]


async def test_a_lost_acknowledgement_brings_the_event_again(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(name="lost", kind="drop_after", target="socket", method="message", times=1))
    async with over_sockets(sandbox) as app:
        await sandbox.acting.message("ana", "general", "help")
        await sandbox.idle()

    assert app.retries == [("0", ""), ("1", "timeout")]


async def test_a_slow_way_there_and_back_is_too_late(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(name="slow", kind="latency", target="socket", latency_ms=400, times=1))
    async with over_sockets(sandbox) as app:
        outcome = await sandbox.acting.command("ana", "general", "/say hello")

    assert outcome.error == "operation_timeout"
    assert len(app.heard) == 1


@pytest.mark.parametrize("handler", [AsyncSocketModeHandler, WebsocketsHandler])
async def test_a_socket_that_is_asked_to_reconnect_does(sandbox: Sandbox, handler: Handler) -> None:
    async with over_sockets(sandbox, ping=0.2, handler=handler) as app:
        opened = asyncio.create_task(logged(sandbox, "socket opened"))
        await asyncio.sleep(0)
        sandbox.faults.add(Fault(name="refresh", kind="disconnect", target="socket", times=1))
        await opened
        await sandbox.sockets.reach(1)
        outcome = await sandbox.acting.command("ana", "general", "/say hello")

    assert outcome.ok
    assert len(app.heard) == 1


async def test_a_deaf_socket_loses_what_it_gets_until_the_app_notices(sandbox: Sandbox) -> None:
    async with over_sockets(sandbox, ping=0.2) as app:
        opened = asyncio.create_task(logged(sandbox, "socket opened"))
        await asyncio.sleep(0)
        sandbox.faults.add(Fault(name="deaf", kind="deaf_socket", target="socket"))
        lost = await sandbox.acting.command("ana", "general", "/say lost")
        await opened
        await sandbox.sockets.reach(1)
        found = await sandbox.acting.command("ana", "general", "/say found")

    assert (lost.error, found.error) == ("operation_timeout", "")
    assert [body["text"] for body in app.heard] == ["found"]


async def test_another_socket_takes_what_a_deaf_one_lost(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        deaf = await open_socket(session, sandbox)
        await frame(deaf)
        await sandbox.sockets.reach(1)
        sandbox.faults.add(Fault(name="deaf", kind="deaf_socket", target="socket"))
        async with over_sockets(sandbox) as app:
            await sandbox.acting.message("ana", "general", "help")
            await sandbox.idle()

    assert [event["text"] for event in app.events("message")] == ["help"]
