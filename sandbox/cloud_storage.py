"""Cloud Storage as the practice ground has it: one bucket, whose objects are never replaced where that is asked for."""

from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from aiohttp import web

from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.payload import JsonObject

ROOT = "/cloud-storage"
BUCKET = "practice-config"
PAGE = 100
"""Names of one page of a list."""


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"code": status, "message": message}}, status=status)


WORDING = Wording(
    ratelimited=lambda seconds: web.json_response({}, status=429, headers={"Retry-After": f"{seconds:g}"}),
    internal_error=lambda: _error(503, "Backend error"),
    error=lambda code: _error(int(code) if code.isdecimal() else 400, "Refused"),
)


class CloudStorage:
    """The JSON API below /cloud-storage; nobody is asked for a token."""

    def __init__(self, *, faults: Faults, log: Log) -> None:
        self.objects: dict[str, bytes] = {}
        """What was put there, by name."""
        self._line = Line(target="cloud-storage", faults=faults, wording=WORDING)
        self._log = log

    def routes(self) -> list[web.RouteDef]:
        objects = f"{ROOT}/storage/v1/b/{{bucket}}/o"
        return [
            web.get(objects, self._list),
            web.get(f"{objects}/{{name:.+}}", self._get),
            web.post(f"{ROOT}/upload/storage/v1/b/{{bucket}}/o", self._insert),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        async def answer() -> web.Response:
            names = sorted(name for name in self.objects if name.startswith(request.query.get("prefix", "")))
            start = int(request.query.get("pageToken") or 0)
            body: JsonObject = {"items": [{"name": name} for name in names[start : start + PAGE]]}
            if start + PAGE < len(names):
                body["nextPageToken"] = str(start + PAGE)
            return web.json_response(body)

        return await self._answered(request, "objects.list", answer)

    async def _get(self, request: web.Request) -> web.Response:
        async def answer() -> web.Response:
            found = self.objects.get(unquote(request.match_info["name"]))
            return _error(404, "No such object") if found is None else web.Response(body=found)

        return await self._answered(request, "objects.get", answer)

    async def _insert(self, request: web.Request) -> web.Response:
        content = await request.read()

        async def answer() -> web.Response:
            name = request.query.get("name", "")
            if name in self.objects and request.query.get("ifGenerationMatch") == "0":
                return _error(412, "At least one of the pre-conditions you specified did not hold.")
            self.objects[name] = content
            return web.json_response({"name": name, "size": str(len(content)), "generation": "1"})

        return await self._answered(request, "objects.insert", answer)

    async def _answered(
        self, request: web.Request, method: str, answer: Callable[[], Awaitable[web.Response]]
    ) -> web.Response:
        async def carry_out() -> web.Response:
            known = request.match_info["bucket"] == BUCKET
            return await answer() if known else _error(404, "The specified bucket does not exist.")

        response = await self._line.carry(request, method, carry_out)
        error = None if response.status < 400 else f"HTTP {response.status}"
        self._log.note("cloud-storage", method, error=error, status=response.status, ms=0, detail=dict(request.query))
        return response
