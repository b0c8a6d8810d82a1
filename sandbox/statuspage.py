"""Statuspage.io as the practice ground has it: one page with its components, its incidents and their updates.

Faithful to https://developer.statuspage.io in what the bot uses: the OAuth header, nested `incident` bodies, paged
lists, 420 when calls come too fast, 422 with words, metadata whose values are objects, components set by an incident.
"""

import json
import secrets
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf

API_KEY = "sandbox-statuspage-key"
PAGE = "sandboxpage1"
NAMES = ("Control plane", "Agent runtime", "Web application")
STATUSES = ("investigating", "identified", "monitoring", "resolved")
SCHEDULED = ("scheduled", "in_progress", "verifying", "completed")
"""How far a maintenance is; only what is scheduled for a time has these."""
HEALTHS = ("operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage")
IMPACTS = ("none", "maintenance", "minor", "major", "critical")
LONGEST_NAME = 255
LONGEST_BODY = 25_000
MOST_PER_PAGE = 100

KEPT = ("name", "status", "metadata", "scheduled_for", "scheduled_until", "scheduled_auto_completed")

Found = JsonObject | list[JsonObject]


class Refusal(Exception):
    """A request that Statuspage refuses, in its words."""

    def __init__(self, status: int, error: str | list[str]) -> None:
        super().__init__(str(error))
        self.status = status
        self.error = error


WORDING = Wording(
    ratelimited=lambda seconds: web.json_response(
        {"error": "Calm down, you are being rate limited"}, status=420, headers={"Retry-After": f"{seconds:g}"}
    ),
    internal_error=lambda: web.json_response({"error": "Internal Server Error"}, status=500),
    error=lambda code: web.json_response({"error": [code]}, status=422),
)


