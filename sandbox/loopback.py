"""Only this machine may speak to the practice ground, and no page of a stranger's may make its browser do so."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


def is_loopback(authority: str) -> bool:
    """Whether a Host header names this machine; a name that merely resolves to it does not count."""
    try:
        return urlsplit(f"//{authority}").hostname in NAMES
    except ValueError:
        return False


def is_own(origin: str) -> bool:
    """Whether an Origin header names a page of this machine's."""
    try:
        return is_loopback(urlsplit(origin).netloc)
    except ValueError:
        return False


@web.middleware
async def only_loopback(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses DNS rebinding (a foreign Host) and forged cross-site requests (a foreign Origin)."""
    if not is_loopback(request.headers.get("Host", "")):
        return web.Response(status=403, text="The practice ground answers only to 127.0.0.1 and localhost.")
    origin = request.headers.get("Origin")
    if origin is not None and not is_own(origin):
        return web.Response(status=403, text="The practice ground answers only to its own pages.")
    return await handler(request)
