"""The REST API's incidents: list, open, change, and what happened to them."""

from datetime import UTC, datetime
from typing import get_args

from aiohttp import web

from sandbox.pagerduty.account import Service
from sandbox.pagerduty.door import ARGUMENTS, INVALID, Refusal
from sandbox.pagerduty.incident import Agent, Incident, Status
from sandbox.pagerduty.pages import NobodyOnCall
from sandbox.pagerduty.rest_api import RestApi, found, paged, span_in
from sandbox.payload import JsonObject

LONGEST_TITLE = 255
OVERVIEW = {f"{turn}_log_entry" for turn in ("trigger", "acknowledge", "resolve", "escalate", "assign", "reopen")}


class RestIncidents:
    """The addresses below /incidents."""

    def __init__(self, api: RestApi) -> None:
        self._api = api
        self._account = api.account
        self._pages = api.pages

    def routes(self) -> list[web.RouteDef]:
        route = self._api.route
        return [
            route("GET", "/incidents", self._list),
            route("POST", "/incidents", self._create),
            route("GET", "/incidents/{id}", self._get),
            route("PUT", "/incidents/{id}", self._update),
            route("GET", "/incidents/{id}/alerts", self._alerts),
            route("GET", "/incidents/{id}/log_entries", self._log_entries),
            route("GET", "/log_entries", self._log_of_all),
        ]

    def _list(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        query = request.query
        statuses = query.getall("statuses[]", list(get_args(Status)))
        services = query.getall("service_ids[]", [])
        key = query.get("incident_key")
        since, until = (each.timestamp() for each in span_in(request, self._now()))
        every = [
            incident
            for incident in self._pages.incidents
            if incident.status in statuses
            and since <= incident.created < until
            and (not services or incident.service in services)
            and key in {None, incident.key}
        ]
        every.sort(key=lambda each: each.number, reverse=query.get("sort_by", "") == "created_at:desc")
        return paged(request, "incidents", [self._shown(incident) for incident in every])

    def _get(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        return 200, {"incident": self._shown(self._incident(request))}

    def _alerts(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        incident = self._incident(request)
        alerts = self._pages.alerts_of(incident)
        return paged(request, "alerts", [alert.shown(self._account, incident) for alert in alerts])

    def _log_entries(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        return paged(request, "log_entries", self._incident(request).log_shown(self._account))

    def _log_of_all(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        """The account's log, newest first; in overview only what changed an incident."""
        since, until = span_in(request, self._now())
        entries = [entry for incident in self._pages.incidents for entry in incident.log_shown(self._account)]
        kept = [
            entry
            for entry in entries
            if since <= datetime.fromisoformat(entry["created_at"]) < until
            and (request.query.get("is_overview") != "true" or entry["type"] in OVERVIEW)
        ]
        return paged(request, "log_entries", sorted(kept, key=lambda each: str(each["created_at"]), reverse=True))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._pages.now(), UTC)

    def _create(self, request: web.Request, body: JsonObject) -> tuple[int, JsonObject]:
        sender = self._api.sender(request)
        wanted = body.get("incident") or {}
        service = self._account.service(_id(wanted.get("service")))
        if mistakes := _mistakes(wanted, service):
            raise Refusal(400, "Invalid Input Provided", code=INVALID, errors=mistakes)
        assert service, "without a service there is a mistake"
        if self._pages.windows.hushed(service.id):
            raise Refusal(400, "Invalid Input Provided", code=INVALID, errors=["Service is in maintenance"])
        key = wanted.get("incident_key") or ""
        if key and self._pages.open_incident(service.id, key):
            known = "Open incident with matching dedup key already exists on this service"
            raise Refusal(400, "Arguments Caused Error", code=ARGUMENTS, errors=[known])
        incident = self._opened(wanted, service, key, Agent(kind="user", id=sender.id, channel="api"))
        return 201, {"incident": self._shown(incident)}

    def _opened(self, wanted: JsonObject, service: Service, key: str, by: Agent) -> Incident:
        people = [_id(each.get("assignee")) for each in wanted.get("assignments") or []]
        policy = _id(wanted.get("escalation_policy"))
        if unknown := [user for user in people if self._account.user(user) is None]:
            raise Refusal(400, "Invalid Input Provided", code=INVALID, errors=[f"Assignee not found: {unknown[0]}"])
        if policy and self._account.policy(policy) is None:
            raise Refusal(400, "Invalid Input Provided", code=INVALID, errors=["Escalation Policy Not Found"])
        try:
            return self._pages.create(
                service,
                title=wanted["title"],
                key=key,
                urgency=wanted.get("urgency") or "high",
                by=by,
                policy=policy or None,
                people=people,
                details=(wanted.get("body") or {}).get("details", ""),
            )
        except NobodyOnCall:
            raise Refusal(400, "Escalation Policy Has No User On Call", code=1015) from None

    def _update(self, request: web.Request, body: JsonObject) -> tuple[int, JsonObject]:
        sender = self._api.sender(request)
        incident = self._incident(request)
        wanted = body.get("incident") or {}
        by = Agent(kind="user", id=sender.id, channel="api")
        if not incident.open and wanted.get("status"):
            raise Refusal(400, "Arguments Caused Error", code=ARGUMENTS, errors=["Incident Already Resolved"])
        match wanted.get("status"):
            case "acknowledged":
                self._pages.acknowledge(incident, by)
            case "resolved":
                self._pages.resolve(incident, by)
            case None:
                pass
            case _:
                raise Refusal(400, "Invalid Input Provided", code=INVALID, errors=["Status is invalid"])
        return 200, {"incident": self._shown(incident)}

    def _shown(self, incident: Incident) -> JsonObject:
        alerts = self._pages.alerts_of(incident)
        over = sum(alert.resolved for alert in alerts)
        counts = {"all": len(alerts), "triggered": len(alerts) - over, "resolved": over}
        return {**incident.shown(self._account), "alert_counts": counts}

    def _incident(self, request: web.Request) -> Incident:
        return found(self._pages.incidents.get(request.match_info["id"]))


def _id(thing: object) -> str:
    return str(thing.get("id", "")) if isinstance(thing, dict) else ""


def _mistakes(wanted: JsonObject, service: Service | None) -> list[str]:
    title = wanted.get("title") or ""
    mistakes = [] if title else ["Title cannot be empty"]
    if len(title) > LONGEST_TITLE:
        mistakes.append(f"Title is too long (maximum is {LONGEST_TITLE} characters)")
    if service is None:
        mistakes.append("Service Not Found")
    if len(wanted.get("incident_key") or "") > LONGEST_TITLE:
        mistakes.append("Incident Key is too long (maximum is 255 characters)")
    if wanted.get("assignments") and wanted.get("escalation_policy"):
        mistakes.append("Assignments and Escalation Policy cannot be given together")
    return mistakes
