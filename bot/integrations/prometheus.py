"""Prometheus's HTTP API, to be asked: of Prometheus itself, of what speaks like it, and of Google's managed one.

What Prometheus could answer only in part is no answer: half of the requests look like an outage.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.chart import Point, Series
from bot.domain.evidence import CouldNotLook
from bot.integrations.google_token import MONITORING, google_auth
from bot.integrations.json_api import JsonApi, System

SYSTEM = System(
    name="Prometheus",
    remedy="check OPSBOT_PROMETHEUS_URL",
    forbidden="grant opsbot's service account roles/monitoring.viewer, or check OPSBOT_PROMETHEUS_URL",
    words=lambda body: body["error"]["message"] if isinstance(body["error"], dict) else body["error"],
)
MOST_POINTS = 11_000
"""Points of a series that Prometheus answers with at most."""
REMARK = "PromQL info:"
"""How a mere remark on an expression begins; versions before 2.53 put them among the warnings."""
OURS = 0.9
"""The part of our own time that Prometheus gets to answer in, so that it is the one to stop."""


class Prometheus:
    """Asks expressions, which are the operator's or built by `bot.domain.promql`; never what somebody typed."""

    def __init__(self, *, url: str, timeout: float) -> None:
        """`url` is what stands before /api/v1; `timeout` in seconds, for each question."""
        self._api = JsonApi(SYSTEM, url=url, timeout=timeout, auth=google_auth(url, MONITORING))
        self._timeout = f"{round(timeout * OURS * 1000)}ms"

    async def close(self) -> None:
        """Takes no more questions."""
        await self._api.close()

    async def query(self, expression: str, *, at: datetime) -> Sequence[Series]:
        """The numbers at one moment, one point a series; series without a number are left out."""
        return await self._ask("query", {"query": expression, "time": _stamp(at)})

    async def query_range(
        self, expression: str, *, since: datetime, until: datetime, step: timedelta
    ) -> Sequence[Series]:
        """The numbers from `since` to `until`; a step too fine for Prometheus is widened until it is not."""
        widened = max(step, (until - since) / (MOST_POINTS - 1), timedelta(seconds=1))
        asked = {"start": _stamp(since), "end": _stamp(until), "step": f"{math.ceil(widened.total_seconds())}"}
        return await self._ask("query_range", {"query": expression, **asked})

    async def examine(self) -> str:
        """Whether it answers, in a sentence; raises `CouldNotLook` with what to do."""
        found = await self._ask("query", {"query": "count(up)"})
        watched = found[0].last if found else 0
        return f"Prometheus answers, and watches {watched or 0:g} targets"

    async def _ask(self, what: str, form: Mapping[str, str]) -> Sequence[Series]:
        answer = await self._api.post(f"/api/v1/{what}", {**form, "timeout": self._timeout})
        return self._api.read(_series, answer.body)


def _series(body: Any) -> Sequence[Series]:
    """Reads an answer. Raises `CouldNotLook` for one that is only a part."""
    if body["status"] != "success":
        raise CouldNotLook(f"Prometheus cannot answer: {str(body.get('error', ''))[:200]}.")
    if warnings := [str(each) for each in body.get("warnings") or () if not str(each).startswith(REMARK)]:
        raise CouldNotLook(f"Prometheus answers only in part: {warnings[0][:200]}.")
    match body["data"]:
        case {"resultType": "vector", "result": found}:
            read = [_one(each["metric"], [each["value"]]) for each in found]
        case {"resultType": "matrix", "result": found}:
            read = [_one(each["metric"], each["values"]) for each in found]
        case {"resultType": "scalar", "result": value}:
            read = [_one({}, [value])]
        case _:
            raise ValueError("no numbers")
    return tuple(series for series in read if series.points)


def _one(labels: Mapping[str, str], values: Sequence[tuple[float, str]]) -> Series:
    """A series without its metric's name, and without what is no number."""
    numbers = ((float(at), float(value)) for at, value in values)
    return Series(
        labels=tuple(sorted((str(name), str(value)) for name, value in labels.items() if name != "__name__")),
        points=tuple(
            Point(at=datetime.fromtimestamp(at, UTC), value=value) for at, value in numbers if math.isfinite(value)
        ),
    )


def _stamp(moment: datetime) -> str:
    return f"{moment.timestamp():.3f}"
