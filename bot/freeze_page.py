"""`GET /freeze/SERVICE` for CI/CD: whether a service may be changed now, as a status that `curl --fail` understands."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.organisation import Organisation
from bot.store.unit_of_work import DatabaseDown, Store

HEADERS = {"Cache-Control": "no-store"}


class FreezePage:
    """Answers 200 when a service may be changed, 423 when it is frozen, 503 when nobody can tell."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation

    async def answer(self, request: Request) -> Response:
        """Who froze it is not told: anybody may ask."""
        service = str(request.path_params["service"])
        if service not in self._organisation.services:
            return JSONResponse({"error": "no such service"}, HTTPStatus.NOT_FOUND, HEADERS)
        try:
            async with self._store.look() as unit:
                freezes = [each for each in await unit.freezes.all() if each.holds_for(f"service/{service}")]
        except DatabaseDown:
            return JSONResponse({"frozen": None, "error": "try again"}, HTTPStatus.SERVICE_UNAVAILABLE, HEADERS)
        since = min((each.at for each in freezes), default=None)
        body = {"service": service, "frozen": bool(freezes), "since": since.isoformat() if since else None}
        return JSONResponse(body, HTTPStatus.LOCKED if freezes else HTTPStatus.OK, HEADERS)
