"""Somebody who takes opsbot's signed webhooks, as an operator's own receiver should: once, fresh, and from nobody else."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.rest_face import Refused, Reply, RestFace

ROOT = "/hook"
SECRET = "sandbox-hook-secret"
FRESH = 300
"""Seconds after which a signature is too old."""
WORDING = Wording(
    ratelimited=lambda seconds: web.json_response({}, status=429, headers={"Retry-After": f"{seconds:g}"}),
    internal_error=lambda: web.json_response({}, status=500),
    error=lambda code: web.json_response({"error": code}, status=int(code) if code.isdecimal() else 422),
)


class HookReceiver:
    """Takes webhooks below /hook, and does once what comes twice with the same key."""

    def __init__(self, *, now: Callable[[], datetime], faults: Faults, log: Log) -> None:
        self._now = now
        self.taken: dict[str, JsonObject] = {}
        """What was taken, by its key."""
        line = Line(target="hook", faults=faults, wording=WORDING)
        self._face = RestFace(root=ROOT, line=line, log=log, admit=lambda _request: None)

    def routes(self) -> list[web.RouteDef]:
        return [self._face.slow_route("POST", "/{name}", self._take)]

    async def _take(self, request: web.Request, body: JsonObject) -> Reply:
        written = request.headers.get("X-Opsbot-Timestamp", "")
        signed = f"{written}.".encode() + await request.read()
        expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers.get("X-Opsbot-Signature", ""), f"v1={expected}"):
            raise Refused(401, {"error": "the signature is wrong"})
        if not written.isdecimal() or abs(self._now().timestamp() - int(written)) > FRESH:
            raise Refused(401, {"error": "the signature is too old"})
        self.taken.setdefault(request.headers.get("Idempotency-Key", ""), body)
        return Reply(body={"taken": True}, status=202)
