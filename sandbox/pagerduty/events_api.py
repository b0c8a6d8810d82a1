"""Events API v2: triggers, acknowledges and resolves alerts by their dedup key."""

import json
from uuid import uuid4

from aiohttp import web

from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.pagerduty.account import Account, Service
from sandbox.pagerduty.door import Door
from sandbox.pagerduty.incident import Agent
from sandbox.pagerduty.pages import Pages
from sandbox.payload import JsonObject

ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "warning", "error", "info")
LARGEST = 512 * 1024
KEY_LENGTH = 32
LONGEST_SUMMARY = 1024
LONGEST_DEDUP_KEY = 255


def _throttled(seconds: float) -> web.Response:
    body = {"status": "throttle exceeded", "message": "Requests for this service have arrived too quickly."}
    return web.json_response(body, status=429, headers={"Retry-After": f"{seconds:g}"})


def _invalid(errors: list[str]) -> web.Response:
    body = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
    return web.json_response(body, status=400)


WORDING = Wording(
    ratelimited=_throttled,
    internal_error=lambda: web.json_response({"status": "error", "message": "Internal Server Error"}, status=500),
    error=lambda code: _invalid([code]),
)


class EventsApi:
    """The addresses that events and changes are sent to."""

    def __init__(self, account: Account, pages: Pages, faults: Faults, log: Log) -> None:
        self._account = account
        self._pages = pages
        self._door = Door(line=Line(target="pagerduty", faults=faults, wording=WORDING), log=log)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/pagerduty/events/v2/enqueue", self._enqueue),
            web.post("/pagerduty/events/v2/change/enqueue", self._record),
        ]

    async def _record(self, request: web.Request) -> web.Response:
        """A change, which is shown beside alerts and wakes nobody; the log of calls has it."""
        event = _event(await request.read())
        shown = {key: value for key, value in event.items() if key != "routing_key"}

        async def answer() -> web.Response:
            payload = event.get("payload")
            if self._account.service_by_key(event.get("routing_key", "")) is None:
                return _invalid(["Invalid routing key"])
            if not isinstance(payload, dict) or not payload.get("summary"):
                return _invalid(["'payload.summary' is missing or blank"])
            body = {"status": "success", "message": "Change event processed"}
            return web.json_response(body, status=202)

        return await self._door.carry(request, "events.change", shown, answer)

    async def _enqueue(self, request: web.Request) -> web.Response:
        body = await request.read()
        event = _event(body)
        action = event.get("event_action") if event.get("event_action") in ACTIONS else "invalid"
        shown = {key: value for key, value in event.items() if key != "routing_key"}

        async def answer() -> web.Response:
            if len(body) > LARGEST:
                return web.json_response({"status": "invalid event", "message": "Payload too large"}, status=413)
            return self._taken(event)

        return await self._door.carry(request, f"events.{action}", shown, answer)

    def _taken(self, event: JsonObject) -> web.Response:
        if errors := _mistakes(event):
            return _invalid(errors)
        service = self._account.service_by_key(event["routing_key"])
        if service is None:
            return _invalid(["Invalid routing key"])
        key = event.get("dedup_key") or uuid4().hex
        self._pages.catch_up()
        self._apply(service, event["event_action"], key, event)
        return web.json_response({"status": "success", "message": "Event processed", "dedup_key": key}, status=202)

    def _apply(self, service: Service, action: str, key: str, event: JsonObject) -> None:
        """An acknowledgement or resolution of what is not open is taken and does nothing, as with PagerDuty."""
        if action == "trigger":
            self._pages.trigger(service, key, event)
            return
        alert = self._pages.open_alert(service.id, key)
        incident = self._pages.incidents.get(alert.incident) if alert else None
        by = Agent(kind="service", id=service.id, channel="api")
        if incident and action == "resolve":
            self._pages.resolve(incident, by)
        elif incident and incident.status == "triggered":
            self._pages.acknowledge(incident, by)


def _event(body: bytes) -> JsonObject:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _mistakes(event: JsonObject) -> list[str]:
    """What is wrong with an event, in PagerDuty's words."""
    mistakes = []
    if len(str(event.get("routing_key", ""))) != KEY_LENGTH:
        mistakes.append(f"Length of 'routing_key' is incorrect (should be {KEY_LENGTH} characters)")
    action, key = event.get("event_action"), event.get("dedup_key")
    if action not in ACTIONS:
        mistakes.append("'event_action' is missing or invalid (must be one of: trigger, acknowledge, resolve)")
    if key is not None and (not isinstance(key, str) or len(key) > LONGEST_DEDUP_KEY):
        mistakes.append(f"'dedup_key' is too long (maximum is {LONGEST_DEDUP_KEY} characters)")
    if not key and action in {"acknowledge", "resolve"}:
        mistakes.append("'dedup_key' is missing or blank")
    return mistakes + (_payload_mistakes(event.get("payload")) if action == "trigger" else [])


def _payload_mistakes(payload: object) -> list[str]:
    if not isinstance(payload, dict):
        return ["'payload' is missing or blank"]
    mistakes = [f"'payload.{name}' is missing or blank" for name in ("summary", "source") if not payload.get(name)]
    if len(str(payload.get("summary", ""))) > LONGEST_SUMMARY:
        mistakes.append(f"'payload.summary' is too long (maximum is {LONGEST_SUMMARY} characters)")
    if payload.get("severity") not in SEVERITIES:
        mistakes.append(
            "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"
        )
    return mistakes
