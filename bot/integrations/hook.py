"""Webhooks of the operator's own: signed together with the time, so that nobody else can send one, nor again later.

The signature is `v1=` and the HMAC-SHA256, in hexadecimal digits, of `TIMESTAMP.BODY`. Receivers refuse what is older
than five minutes, and may do once what comes twice with the same `Idempotency-Key`.
"""

import asyncio
import hashlib
import hmac
import json

import httpx

from bot.domain.clock import Clock
from bot.domain.declared_change import Telling
from bot.domain.errors import GiveUp, Retry, Unsure
from bot.integrations.json_api import NOT_SENT, throttled
from bot.integrations.trusted import trusted

TIMESTAMP, SIGNATURE, KEY = "X-Opsbot-Timestamp", "X-Opsbot-Signature", "Idempotency-Key"
THROTTLED_FOR = 60.0
LONGEST_WORDS = 200


class HookSender:
    """Tells addresses what was agreed to. Redirects are not followed: what is signed is for one address."""

    def __init__(self, *, secret: str, timeout: float, clock: Clock) -> None:
        """`timeout` in seconds, for the whole answer."""
        self._secret = secret.encode()
        self._timeout = timeout
        self._clock = clock
        self._client = httpx.AsyncClient(
            headers={"User-Agent": "opsbot"}, timeout=timeout, trust_env=False, verify=trusted()
        )

    async def close(self) -> None:
        """Takes no more calls."""
        await self._client.aclose()

    async def tell(self, url: str, telling: Telling) -> None:
        """Returns once it was taken; `Unsure` when nobody knows, `Retry` when it certainly was not."""
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.post(url, content=self._body(telling), headers=self._headers(telling))
        except NOT_SENT as error:
            raise Retry(f"{url} cannot be reached ({type(error).__name__})") from error
        except (TimeoutError, httpx.HTTPError) as error:
            raise Unsure(f"{url} did not answer ({type(error).__name__})") from error
        if throttled(response):
            raise Retry(f"{url} asks us to slow down", after=THROTTLED_FOR)
        if response.is_client_error or response.is_redirect:
            words = " ".join(response.text.split())[:LONGEST_WORDS]
            raise GiveUp(f"{url} refuses ({response.status_code}{f': {words}' if words else ''})")
        if not response.is_success:
            raise Unsure(f"{url} is failing ({response.status_code})")

    def _body(self, telling: Telling) -> bytes:
        wanted = {"name": telling.name, "change": telling.mark, "parameters": dict(telling.parameters)}
        return json.dumps(wanted, sort_keys=True).encode()

    def _headers(self, telling: Telling) -> dict[str, str]:
        written = str(int(self._clock.now().timestamp()))
        signed = hmac.new(self._secret, f"{written}.".encode() + self._body(telling), hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            TIMESTAMP: written,
            SIGNATURE: f"v1={signed}",
            KEY: telling.mark,
        }