class Statuspage:
    """One page on loopback, its API below /statuspage/v1."""

    def __init__(self, *, clock: SandboxClock, archive: Archive, faults: Faults, log: Log) -> None:
        self._clock = clock
        self._log = log
        self._line = Line(target="statuspage", faults=faults, wording=WORDING)
        self._incidents: Shelf[JsonObject] = Shelf(archive, "statuspage-incident", dict, dict)
        self._components: Shelf[JsonObject] = Shelf(archive, "statuspage-component", dict, dict)
        for number, name in enumerate(NAMES if not len(self._components) else (), start=1):
            identity = f"component{number:03}"
            self._components.put(identity, {"id": identity, "name": name, "status": "operational", "page_id": PAGE})

    @property
    def incidents(self) -> list[JsonObject]:
        """Every incident of the page, the latest first."""
        return sorted(self._incidents, key=lambda each: str(each["created_at"]), reverse=True)

    @property
    def components(self) -> dict[str, str]:
        """How each component does, by name."""
        return {str(each["name"]): str(each["status"]) for each in self._components}

    def routes(self) -> list[web.RouteDef]:
        """Every method of the API that there is here, each called as in the log."""
        answers: dict[str, Callable[[web.Request, JsonObject], Found]] = {
            "GET /incidents": lambda request, _: _paged(request, self.incidents, "limit"),
            "GET /incidents/unresolved": lambda request, _: _paged(request, self._unresolved(), "per_page"),
            "POST /incidents": lambda _, body: self._open(body),
            "GET /incidents/{id}": lambda request, _: self._known(request),
            "PATCH /incidents/{id}": self._change,
            "DELETE /incidents/{id}": lambda request, _: self._delete(request),
            "GET /components": lambda request, _: _paged(request, list(self._components), "per_page"),
            "PATCH /components/{id}": self._set,
        }
        return [
            web.route(method, f"/statuspage/v1/pages/{{page}}{path}", self._handler(f"{method} {path}", answer))
            for (method, path), answer in ((name.split(" "), answer) for name, answer in answers.items())
        ]

    def _handler(
        self, name: str, answer: Callable[[web.Request, JsonObject], Found]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Lets in whoever has the key, answers, and notes how it went."""

        async def handle(request: web.Request) -> web.Response:
            begun = time.perf_counter()
            body = await _body(request)

            async def carry_out() -> web.Response:
                try:
                    _let_in(request)
                    created = 201 if request.method == "POST" else 200
                    return web.json_response(answer(request, body), status=created)
                except Refusal as refusal:
                    return web.json_response({"error": refusal.error}, status=refusal.status)

            response = await self._line.carry(request, name, carry_out)
            error = None if response.status < 400 else (response.text or "")[:200]
            took = (time.perf_counter() - begun) * 1000
            self._log.note("statuspage", name, error=error, status=response.status, ms=took, detail=body)
            return response

        return handle

    def _unresolved(self) -> list[JsonObject]:
        return [each for each in self.incidents if each["status"] not in {"resolved", *SCHEDULED}]

    def _known(self, request: web.Request) -> JsonObject:
        found = self._incidents.get(request.match_info["id"])
        if found is None:
            raise Refusal(404, "Not found")
        return found

    def _open(self, body: JsonObject) -> JsonObject:
        given = _part(body, "incident")
        name = given.get("name")
        if not isinstance(name, str) or not name.strip():
            raise Refusal(422, ["Name can't be blank"])
        identity = secrets.token_hex(6)
        incident: JsonObject = {
            "id": identity,
            "page_id": PAGE,
            "name": name,
            "status": "investigating",
            "impact": given.get("impact_override") or "none",
            "created_at": self._stamp(),
            "resolved_at": None,
            "metadata": {},
            "incident_updates": [],
            "shortlink": f"https://stspg.example/{identity}",
        }
        self._apply(incident, given)
        self._incidents.put(identity, incident)
        return incident

    def _change(self, request: web.Request, body: JsonObject) -> JsonObject:
        incident = {**self._known(request)}
        self._apply(incident, _part(body, "incident"))
        self._incidents.put(str(incident["id"]), incident)
        return incident

    def _delete(self, request: web.Request) -> JsonObject:
        incident = self._known(request)
        self._incidents.remove(str(incident["id"]))
        return incident

    def _set(self, request: web.Request, body: JsonObject) -> JsonObject:
        identity = request.match_info["id"]
        self._do({identity: _part(body, "component").get("status")})
        return self._components[identity]

    def _apply(self, incident: JsonObject, given: JsonObject) -> None:
        """What a body changes: all of it, or nothing when something in it is wrong."""
        if errors := [*_mistakes(given), *self._unknown(given)]:
            raise Refusal(422, errors)
        incident.update({name: given[name] for name in KEPT if name in given})
        if given.get("status") in {"resolved", "completed"}:
            incident["resolved_at"] = self._stamp()
        self._do(given.get("components") or {})
        if given.get("body") or given.get("status"):
            update = {
                "id": secrets.token_hex(6),
                "status": incident["status"],
                "body": given.get("body") or "",
                "created_at": self._stamp(),
                "deliver_notifications": given.get("deliver_notifications", True),
            }
            incident["incident_updates"] = [update, *incident["incident_updates"]]

    def _unknown(self, given: JsonObject) -> list[str]:
        named = {*(given.get("components") or {}), *(given.get("component_ids") or [])}
        return [f"Component {each} does not exist" for each in sorted(named) if each not in self._components]

    def _do(self, statuses: JsonObject) -> None:
        for identity, status in statuses.items():
            if identity not in self._components:
                raise Refusal(404, "Not found")
            if status not in HEALTHS:
                raise Refusal(422, ["Status is not included in the list"])
            self._components.put(identity, {**self._components[identity], "status": status})

    def _stamp(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds")


def _let_in(request: web.Request) -> None:
    if request.headers.get("Authorization") != f"OAuth {API_KEY}":
        raise Refusal(401, "Could not authenticate")
    if request.match_info["page"] != PAGE:
        raise Refusal(404, "Not found")


async def _body(request: web.Request) -> JsonObject:
    try:
        body = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _part(body: JsonObject, name: str) -> JsonObject:
    part = body.get(name)
    if not isinstance(part, dict):
        raise Refusal(400, f"param is missing or the value is empty: {name}")
    return part


def _mistakes(given: JsonObject) -> list[str]:
    """What is wrong with the body of an incident."""
    errors = []
    if len(str(given.get("name", ""))) > LONGEST_NAME:
        errors.append(f"Name is too long (maximum is {LONGEST_NAME} characters)")
    if len(str(given.get("body", ""))) > LONGEST_BODY:
        errors.append(f"Body is too long (maximum is {LONGEST_BODY} characters)")
    if given.get("status", STATUSES[0]) not in (SCHEDULED if given.get("scheduled_for") else STATUSES):
        errors.append("Status is not included in the list")
    if given.get("impact_override", IMPACTS[0]) not in IMPACTS:
        errors.append("Impact override is not included in the list")
    metadata = given.get("metadata", {})
    if not isinstance(metadata, dict) or not all(isinstance(each, dict) for each in metadata.values()):
        errors.append("Metadata values must be objects")
    if any(each not in HEALTHS for each in (given.get("components") or {}).values()):
        errors.append("Component status is not included in the list")
    return errors


def _paged(request: web.Request, found: list[JsonObject], size: str) -> list[JsonObject]:
    """One page of a list; the first is number 1."""
    try:
        number, most = int(request.query.get("page", "1")), int(request.query.get(size, "100"))
    except ValueError:
        raise Refusal(400, "page is invalid") from None
    most = min(max(most, 1), MOST_PER_PAGE)
    start = (max(number, 1) - 1) * most
    return found[start : start + most]
