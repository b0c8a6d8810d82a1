"""HTTP delivery: the same payloads as signed requests to the app's request URL."""

import asyncio
import json
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp

from bot.domain.clock import Clock
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.slack.delivery.envelope import Ack, Envelope
from sandbox.slack.delivery.signature import signature

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
REDIRECTS = 2


class SignedHttp:
    """The app's request URL; the first delivery to a URL is preceded by its verification."""

    overdue = "http_timeout"

    def __init__(self, *, signing_secret: str, clock: Clock, log: Log, request_url: str | None = None) -> None:
        self._secret = signing_secret
        self._clock = clock
        self._log = log
        self._url = request_url
        self._is_verified = False
        self._verifying = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None

    async def verify(self, request_url: str) -> bool:
        """Sets the request URL and has the app answer its challenge, as saving it in the app's settings does."""
        self._url, self._is_verified = request_url, False
        async with self._verifying:
            return await self._verified()

    async def carry(self, envelope: Envelope) -> Ack:
        async with self._verifying:
            if not await self._verified():
                return Ack(error="dispatch_failed", reason="connection_failed")
        body, content_type = encoded(envelope)
        return await self._post(body, content_type, retry=envelope)

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    async def _verified(self) -> bool:
        if not self._is_verified and self._url is not None:
            challenge = uuid4().hex
            question = {"type": "url_verification", "token": "sandbox", "challenge": challenge}
            ack = await self._post(json.dumps(question).encode(), JSON)
            self._is_verified = ack.ok and ack.payload.get("challenge") == challenge
            error = None if self._is_verified else ack.error or "wrong challenge"
            self._log.note("http", "url_verification", error=error, status=ack.status, detail={"url": self._url})
        return self._is_verified

    async def _post(self, body: bytes, content_type: str, *, retry: Envelope | None = None) -> Ack:
        assert self._url is not None
        if self._session is None:
            # trust_env stays off: a proxy has no business between two processes of one machine.
            self._session = aiohttp.ClientSession()
        headers = self._headers(body, content_type, retry)
        try:
            async with self._session.post(self._url, data=body, headers=headers, max_redirects=REDIRECTS) as response:
                return _read(response, await response.text())
        except aiohttp.TooManyRedirects:
            return Ack(error="dispatch_failed", reason="too_many_redirects")
        except (aiohttp.ClientError, OSError):
            return Ack(error="dispatch_failed", reason="connection_failed")

    def _headers(self, body: bytes, content_type: str, retry: Envelope | None) -> dict[str, str]:
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }
        if retry and retry.retry_attempt:
            headers["X-Slack-Retry-Num"] = str(retry.retry_attempt)
            headers["X-Slack-Retry-Reason"] = retry.retry_reason
        return headers


def encoded(envelope: Envelope) -> tuple[bytes, str]:
    """The body of the request and its content type."""
    match envelope.kind:
        case "events_api":
            return json.dumps(envelope.payload).encode(), JSON
        case "slash_commands":
            return urlencode(envelope.payload).encode(), FORM
        case "interactive":
            return urlencode({"payload": json.dumps(envelope.payload)}).encode(), FORM


def _read(response: aiohttp.ClientResponse, text: str) -> Ack:
    no_retry = response.headers.get("X-Slack-No-Retry") == "1"
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        error = "http_service_error" if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "http_client_error"
        return Ack(error=error, reason="http_error", status=response.status, wants_no_retry=no_retry)
    return Ack(payload=_answer(response.content_type, text), status=response.status)


def _answer(content_type: str, text: str) -> JsonObject:
    """The body: JSON as it is, plain text as the text of a message."""
    if content_type == JSON and text:
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return answer if isinstance(answer, dict) else {}
    return {"text": text} if text else {}
