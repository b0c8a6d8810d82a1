"""Both ways to the app, the courier who takes one of them, and the events that wait for it."""

from typing import Literal

from sandbox.slack.archive import Archive
from sandbox.slack.delivery.courier import Courier
from sandbox.slack.delivery.events import Events
from sandbox.slack.delivery.signed_http import SignedHttp
from sandbox.slack.delivery.socket_mode import SocketMode
from sandbox.slack.desk import Desk

Transport = Literal["socket", "http"]


class Delivery:
    """Everything that is on its way to the app."""

    def __init__(
        self, desk: Desk, *, archive: Archive, transport: Transport, request_url: str | None, ack_within: float
    ) -> None:
        self.transport = transport
        self.sockets = SocketMode(desk.app.id, tickets=desk.tickets, faults=desk.faults, log=desk.log)
        secret = desk.app.credentials.signing_secret
        self.requests = SignedHttp(signing_secret=secret, clock=desk.clock, log=desk.log, request_url=request_url)
        way = self.sockets if transport == "socket" else self.requests
        self.courier = Courier(way, faults=desk.faults, log=desk.log, ack_within=ack_within)
        self._events = Events(desk, archive=archive, courier=self.courier)

    def start(self) -> None:
        """Goes on with what was not taken when it last stopped."""
        self._events.start()

    async def stop(self) -> None:
        await self._events.stop()
        await self.requests.close()

    async def idle(self) -> None:
        """Returns at a moment at which nothing is under way or due."""
        while not (self.courier.is_idle and self._events.is_idle):
            await self.courier.idle()
            await self._events.idle()
