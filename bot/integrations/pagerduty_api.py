"""PagerDuty on the wire: the vendor's synchronous client, in threads of its own, with deadlines and errors translated.

That client would repeat a failed call for minutes by itself, and one that is rate-limited for ever; here it never
does, because the outbox repeats. Everything asked of PagerDuty may safely be repeated (alerts go by their dedup key,
incidents by their incident key), so a call of unknown outcome is a `Retry`, never `Unsure`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx2
import pagerduty
from typing_extensions import override

from bot.domain.errors import GiveUp, Retry
from bot.integrations.trusted import trusted

JsonObject = dict[str, Any]
"""A JSON object as PagerDuty sends it."""

THREADS = 8
THROTTLED_FOR = 30.0
"""Seconds to wait after "too many requests" when PagerDuty names none; source: developer-docs, Events API v2."""
LONGEST_THROTTLE = 300.0
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What reading an answer of another shape than documented raises."""
NONSENSE = "PagerDuty's answer makes no sense"
EVENTS_REMEDY = "check PAGERDUTY_ROUTING_KEY and OPSBOT_PAGERDUTY_EVENTS_URL (accounts in Europe have another)"
REST_REMEDY = "check PAGERDUTY_API_TOKEN and OPSBOT_PAGERDUTY_API_URL (accounts in Europe have another)"

Client = TypeVar("Client", bound=pagerduty.ApiClient)
Found = TypeVar("Found")
Shape = TypeVar("Shape")


