"""GitHub's way in: the token, the limits, how lists are paged and how it says no."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web

from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.rest_face import Answer, Refused, Reply, RestFace

ROOT = "/github"
TOKEN = "sandbox-github-token"
LIMIT = 5000
"""Calls an hour; source: REST reference, Rate limits."""
HOUR = timedelta(hours=1)
MOST_PER_PAGE = 100
DOCS = "https://docs.github.com/rest"


def refusal(status: int, message: str, errors: Sequence[object] = ()) -> Refused:
    """GitHub's no."""
    body: JsonObject = {"message": message, "documentation_url": DOCS, "status": str(status)}
    return Refused(status, {**body, "errors": list(errors)} if errors else body)


def not_found() -> Refused:
    """Also what somebody is told who may not know that it exists."""
    return refusal(404, "Not Found")


def invalid(resource: str, field: str, code: str = "invalid", message: str = "") -> Refused:
    """What is wrong with what was sent."""
    error = {"resource": resource, "field": field, "code": code, **({"message": message} if message else {})}
    return refusal(422, "Validation Failed", [error])


WORDING = Wording(
    ratelimited=lambda seconds: web.json_response(
        {"message": "You have exceeded a secondary rate limit.", "documentation_url": DOCS},
        status=403,
        headers={"Retry-After": f"{seconds:g}"},
    ),
    internal_error=lambda: web.json_response({"message": "Server Error"}, status=500),
    error=lambda code: web.json_response(
        {"message": code, "documentation_url": DOCS}, status=int(code) if code.isdecimal() else 422
    ),
)


class Door:
    """Lets in whoever has the token, and counts the calls of the hour."""

    def __init__(self, *, now: Callable[[], datetime], faults: Faults, log: Log, address: Callable[[], str]) -> None:
        """`address` is the practice ground's own, once it listens."""
        self.now = now
        self._address = address
        self._hour: datetime | None = None
        self._calls = 0
        self._face = RestFace(
            root=ROOT,
            line=Line(target="github", faults=faults, wording=WORDING),
            log=log,
            admit=self._admit,
            headers=self._headers,
        )

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"{self._address()}{ROOT}"

    def route(self, method: str, path: str, answer: Answer) -> web.RouteDef:
        """An address of the API."""
        return self._face.route(method, path, answer)

    def paged(self, request: web.Request, things: Sequence[JsonObject], inside: str = "") -> Reply:
        """One page of a list, with a Link header to the next; `inside` names the list within an object."""
        number, most = _whole(request, "page", 1), min(_whole(request, "per_page", 30), MOST_PER_PAGE)
        start = (number - 1) * most
        page = things[start : start + most]
        links = {"Link": self._next(request, number)} if start + most < len(things) else {}
        return Reply(body={"total_count": len(things), inside: page} if inside else page, headers=links)

    def stamp(self) -> str:
        """This moment as GitHub writes it."""
        return stamp(self.now())

    def _next(self, request: web.Request, number: int) -> str:
        query = [(name, value) for name, value in request.query.items() if name != "page"]
        return f'<{self._address()}{request.path}?{urlencode([*query, ("page", number + 1)])}>; rel="next"'

    def _admit(self, request: web.Request) -> None:
        if request.headers.get("Authorization") not in {f"Bearer {TOKEN}", f"token {TOKEN}"}:
            raise refusal(401, "Bad credentials")
        now = self.now()
        if self._hour is None or now >= self._hour + HOUR:
            self._hour, self._calls = now, 0
        self._calls += 1
        if self._calls > LIMIT:
            raise refusal(403, "API rate limit exceeded")

    def _headers(self) -> Mapping[str, str]:
        return {
            "X-RateLimit-Limit": str(LIMIT),
            "X-RateLimit-Remaining": str(self.left),
            "X-RateLimit-Reset": str(self.reset),
        }

    @property
    def left(self) -> int:
        """Calls that are left this hour."""
        return max(LIMIT - self._calls, 0)

    @property
    def reset(self) -> int:
        """When the hour is over, in seconds since the epoch."""
        return int(((self._hour or self.now()) + HOUR).timestamp())


def stamp(at: datetime) -> str:
    """A moment as GitHub writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _whole(request: web.Request, name: str, default: int) -> int:
    written = request.query.get(name, "")
    return max(int(written), 1) if written.isdecimal() else default
