"""Prometheus as the practice ground has it: its HTTP API over what it would have scraped from the platform.

Faithful to https://prometheus.io/docs/prometheus/latest/querying/api in what is asked of it: forms and addresses alike,
400 for what is no PromQL, 422 for what cannot be executed, 503 for what takes too long, values as text.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from decimal import Decimal
from math import isfinite, isnan

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.prometheus.evaluation import Vector, scalar, vector
from sandbox.prometheus.expression import Expression, Refusal, Selection, bad, is_number
from sandbox.prometheus.parser import parsed
from sandbox.prometheus.samples import Labels, Samples, Scrape
from sandbox.prometheus.token import UNITS, Token, seconds_of

BASE = "/prometheus"
MOST_POINTS = 11_000
FINEST = 0.001


def _failed(status: int, kind: str, error: str) -> web.Response:
    return web.json_response({"status": "error", "errorType": kind, "error": error}, status=status)


WORDING = Wording(
    ratelimited=lambda seconds: web.json_response(
        {"status": "error", "errorType": "unavailable", "error": "too many requests"},
        status=429,
        headers={"Retry-After": f"{seconds:g}"},
    ),
    internal_error=lambda: _failed(500, "internal", "internal error"),
    error=lambda code: _failed(503, code, "query timed out in expression evaluation"),
)

Answer = Callable[[Mapping[str, list[str]]], Awaitable[object]]


class Prometheus:
    """The API below /prometheus/api/v1."""

    def __init__(self, scrape: Callable[[float], Scrape], *, clock: SandboxClock, faults: Faults, log: Log) -> None:
        """`scrape` gives the platform's numbers at a moment, which lies not ahead."""
        self._clock = clock
        self._log = log
        self._line = Line(target="prometheus", faults=faults, wording=WORDING)
        self._samples = Samples(scrape, now=self._now)
        clock.on_jump(self._samples.forget)

    def routes(self) -> list[web.RouteDef]:
        """Each question by its address or in a form."""
        answers: dict[str, Answer] = {"query": self._query, "query_range": self._range, "series": self._series}
        return [
            web.route(method, f"{BASE}/api/v1/{name}", self._handler(name, answer))
            for name, answer in answers.items()
            for method in ("GET", "POST")
        ]

    def _handler(self, name: str, answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            begun = time.perf_counter()
            asked = await _asked(request)

            async def carry_out() -> web.Response:
                try:
                    _known_timeout(asked)
                    return web.json_response({"status": "success", "data": await answer(asked)})
                except Refusal as refusal:
                    return _failed(refusal.status, refusal.kind, refusal.error)

            response = await self._line.carry(request, name, carry_out)
            error = None if response.status < 400 else (response.text or "")[:200]
            took = (time.perf_counter() - begun) * 1000
            self._log.note("prometheus", name, error=error, status=response.status, ms=took, detail=asked)
            return response

        return handle

    async def _query(self, asked: Mapping[str, list[str]]) -> JsonObject:
        expression = parsed(_one(asked, "query"))
        at = self._moment(asked, "time", self._now())
        if is_number(expression):
            return {"resultType": "scalar", "result": [at, written(scalar(expression))]}
        found = vector(expression, self._samples, at)
        result = [{"metric": dict(labels), "value": [at, written(value)]} for labels, value in found.items()]
        return {"resultType": "vector", "result": result}

    async def _range(self, asked: Mapping[str, list[str]]) -> JsonObject:
        expression = parsed(_one(asked, "query"))
        since, until = self._moment(asked, "start"), self._moment(asked, "end")
        step = _length(_one(asked, "step"))
        if until < since:
            raise bad('invalid parameter "end": end timestamp must not be before start time')
        if (until - since) / step > MOST_POINTS:
            raise bad(
                "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution"
            )
        values: dict[Labels, list[list[object]]] = {}
        for number in range(int((until - since) / step + FINEST) + 1):
            at = since + number * step
            await asyncio.sleep(0)  # others have their turn between two steps
            for labels, value in self._at(expression, at).items():
                values.setdefault(labels, []).append([at, written(value)])
        result = [{"metric": dict(labels), "values": points} for labels, points in values.items()]
        return {"resultType": "matrix", "result": result}

    def _at(self, expression: Expression, at: float) -> Vector:
        return {(): scalar(expression)} if is_number(expression) else vector(expression, self._samples, at)

    async def _series(self, asked: Mapping[str, list[str]]) -> list[dict[str, str]]:
        """Every series that a selection finds; the latest minutes stand for all time."""
        until = self._moment(asked, "end", self._now())
        found: list[dict[str, str]] = []
        for text in asked.get("match[]") or [""]:
            selection = parsed(text)
            if not isinstance(selection, Selection):
                raise bad("match[] must be a series selector")
            found += [dict(labels) for labels in vector(selection, self._samples, until)]
        return found

    def _moment(self, asked: Mapping[str, list[str]], name: str, otherwise: float | None = None) -> float:
        """A moment, as a number of seconds or as text."""
        if otherwise is not None and not asked.get(name):
            return otherwise
        written_so = _one(asked, name)
        try:
            return float(written_so)
        except ValueError:
            pass
        try:
            return datetime.fromisoformat(written_so).timestamp()
        except ValueError:
            raise bad(f'invalid parameter "{name}": cannot parse "{written_so}" to a valid timestamp') from None

    def _now(self) -> float:
        return self._clock.now().timestamp()


def written(value: float) -> str:
    """A number as Prometheus writes it."""
    if isnan(value):
        return "NaN"
    if not isfinite(value):
        return "+Inf" if value > 0 else "-Inf"
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


def _one(asked: Mapping[str, list[str]], name: str) -> str:
    if not asked.get(name):
        raise bad(f'invalid parameter "{name}": it is missing')
    return asked[name][0]


def _length(text: str) -> float:
    """A step: seconds, or a duration such as 5m."""
    try:
        length = float(text)
    except ValueError:
        length = seconds_of(Token(kind="duration", text=text)) if text.endswith(tuple(UNITS)) else 0.0
    if not length >= FINEST:
        raise bad('invalid parameter "step": zero or negative query resolution step widths are not accepted')
    return length


def _known_timeout(asked: Mapping[str, list[str]]) -> None:
    for text in asked.get("timeout", ()):
        if not re.fullmatch(r"\d+(\.\d+)?|(\d+(ms|[smhdwy]))+", text):
            raise bad(f'invalid parameter "timeout": cannot parse "{text}" to a valid duration')


async def _asked(request: web.Request) -> dict[str, list[str]]:
    given = [*request.query.items(), *((name, str(value)) for name, value in (await request.post()).items())]
    asked: dict[str, list[str]] = {}
    for name, value in given:
        asked.setdefault(name, []).append(value)
    return asked
