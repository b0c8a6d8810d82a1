"""Asks an address from here how it is, and until when its certificate holds. Nothing here ever raises `CouldNotLook`.

One request proves one instance only, so three are made at the same time, and all of them must be well. From inside a
cloud this is no customer's view: an uptime check from elsewhere belongs beside it.
"""

import asyncio
import json
import ssl
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.domain.health import Certificate, HealthAnswer
from bot.integrations.trusted import trusted

ATTEMPTS = 3
AT_ONCE = 24
"""Requests on their way at the same time: what waits in the vendor's pool is looked through anew with every answer."""
TIMEOUT = 5.0
"""Seconds that one attempt may take; source: the runbook's errata, a probe without a deadline proves nothing."""
LARGEST = 64 * 1024
"""Bytes of an answer that are read."""
WELL = frozenset({"ok", "okay", "healthy", "up", "pass", "passing", "ready", "alive", "success", "green"})
"""Words by which a service says that it is well."""
SAYINGS = ("status", "health", "state")
FLAGS = (*SAYINGS, "healthy", "ok", "success")
ECHOES = ("revision", "K_REVISION", "k_revision")
"""Where an answer names the revision that gave it: K_REVISION is what Cloud Run calls it within the container."""
HEADER = "x-revision"
TLS = 443


class HealthProbe:
    """Asks with requests of its own, without credentials, and follows no redirect: a login page is not health."""

    def __init__(self, *, timeout: float = TIMEOUT) -> None:
        """`timeout` in seconds, for each attempt."""
        self._timeout = timeout
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._client = httpx.AsyncClient(
            headers={"User-Agent": "opsbot", "Accept": "application/json"},
            timeout=timeout,
            trust_env=False,
            verify=trusted(),
        )

    async def close(self) -> None:
        """Asks nothing more."""
        await self._client.aclose()

    async def health(self, url: str) -> HealthAnswer:
        """The worst of three answers: an address is healthy when each of them is a success that says so."""
        answers = await asyncio.gather(*(self._ask(url) for _ in range(ATTEMPTS)))
        failed = [each for each in answers if not each.healthy]
        if not failed:
            return max(answers, key=lambda each: each.took)
        worst = min(failed, key=lambda each: each.status)
        share = f"{len(failed)} of {ATTEMPTS} attempts: " if len(failed) < ATTEMPTS else ""
        return HealthAnswer(
            status=worst.status, healthy=False, took=worst.took, revision=worst.revision, says=f"{share}{worst.says}"
        )

    async def certificate(self, host: str) -> Certificate | None:
        """The certificate of a host, or of "host:port"; also one that has expired or that nobody vouches for."""
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname or host, parts.port or TLS
            async with asyncio.timeout(self._timeout):
                der = await _presented(name, port)
            expires = await asyncio.to_thread(_expiry, der)
        except (OSError, TimeoutError, ValueError):
            return None
        return Certificate(host=host, expires_at=expires)

    async def _ask(self, url: str) -> HealthAnswer:
        async with self._turn:
            return await self._asked(url)

    async def _asked(self, url: str) -> HealthAnswer:
        begun = time.perf_counter()
        if not _is_address(url):
            return _silent(begun, "is no address that can be asked")
        try:
            async with asyncio.timeout(self._timeout), self._client.stream("GET", url) as response:
                content = await _beginning(response)
        except (TimeoutError, httpx.TimeoutException):
            return _silent(begun, f"no answer within {self._timeout:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return _silent(begun, f"cannot be reached ({type(error).__name__})")
        said = _object(content)
        status, complaint = response.status_code, _complaint(response, content, said)
        revision = next(_revisions(response, said), "")
        took = timedelta(seconds=time.perf_counter() - begun)
        return HealthAnswer(status=status, healthy=not complaint, took=took, revision=revision, says=complaint)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _expiry(der: bytes) -> datetime:
    """Until when a certificate holds. The first one takes a moment: run it in a thread."""
    from cryptography import x509

    return x509.load_der_x509_certificate(der).not_valid_after_utc


async def _presented(host: str, port: int) -> bytes:
    """What a host shows at the handshake. Whether it is to be trusted is not asked: its date is wanted either way."""
    # Unlike the default context this one reads no file of authorities, which would hold everything up for 20 ms.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    try:
        tls = writer.get_extra_info("ssl_object")
        return bytes(tls.getpeercert(binary_form=True) or b"")
    finally:
        writer.close()


async def _beginning(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) >= LARGEST:
            break
    return bytes(content[:LARGEST])


def _complaint(response: httpx.Response, content: bytes, said: dict[str, Any] | None) -> str:
    """Why an answer is not a healthy one; empty when it is."""
    if response.is_redirect:
        return f"{response.status_code}, a redirect"
    if not response.is_success:
        return f"{response.status_code} {response.reason_phrase}".strip()
    if said is None:
        word = content[:40].decode("utf-8", "replace").strip().lower()
        return "" if word in WELL else f"{response.status_code}, but no JSON"
    words = [said[name] for name in SAYINGS if isinstance(said.get(name), str)]
    ill = [word for word in words[:1] if word.strip().lower() not in WELL]
    if ill:
        return f"it says {ill[0][:60]}"
    return next((f"it says {name} is false" for name in FLAGS if said.get(name) is False), "")


def _revisions(response: httpx.Response, said: dict[str, Any] | None) -> Iterator[str]:
    for name in ECHOES:
        if said and isinstance(said.get(name), str):
            yield said[name][:100]
    if echoed := response.headers.get(HEADER):
        yield echoed[:100]


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _silent(begun: float, says: str) -> HealthAnswer:
    took = timedelta(seconds=time.perf_counter() - begun)
    return HealthAnswer(status=0, healthy=False, took=took, says=says)
