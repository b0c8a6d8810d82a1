"""Zoom as the practice ground has it: tokens of a server-to-server app, and meetings that are made, listed and deleted.

Faithful in what the bot uses: a token by account credentials that lasts an hour, 201 with both addresses, a list of
what is to come, 204 for what is deleted, 404 for what is not there, and hosts that are not known.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.rest_face import Refused, Reply, RestFace
from sandbox.slack.archive import Archive, Shelf

ROOT = "/zoom"
ACCOUNT, CLIENT, SECRET = "sandbox-account", "sandbox-client", "sandbox-zoom-secret"
HOSTS = ("me", "ops@example.com", "ops-2@example.com")
LASTS = 3600.0
WORDING = Wording(
    ratelimited=lambda seconds: web.json_response(
        {"code": 429, "message": "You have reached the maximum per-second rate limit for this API."},
        status=429,
        headers={"Retry-After": f"{seconds:g}"},
    ),
    internal_error=lambda: web.json_response({"code": 500, "message": "Internal error"}, status=500),
    error=lambda code: web.json_response(
        {"code": code, "message": "Refused"}, status=int(code) if code.isdecimal() else 400
    ),
)


@dataclass(kw_only=True)
class Meeting:
    """A meeting; `start` is in seconds since the epoch."""

    id: str
    host: str
    topic: str
    agenda: str
    start: float
    deleted: bool = False


class Zoom:
    """One account on loopback: tokens at /zoom/oauth/token, the API below /zoom/v2."""

    def __init__(self, *, archive: Archive, faults: Faults, log: Log, now: Callable[[], datetime]) -> None:
        self._now = now
        self._shelf = Shelf[Meeting](archive, "zoom", lambda each: dict(vars(each)), lambda record: Meeting(**record))
        self._tokens: dict[str, float] = {}
        line = Line(target="zoom", faults=faults, wording=WORDING)
        self._face = RestFace(root=ROOT, line=line, log=log, admit=self._admit)

    @property
    def meetings(self) -> list[Meeting]:
        """Those that were not deleted, in the order in which they were made."""
        return [each for each in self._shelf if not each.deleted]

    def routes(self) -> list[web.RouteDef]:
        return [
            self._face.route("POST", "/oauth/token", self._token),
            self._face.route("GET", "/v2/users/{host}/meetings", self._list),
            self._face.route("POST", "/v2/users/{host}/meetings", self._make),
            self._face.route("DELETE", "/v2/meetings/{id}", self._delete),
        ]

    def _admit(self, request: web.Request) -> None:
        if request.path == f"{ROOT}/oauth/token":
            return
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self._tokens.get(token, 0.0) <= self._seconds():
            raise Refused(401, {"code": 124, "message": "Invalid access token."})

    def _token(self, request: web.Request, _body: JsonObject) -> Reply:
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {known}":
            raise Refused(401, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"})
        asked = request.query
        if (asked.get("grant_type"), asked.get("account_id")) != ("account_credentials", ACCOUNT):
            raise Refused(400, {"reason": "Bad Request", "error": "invalid_request"})
        token = f"token-{len(self._tokens) + 1}"
        self._tokens[token] = self._seconds() + LASTS
        return Reply(body={"access_token": token, "token_type": "bearer", "expires_in": LASTS})

    def _list(self, request: web.Request, _body: JsonObject) -> Reply:
        host = self._host(request)
        found = [self._shown(each) for each in self.meetings if each.host == host]
        return Reply(body={"page_size": 300, "total_records": len(found), "meetings": found})

    def _make(self, request: web.Request, body: JsonObject) -> Reply:
        host = self._host(request)
        meeting = Meeting(
            id=f"{81000000000 + len(self._shelf) + 1}",
            host=host,
            topic=str(body.get("topic") or ""),
            agenda=str(body.get("agenda") or ""),
            start=self._seconds(),
        )
        self._shelf.put(meeting.id, meeting)
        start = f"https://zoom.example/s/{meeting.id}?zak=secret"
        return Reply(body={**self._shown(meeting), "start_url": start, "password": "123456"}, status=201)

    def _delete(self, request: web.Request, _body: JsonObject) -> Reply:
        meeting = self._shelf.get(request.match_info["id"])
        if meeting is None or meeting.deleted:
            raise Refused(404, {"code": 3001, "message": "Meeting does not exist."})
        meeting.deleted = True
        self._shelf.put(meeting.id, meeting)
        return Reply(body=None, status=204)

    def _host(self, request: web.Request) -> str:
        host = request.match_info["host"]
        if host not in HOSTS:
            raise Refused(404, {"code": 1001, "message": f"User does not exist: {host}."})
        return host

    def _seconds(self) -> float:
        return self._now().timestamp()

    def _shown(self, meeting: Meeting) -> JsonObject:
        return {
            "id": int(meeting.id),
            "topic": meeting.topic,
            "agenda": meeting.agenda,
            "type": 2,
            "start_time": f"{datetime.fromtimestamp(meeting.start, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "join_url": f"https://zoom.example/j/{meeting.id}?pwd=sandbox",
        }
