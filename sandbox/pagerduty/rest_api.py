"""The REST API's way in: who may ask, how answers are paged, how it says no."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from aiohttp import web

from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.pagerduty.account import Account, User
from sandbox.pagerduty.door import ARGUMENTS, CREDENTIALS, INVALID, NOT_FOUND, TOO_MANY, Door, Refusal
from sandbox.pagerduty.pages import Pages
from sandbox.payload import JsonObject

ROOT = "/pagerduty/api"
LAST_RECORD = 10000
ACCOUNT_ZONE = ZoneInfo("America/New_York")
"""What a time without an offset is read in, unless `time_zone` says otherwise; source: the runbook's catalogue, PD-06."""
MONTH, HALF_A_YEAR = timedelta(days=30), timedelta(days=184)
STATUS_OF = {"401": CREDENTIALS, "402": ARGUMENTS, "403": ARGUMENTS, "404": NOT_FOUND, "429": TOO_MANY}
Thing = TypeVar("Thing")
Answer = Callable[[web.Request, JsonObject], tuple[int, JsonObject]]
"""Answers a request, given its JSON body, with a status and a body."""


def _ratelimited(seconds: float) -> web.Response:
    response = Refusal(429, "Rate Limit Exceeded", code=TOO_MANY).response()
    response.headers["ratelimit-limit"] = "960"
    response.headers["ratelimit-remaining"] = "0"
    response.headers["ratelimit-reset"] = f"{seconds:g}"
    return response


def _error(code: str) -> web.Response:
    if code in STATUS_OF:
        return Refusal(int(code), "Refused", code=STATUS_OF[code]).response()
    return Refusal(400, "Invalid Input Provided", code=INVALID, errors=[code]).response()


WORDING = Wording(
    ratelimited=_ratelimited,
    internal_error=lambda: Refusal(500, "Internal Server Error", code=2000).response(),
    error=_error,
)


class RestApi:
    """What every address of the REST API has in common."""

    def __init__(self, account: Account, pages: Pages, faults: Faults, log: Log) -> None:
        self.account = account
        self.pages = pages
        self._door = Door(line=Line(target="pagerduty", faults=faults, wording=WORDING), log=log)

    def route(self, method: str, path: str, answer: Answer) -> web.RouteDef:
        """An address; its faults and log entries go by `GET /incidents/{id}` and the like."""
        name = f"{method} {path}"

        async def handle(request: web.Request) -> web.Response:
            body = await _body(request)

            async def answered() -> web.Response:
                self._admit(request)
                self.pages.catch_up()
                status, shown = answer(request, body)
                return web.json_response(shown, status=status)

            detail: JsonObject = {"path": request.path_qs.removeprefix(ROOT), "body": body}
            return await self._door.carry(request, name, detail, answered)

        return web.route(method, f"{ROOT}{path}", handle)

    def sender(self, request: web.Request) -> User:
        """Whom the From header names; changing anything needs one."""
        written = request.headers.get("From", "")
        user = self.account.user_by_email(written)
        if not written:
            raise Refusal(400, "Requester User Not Found", code=1008, errors=["The From header is missing."])
        if user is None:
            raise Refusal(400, "Requester User Not Found", code=1008)
        return user

    def _admit(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Token token={self.account.api_token}":
            raise Refusal(401, "Invalid Credentials", code=CREDENTIALS)


def found(thing: Thing | None) -> Thing:
    if thing is None:
        raise Refusal(404, "Not Found", code=NOT_FOUND)
    return thing


def paged(request: web.Request, name: str, things: Iterable[JsonObject]) -> tuple[int, JsonObject]:
    """One page of a list, as the REST API pages."""
    every = list(things)
    try:
        limit, offset = int(request.query.get("limit", "25")), int(request.query.get("offset", "0"))
    except ValueError:
        raise Refusal(400, "Invalid Input Provided", code=INVALID, errors=["Limit must be an integer."]) from None
    if not 1 <= limit <= 100 or offset < 0 or offset + limit > LAST_RECORD:
        raise Refusal(400, "Arguments Caused Error", code=ARGUMENTS, errors=["Offset or limit is out of range."])
    total = len(every) if request.query.get("total") == "true" else None
    page = every[offset : offset + limit]
    return 200, {name: page, "limit": limit, "offset": offset, "total": total, "more": offset + limit < len(every)}


def moment_in(request: web.Request, name: str) -> datetime | None:
    """A time that was asked for, in UTC; without an offset it is one of the account's zone, or of the one named."""
    written = request.query.get(name)
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
        zone = ZoneInfo(request.query["time_zone"]) if "time_zone" in request.query else ACCOUNT_ZONE
    except (ValueError, KeyError):
        raise Refusal(400, "Invalid Input Provided", code=INVALID, errors=[f"{written} is no time."]) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def span_in(request: web.Request, now: datetime) -> tuple[datetime, datetime]:
    """The stretch of the past that is asked about: the last month unless it says, all of it with `date_range=all`."""
    if request.query.get("date_range") == "all":
        return datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    until = moment_in(request, "until") or now + timedelta(seconds=1)
    since = moment_in(request, "since") or until - MONTH
    if not timedelta() < until - since <= HALF_A_YEAR:
        words = "The date range must be positive and no longer than 6 months."
        raise Refusal(400, "Invalid Input Provided", code=INVALID, errors=[words])
    return since, until


async def _body(request: web.Request) -> JsonObject:
    if not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
