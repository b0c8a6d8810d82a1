"""Socket Mode: up to ten connections; each envelope goes to one of them and is acknowledged on any."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from aiohttp import WSMessage, WSMsgType, web

from sandbox.faults import Fault, Faults
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.slack.delivery.courier import TARGET
from sandbox.slack.delivery.envelope import Ack, Envelope
from sandbox.slack.tickets import Tickets

MOST = 10
LIFETIME = 3600
"""Seconds after which Slack says it will ask for a reconnect; here only a fault does."""
REMEMBERED = 1000
FAREWELL = 0.5
"""Seconds the other side gets to answer a goodbye."""


@dataclass(eq=False, kw_only=True)
class Connection:
    """One socket of the app's; a deaf one neither hears nor speaks, one that is leaving gets nothing new."""

    socket: web.WebSocketResponse
    is_deaf: bool = False
    is_leaving: bool = False

    async def send(self, frame: JsonObject) -> None:
        if not self.is_deaf:
            await self.socket.send_str(json.dumps(frame))


class SocketMode:
    """The app's sockets."""

    overdue = "timeout"

    def __init__(self, app: str, *, tickets: Tickets, faults: Faults, log: Log) -> None:
        self._app = app
        self._tickets = tickets
        self._faults = faults
        self._log = log
        self._connections: deque[Connection] = deque()
        self._waiting: dict[str, asyncio.Future[JsonObject]] = {}
        self._given_up: deque[str] = deque(maxlen=REMEMBERED)
        self._known_faults: list[Fault] = []
        self._notices: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []
        faults.on_change(self._look_at_faults)

    @property
    def connected(self) -> int:
        """How many sockets are open."""
        return len(self._connections)

    @property
    def hearing(self) -> int:
        """How many of them hear and speak."""
        return sum(not connection.is_deaf for connection in self._connections)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Has `listener` called whenever a socket was opened or closed."""
        self._listeners.append(listener)

    def deafen(self, count: int) -> None:
        """So many of the sockets that are open stop hearing and speaking, and nobody is told."""
        for connection in list(self._connections)[:count]:
            connection.is_deaf = True

    async def reach(self, count: int) -> None:
        """Returns once just as many sockets are open."""
        while self.connected != count:
            self._changed.clear()
            await self._changed.wait()

    async def hear(self, count: int) -> None:
        """Returns once so many sockets hear."""
        while self.hearing < count:
            self._changed.clear()
            await self._changed.wait()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/link/", self._link)]

    async def carry(self, envelope: Envelope) -> Ack:
        """Sends the envelope to the connection whose turn it is; without one it fails at once."""
        envelope_id = str(uuid4())
        acked: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = acked
        try:
            if not await self._send(framed(envelope, envelope_id)):
                return Ack(error="dispatch_failed", reason=self.overdue)
            return Ack(payload=await acked)
        finally:
            del self._waiting[envelope_id]
            if not acked.done() or acked.cancelled():
                self._given_up.append(envelope_id)

    async def close(self) -> None:
        """Closes every socket, as a server that goes away does."""
        goodbyes = [connection.socket.close(code=1001, message=b"going away") for connection in self._connections]
        await asyncio.gather(*goodbyes)

    async def _send(self, frame: JsonObject) -> bool:
        while connection := self._next():
            try:
                await connection.send(frame)
            except ConnectionError:
                self._forget(connection)
            else:
                return True
        return False

    def _next(self) -> Connection | None:
        """The connections take turns."""
        for _ in range(len(self._connections)):
            self._connections.rotate(-1)
            if not self._connections[-1].is_leaving:
                return self._connections[-1]
        return None

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if not self._tickets.redeem(request.query.get("ticket", "")):
            return web.Response(status=401, text="This ticket is not good, or no longer.")
        # Pings are answered here and not by aiohttp, so that a deaf socket can keep silent.
        socket = web.WebSocketResponse(autoping=False, autoclose=False, timeout=FAREWELL)
        await socket.prepare(request)
        if self.connected >= MOST:
            await socket.send_str(json.dumps(disconnect("too_many_websockets")))
            await socket.close()
            return socket
        await self._serve(Connection(socket=socket), host=request.host)
        return socket

    async def _serve(self, connection: Connection, *, host: str) -> None:
        self._connections.append(connection)
        self._note("socket opened")
        try:
            await connection.send(self._hello(host))
            await self._listen(connection)
        finally:
            self._forget(connection)

    async def _listen(self, connection: Connection) -> None:
        while True:
            message = await connection.socket.receive()
            if message.type in {WSMsgType.CLOSED, WSMsgType.CLOSING, WSMsgType.ERROR}:
                return
            if not connection.is_deaf and await self._is_last(connection, message):
                return

    async def _is_last(self, connection: Connection, message: WSMessage) -> bool:
        """Takes one frame in, and says whether it was the goodbye."""
        if message.type is WSMsgType.CLOSE:
            await connection.socket.close()
            return True
        if message.type is WSMsgType.PING:
            with contextlib.suppress(ConnectionError):
                await connection.socket.pong(message.data)
        elif message.type is WSMsgType.TEXT:
            self._hear(message.data)
        return False

    def _hear(self, text: str) -> None:
        frame = _parsed(text)
        envelope_id = str(frame.get("envelope_id", ""))
        acked = self._waiting.get(envelope_id)
        if acked is not None and not acked.done():
            payload = frame.get("payload")
            acked.set_result(payload if isinstance(payload, dict) else {})
        else:
            error = "acknowledged too late" if envelope_id in self._given_up else "acknowledges nothing"
            self._log.note("ack", envelope_id or "frame", error=error, detail={"frame": text})

    def _hello(self, host: str) -> JsonObject:
        return {
            "type": "hello",
            "num_connections": self.connected,
            "connection_info": {"app_id": self._app},
            "debug_info": {"host": host, "approximate_connection_time": LIFETIME},
        }

    def _forget(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            self._note("socket closed")

    def _note(self, what: str) -> None:
        self._log.note("event", what, detail={"connections": self.connected})
        self._changed.set()
        for listener in self._listeners:
            listener()

    def _look_at_faults(self) -> None:
        """What was just switched on befalls the sockets that are open now."""
        known, self._known_faults = self._known_faults, list(self._faults)
        fresh = [fault for fault in self._known_faults if not any(fault is other for other in known)]
        kinds = {fault.kind for fault in fresh if fault.target == TARGET}
        if "deaf_socket" in kinds and self._faults.strike_of("deaf_socket", TARGET, "socket"):
            self.deafen(self.connected)
        if "disconnect" in kinds and self._faults.strike_of("disconnect", TARGET, "socket"):
            self._ask_to_reconnect()

    def _ask_to_reconnect(self) -> None:
        for connection in self._connections:
            connection.is_leaving = True
            notice = asyncio.create_task(_notify(connection))
            self._notices.add(notice)
            notice.add_done_callback(self._notices.discard)


async def _notify(connection: Connection) -> None:
    with contextlib.suppress(ConnectionError):
        await connection.send(disconnect("refresh_requested"))


def framed(envelope: Envelope, envelope_id: str) -> JsonObject:
    """The frame as it goes over the socket."""
    frame: JsonObject = {
        "envelope_id": envelope_id,
        "type": envelope.kind,
        "payload": envelope.payload,
        "accepts_response_payload": envelope.kind != "events_api",
    }
    if envelope.kind == "events_api":
        frame |= {"retry_attempt": envelope.retry_attempt, "retry_reason": envelope.retry_reason}
    return frame


def disconnect(reason: str) -> JsonObject:
    """The frame that asks the app to reconnect."""
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}


def _parsed(text: str) -> JsonObject:
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) else {}
