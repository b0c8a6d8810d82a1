"""Zendesk as the practice ground has it: the tickets that customers open, to be searched.

Faithful in what the bot uses: `EMAIL/token` and the token as basic authentication, the query's own small language,
counts apart from lists, at most 100 a page and 1,000 in all (page 11 is refused with 422), nobody for a wrong token.
"""

import base64
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from aiohttp import web

from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.rest_face import Refused, Reply, RestFace
from sandbox.world.ticket import SupportTicket

ROOT = "/zendesk/api/v2"
EMAIL = "support@agentmarketplace.com"
TOKEN = "sandbox-zendesk-token"
MOST_PER_PAGE = 100
MOST = 1000
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
TERM = re.compile(r"(?P<field>type|status|created|priority)(?P<how>:|>=|<=|>|<)(?P<value>\S+)")

WORDING = Wording(
    ratelimited=lambda seconds: web.json_response(
        {"error": "APIRateLimitExceeded", "description": "Number of allowed API requests per minute exceeded"},
        status=429,
        headers={"Retry-After": f"{seconds:g}"},
    ),
    internal_error=lambda: web.json_response({"error": "InternalError"}, status=500),
    error=lambda code: web.json_response({"error": code}, status=int(code) if code.isdecimal() else 422),
)


class World(Protocol):
    """The platform's customers, as far as they complain."""

    def tickets(self) -> Sequence[SupportTicket]:
        """Those of the last weeks, in the order in which they were opened."""
        ...


class Zendesk:
    """One account on loopback, the API below /zendesk/api/v2."""

    def __init__(self, world: World, *, faults: Faults, log: Log, address: Callable[[], str]) -> None:
        """`address` is the practice ground's own, once it listens."""
        self._world = world
        self._address = address
        line = Line(target="zendesk", faults=faults, wording=WORDING)
        self._face = RestFace(root=ROOT, line=line, log=log, admit=_admit)

    def routes(self) -> list[web.RouteDef]:
        """Every address with and without its old ending."""
        answers = {"/search/count": self._count, "/search": self._search, "/users/me": self._me}
        return [
            self._face.route("GET", f"{path}{ending}", answer)
            for path, answer in answers.items()
            for ending in ("", ".json")
        ]

    def _me(self, request: web.Request, _body: JsonObject) -> Reply:
        """A stranger is shown as nobody, with a 200."""
        if _is_known(request):
            return Reply(body={"user": {"id": 1, "name": "Support", "email": EMAIL, "role": "agent"}})
        return Reply(body={"user": {"id": None, "name": "Anonymous user", "email": "invalid@example.com"}})

    def _count(self, request: web.Request, _body: JsonObject) -> Reply:
        return Reply(body={"count": len(self._found(request))})

    def _search(self, request: web.Request, _body: JsonObject) -> Reply:
        found = self._found(request)
        found.sort(key=lambda ticket: ticket.opened_at, reverse=request.query.get("sort_order", "desc") == "desc")
        number, most = _whole(request, "page", 1), min(_whole(request, "per_page", MOST_PER_PAGE), MOST_PER_PAGE)
        start = (number - 1) * most
        if start >= MOST:
            description = "Requested response size was greater than Search Response Limits"
            raise Refused(422, {"error": "invalid", "description": description})
        page = found[start : start + most]
        more = start + most < min(len(found), MOST)
        following = f"{self._address()}{ROOT}/search.json?page={number + 1}" if more else None
        return Reply(
            body={"results": [self._shown(each) for each in page], "count": len(found), "next_page": following}
        )

    def _found(self, request: web.Request) -> list[SupportTicket]:
        query = request.query.get("query", "")
        if not query:
            raise Refused(400, {"error": "MissingParameter", "description": "query is required"})
        tickets = list(self._world.tickets())
        for term in query.split():
            tickets = [each for each in tickets if _matches(each, term)]
        return tickets

    def _shown(self, ticket: SupportTicket) -> JsonObject:
        return {
            "id": ticket.number,
            "url": f"{self._address()}{ROOT}/tickets/{ticket.number}.json",
            "result_type": "ticket",
            "subject": ticket.subject,
            "status": ticket.status,
            "priority": ticket.priority or None,
            "created_at": f"{ticket.opened_at:%Y-%m-%dT%H:%M:%SZ}",
            "via": {"channel": "email"},
        }


def _admit(request: web.Request) -> None:
    if not request.path.startswith(f"{ROOT}/users/me") and not _is_known(request):
        raise Refused(401, {"error": "Couldn't authenticate you"})


def _is_known(request: web.Request) -> bool:
    known = base64.b64encode(f"{EMAIL}/token:{TOKEN}".encode()).decode()
    return request.headers.get("Authorization") == f"Basic {known}"


def _matches(ticket: SupportTicket, term: str) -> bool:
    """Whether a ticket is what one word of a query asks for; a plain word is looked for in the subject."""
    parts = TERM.fullmatch(term)
    if parts is None:
        return term.lower() in ticket.subject.lower()
    how, value = parts["how"], parts["value"]
    match parts["field"]:
        case "type":
            return value == "ticket"
        case "status":
            return _compared(STATUSES.index(ticket.status), how, _rank(value))
        case "priority":
            return ticket.priority == value
        case _:
            return _compared(ticket.opened_at.timestamp(), how, _moment(value).timestamp())


def _compared(mine: float, how: str, asked: float) -> bool:
    return {":": mine == asked, ">": mine > asked, "<": mine < asked, ">=": mine >= asked, "<=": mine <= asked}[how]


def _rank(status: str) -> int:
    if status not in STATUSES:
        raise Refused(422, {"error": "invalid", "description": f"Invalid search: {status} is not a valid status"})
    return STATUSES.index(status)


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise Refused(422, {"error": "invalid", "description": f"Invalid search: {written} is no date"}) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _whole(request: web.Request, name: str, default: int) -> int:
    written = request.query.get(name, "")
    return max(int(written), 1) if written.isdecimal() else default
