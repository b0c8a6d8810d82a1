"""Zoom meetings, by a server-to-server OAuth app: made, found again, and ended.

Zoom knows no idempotency key, so a meeting carries a mark in its agenda; where nobody knows whether one was made, it is
looked for before another one is. The address that would let somebody lead it is thrown away at once.
"""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

import httpx
from typing_extensions import override

from bot.domain.bridge import Meeting
from bot.domain.clock import Clock
from bot.domain.errors import GiveUp, Retry, Unsure
from bot.domain.evidence import CouldNotLook
from bot.integrations.json_api import Declined, JsonApi, JsonObject, Params, System, Throttled, Unanswered

SYSTEM = System(
    name="Zoom",
    remedy="check ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET",
    forbidden="give the app the scopes meeting:write:meeting:admin, meeting:read:list_meetings:admin and "
    "meeting:delete:meeting:admin",
    words=lambda body: body.get("message", ""),
)
OWNER = "me"
"""Whoever owns the app hosts, where the operator names nobody."""
MINUTES = 240
"""How long a meeting is planned for; it may last longer."""
LONGEST_TOPIC = 200
EARLY = timedelta(minutes=5)
"""A token is renewed so long before it ends."""
THROTTLED_FOR = 10.0


class Zoom:
    """Meetings of one account. Looking raises `CouldNotLook`; the rest `Retry`, `Unsure` and `GiveUp`."""

    def __init__(
        self,
        *,
        account: str,
        client: str,
        secret: str,
        url: str,
        hosts: Sequence[str],
        timeout: float,
        clock: Clock,
    ) -> None:
        """One host can have one meeting at a time, so `hosts`, by e-mail address, take turns."""
        self._hosts = tuple(hosts) or (OWNER,)
        self._clock = clock
        auth = _AccountToken(account=account, client=client, secret=secret, url=_token_url(url), clock=clock)
        self._api = JsonApi(SYSTEM, url=url, timeout=timeout, auth=auth)

    async def close(self) -> None:
        """Takes no more calls."""
        await self._api.close()

    async def make(self, topic: str, *, mark: str, turn: int) -> Meeting:
        """A meeting that anybody may join at once, hosted by whose `turn` it is."""
        wanted = {
            "topic": topic[:LONGEST_TOPIC],
            "agenda": mark,
            "type": 2,
            "start_time": f"{self._clock.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "duration": MINUTES,
            "timezone": "UTC",
            "default_password": True,
            "settings": {
                "join_before_host": True,
                "jbh_time": 0,
                "waiting_room": False,
                "mute_upon_entry": True,
                "auto_recording": "none",
            },
        }
        answer = await self._sent("POST", f"/users/{self._host(turn)}/meetings", wanted)
        try:
            return self._api.read(_meeting, answer)
        except CouldNotLook as error:
            raise Unsure(f"{error}") from error

    async def find(self, *, mark: str, turn: int) -> Meeting | None:
        """The meeting of a mark among the host's that are to come or under way; None when there is none."""
        params: Params = {"type": "upcoming_meetings", "page_size": 300}
        answer = await self._api.get(f"/users/{self._host(turn)}/meetings", params)
        found = self._api.read(
            lambda body: [each for each in body["meetings"] if each.get("agenda") == mark], answer.body
        )
        return self._api.read(_meeting, found[0]) if found else None

    async def end(self, meeting: str) -> None:
        """It is gone; that it was gone already is as good."""
        try:
            await self._sent("DELETE", f"/meetings/{meeting}", {})
        except _Gone:
            return

    async def examine(self) -> str:
        """That the app lets us in, and that the hosts are there; raises `CouldNotLook` with the remedy."""
        for turn in range(len(self._hosts)):
            await self.find(mark="opsbot", turn=turn)
        return f"Zoom answers; {len(self._hosts)} {'host takes' if len(self._hosts) == 1 else 'hosts take'} the bridges"

    def _host(self, turn: int) -> str:
        return self._hosts[turn % len(self._hosts)]

    async def _sent(self, method: str, path: str, body: JsonObject) -> JsonObject:
        try:
            answer = await self._api.send(method, path, body)
        except Unanswered as error:
            raise Unsure(str(error)) from error
        except Throttled as error:
            raise Retry(str(error), after=error.after or THROTTLED_FOR) from error
        except Declined as error:
            raise (_Gone if error.status == HTTPStatus.NOT_FOUND else GiveUp)(str(error)) from error
        except CouldNotLook as error:
            raise Retry(str(error)) from error
        return dict(answer.body or {})


class _Gone(GiveUp):
    """There is no such meeting, or no such host."""


class _AccountToken(httpx.Auth):
    """The account's own token, which lasts an hour; several may be valid at once, so nobody else's is ended."""

    requires_response_body = True

    def __init__(self, *, account: str, client: str, secret: str, url: str, clock: Clock) -> None:
        self._params = {"grant_type": "account_credentials", "account_id": account}
        self._basic = httpx.BasicAuth(client, secret)
        self._url = url
        self._clock = clock
        self._token = ""
        self._until = datetime.min.replace(tzinfo=UTC)

    @override
    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        if self._clock.now() >= self._until:
            asked = httpx.Request("POST", self._url, params=self._params)
            response = yield next(self._basic.auth_flow(asked))
            await response.aread()
            self._keep(response)
        request.headers["Authorization"] = f"Bearer {self._token}"
        answer = yield request
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self._until = self._clock.now()

    def _keep(self, response: httpx.Response) -> None:
        if response.is_client_error:
            raise Declined(f"Zoom does not let us in: {SYSTEM.remedy}.", status=response.status_code)
        try:
            answer = response.json()
            token, seconds = str(answer["access_token"]), float(answer["expires_in"])
        except (ValueError, KeyError, TypeError) as error:
            raise CouldNotLook("Zoom gives no token now.") from error
        self._token, self._until = token, self._clock.now() + timedelta(seconds=seconds) - EARLY


def _meeting(found: JsonObject) -> Meeting:
    url = str(found["join_url"])
    if not url.startswith(("https://", "http://")):
        raise ValueError("a meeting without an address")
    return Meeting(id=str(found["id"]), url=url)


def _token_url(url: str) -> str:
    """Where tokens are given: beside the API, without its own name and version."""
    parts = urlsplit(url.rstrip("/"))
    return urlunsplit(
        (parts.scheme, parts.netloc.removeprefix("api."), f"{parts.path.removesuffix('/v2')}/oauth/token", "", "")
    )
