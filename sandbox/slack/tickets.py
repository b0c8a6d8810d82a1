"""Tickets: what apps.connections.open gives the app so that it may open one socket."""

from collections.abc import Callable
from uuid import uuid4


class Tickets:
    """Addresses of sockets, each good for one connection."""

    def __init__(self, address: Callable[[], str], *, app: str) -> None:
        self._address = address
        self._app = app
        self._fresh: set[str] = set()

    def issue(self) -> str:
        """The address of a socket that may be opened once."""
        ticket = uuid4().hex
        self._fresh.add(ticket)
        return f"{self._address().replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={self._app}"

    def redeem(self, ticket: str) -> bool:
        """Whether the ticket was good; it no longer is."""
        if ticket not in self._fresh:
            return False
        self._fresh.remove(ticket)
        return True
