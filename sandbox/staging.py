"""A copy of the services that nobody depends on: it bears so much, then it gets slow, and then it turns people away."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection

from aiohttp import web

from sandbox.log import Log

ROOT = "/staging"
BEARS = 40
"""Requests a second that it answers as fast as ever."""
GIVES_WAY = 2.0
"""From so many times as many on it turns people away."""
USUAL = 0.02
"""Seconds that an answer takes."""
MARK = "X-Load-Test"


class Staging:
    """Answers below /staging/NAME/…; of a load test the first request is logged, and not each."""

    def __init__(self, services: Callable[[], Collection[str]], *, log: Log) -> None:
        """`services` are the names of those there are."""
        self._services = services
        self._log = log
        self._latest: deque[float] = deque()
        self.asked: dict[str, int] = {}
        """How often it was asked, by the marks of load tests; "" stands for everybody else."""

    def routes(self) -> list[web.RouteDef]:
        return [web.get(f"{ROOT}/{{service}}/{{page:.*}}", self._answer)]

    async def _answer(self, request: web.Request) -> web.Response:
        service, mark = request.match_info["service"], request.headers.get(MARK, "")
        self.asked[mark] = self.asked.get(mark, 0) + 1
        if self.asked[mark] == 1 or not mark:
            self._log.note("staging", f"GET {request.path}", status=200, detail={"load test": mark})
        if service not in self._services():
            return web.json_response({"error": "Page not found"}, status=404)
        pressed = self._pressed()
        if pressed > GIVES_WAY:
            return web.json_response({"error": "The service is unavailable."}, status=503)
        await asyncio.sleep(USUAL * max(1.0, pressed) ** 3)
        return web.json_response({"service": service, "page": request.match_info["page"]})

    def _pressed(self) -> float:
        """How much is asked of it in this second, as a multiple of what it bears."""
        now = time.monotonic()
        self._latest.append(now)
        while self._latest[0] < now - 1:
            self._latest.popleft()
        return len(self._latest) / BEARS
