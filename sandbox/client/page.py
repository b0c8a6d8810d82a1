"""The page itself and its files."""

from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parents[1] / "web"
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: http: https:; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def page_routes() -> list[web.AbstractRouteDef]:
    return [web.get("/", _index), web.static("/static", FOLDER)]


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(FOLDER / "index.html", headers=HEADERS)


async def guard(request: web.Request, response: web.StreamResponse) -> None:
    """Has the browser ask for changed files, and run nothing that an app uploaded; a signal handler."""
    if request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-cache")
    elif request.path.startswith("/files-pri/"):
        response.headers.setdefault("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'")