class PagerDutyRefusal(GiveUp):
    """PagerDuty says no; `status` is HTTP's, `code` PagerDuty's own, `errors` its words."""

    def __init__(self, sentence: str, *, status: int, code: int = 0, errors: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.errors = tuple(errors)


class EventsApi:
    """The Events API v2, by which alerts are triggered, acknowledged and resolved."""

    def __init__(self, routing_key: str, *, url: str, timeout: float) -> None:
        """No call takes longer than twice `timeout`, in seconds."""
        base, transport = _reached(url)
        self._client = _patient(pagerduty.EventsApiV2Client(routing_key, base_url=base, transport=transport), timeout)
        self._threads = _Threads("pagerduty-events", deadline=2 * timeout, remedy=EVENTS_REMEDY)

    async def send(self, action: str, alert: str, event: JsonObject) -> None:
        """Sends an event; PagerDuty applies it a little later."""
        await self._threads.run(lambda: self._client.send_event(action, dedup_key=alert, **event))

    async def record(self, summary: str, details: JsonObject, at: str) -> None:
        """Sends a change event, which wakes nobody; `at` is its time in ISO 8601."""
        await self._threads.run(lambda: self._client.submit(summary, "opsbot", details, timestamp=at))

    def close(self) -> None:
        self._threads.close()
        self._client.close()


class RestApi:
    """The REST API, by which one looks and opens incidents for chosen people."""

    def __init__(self, token: str, *, sender: str | None, url: str, timeout: float) -> None:
        """Changes are made in the name of `sender`, an e-mail address; no call takes longer than twice `timeout`."""
        base, transport = _reached(url)
        client = pagerduty.RestApiV2Client(token, default_from=sender, base_url=base, transport=transport)
        self._client = _patient(client, timeout)
        self._threads = _Threads("pagerduty-rest", deadline=2 * timeout, remedy=REST_REMEDY)

    async def get(self, path: str, params: Mapping[str, object] | None = None) -> JsonObject:
        """One thing."""
        return await self._threads.run(lambda: dict(self._client.rget(path, params=dict(params or {}))))

    async def all(self, path: str, params: Mapping[str, object]) -> list[JsonObject]:
        """Everything a list holds, over all its pages."""
        return await self._threads.run(lambda: list(self._client.iter_all(path, params=dict(params))))

    async def create(self, path: str, thing: JsonObject) -> None:
        await self._threads.run(lambda: self._client.rpost(path, json=thing))

    async def change(self, path: str, thing: JsonObject) -> None:
        await self._threads.run(lambda: self._client.rput(path, json=thing))

    async def remove(self, path: str) -> None:
        await self._threads.run(lambda: self._client.rdelete(path))

    def close(self) -> None:
        self._threads.close()
        self._client.close()


class _Threads:
    """Threads of one API's own, so that looking at pages never holds up a page."""

    def __init__(self, name: str, *, deadline: float, remedy: str) -> None:
        self._pool = ThreadPoolExecutor(THREADS, name)
        self._deadline = deadline
        self._remedy = remedy

    async def run(self, call: Callable[[], Found]) -> Found:
        """Makes a call; every way it can fail becomes a Retry or a refusal."""
        try:
            async with asyncio.timeout(self._deadline):
                return await asyncio.get_running_loop().run_in_executor(self._pool, call)
        except TimeoutError as error:
            raise Retry("PagerDuty does not answer in time") from error
        except (pagerduty.Error, httpx2.HTTPError) as error:
            raise self._translated(error) from error
        except UNREADABLE as error:  # the vendor's client takes the shape of an answer on trust
            raise Retry(NONSENSE) from error

    def close(self) -> None:
        """Takes no more calls; those that run end by their timeouts."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _translated(self, error: Exception) -> Retry | GiveUp:
        response = getattr(error, "response", None)
        if not isinstance(response, httpx2.Response):
            return Retry(f"PagerDuty cannot be reached ({type(error.__cause__ or error).__name__})")
        status = response.status_code
        if status == httpx2.codes.TOO_MANY_REQUESTS:
            return Retry("PagerDuty asks us to slow down", after=_wait(response), throttled=True)
        if status in {httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN}:
            return PagerDutyRefusal(f"PagerDuty does not let us in: {self._remedy}", status=status)
        if response.is_client_error and status != httpx2.codes.REQUEST_TIMEOUT:
            code, errors = _refusal(response)
            words = "; ".join(errors) or f"it answered {status}"
            return PagerDutyRefusal(f"PagerDuty refuses: {words}", status=status, code=code, errors=errors)
        return Retry(f"PagerDuty is failing ({status})" if response.is_server_error else NONSENSE)


class _Plain(httpx2.HTTPTransport):
    """Speaks plain HTTP, as on loopback; the vendor's client takes https addresses only."""

    @override
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.url = request.url.copy_with(scheme="http")
        return super().handle_request(request)


def read(reader: Callable[[Shape], Found], answer: Shape) -> Found:
    """Reads an answer that should have the shape PagerDuty documents; a proxy's, or half of one, may not."""
    try:
        return reader(answer)
    except UNREADABLE as error:
        raise Retry(NONSENSE) from error


def _reached(url: str) -> tuple[str, httpx2.BaseTransport | None]:
    """The address the vendor's client is given, and how it gets there."""
    bare = url.rstrip("/")
    if bare.startswith("http://"):
        return f"https://{bare.removeprefix('http://')}", _Plain(verify=trusted())
    return bare, None


def _patient(client: Client, timeout: float) -> Client:
    """A client that tries once."""
    client.timeout = timeout  # type: ignore[assignment]  # the vendor's default is a whole number; any will do
    client.max_network_attempts = 0
    # A negative number of attempts is the only way to have a 429 answered at once instead of slept upon.
    client.max_http_attempts = -1
    client.retry = {httpx2.codes.TOO_MANY_REQUESTS: 1}
    return client


def _wait(response: httpx2.Response) -> float:
    """For how long PagerDuty wants to be left alone."""
    for name in ("Retry-After", "ratelimit-reset"):
        written = response.headers.get(name, "")
        if written.replace(".", "", 1).isdecimal():
            return min(max(float(written), 1.0), LONGEST_THROTTLE)
    return THROTTLED_FOR


def _refusal(response: httpx2.Response) -> tuple[int, list[str]]:
    """PagerDuty's code and words for what it refuses; the two APIs wrap them differently."""
    try:
        body = response.json()
    except ValueError:
        return 0, []
    inner = body.get("error", body) if isinstance(body, dict) else {}
    if not isinstance(inner, dict):
        return 0, [str(inner)]
    errors = inner.get("errors") or [inner.get("message") or ""]
    code = inner.get("code")
    return code if isinstance(code, int) else 0, [str(each) for each in errors if each]
