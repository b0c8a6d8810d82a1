"""The panel's phone: what rings, and people who acknowledge or resolve it."""

from uuid import uuid4

from aiohttp import web

from sandbox.json_body import answered, body_of
from sandbox.pagerduty.account import Account
from sandbox.pagerduty.events_api import LONGEST_SUMMARY, SEVERITIES
from sandbox.pagerduty.incident import Agent, Incident, moment
from sandbox.pagerduty.pages import Pages
from sandbox.payload import JsonObject
from sandbox.slack.errors import SlackError


class PhoneRefused(SlackError):
    """What somebody cannot do with their phone, as a code the panel shows, like those of its other requests."""


class Phone:
    """Everybody's phone in one."""

    def __init__(self, account: Account, pages: Pages) -> None:
        self._account = account
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/pagerduty", self._shown),
            web.post("/control/pagerduty", answered(self._raised)),
            web.post("/control/pagerduty/{id}/{verb:acknowledge|resolve}", answered(self._answered)),
        ]

    def acknowledge(self, incident: str, by: str) -> None:
        """Somebody, by PagerDuty id or e-mail address, takes a page; raises PhoneRefused."""
        self._pages.acknowledge(self._open(incident), self._person(by))

    def resolve(self, incident: str, by: str) -> None:
        """Somebody ends an incident; raises PhoneRefused."""
        self._pages.resolve(self._open(incident), self._person(by))

    def end_alert(self, incident: str) -> None:
        """The system that raised an incident's alert says that it is over; raises PhoneRefused."""
        found = self._open(incident)
        self._pages.resolve(found, Agent(kind="service", id=found.service, channel="api"))

    def raise_alert(self, service: str, summary: str, severity: str, *, key: str = "") -> None:
        """Another system raises an alert of a service, by id or name; raises PhoneRefused."""
        found = next((each for each in self._account.services if service in {each.id, each.name}), None)
        if found is None:
            raise PhoneRefused("service_not_found")
        if severity not in SEVERITIES or not summary.strip():
            raise PhoneRefused("invalid_alert")
        self._pages.catch_up()
        payload = {"summary": summary.strip()[:LONGEST_SUMMARY], "severity": severity, "source": "practice ground"}
        self._pages.trigger(found, key or uuid4().hex, {"payload": payload})

    def _open(self, incident: str) -> Incident:
        self._pages.catch_up()
        found = self._pages.incidents.get(incident)
        if found is None:
            raise PhoneRefused("incident_not_found")
        if not found.open:
            raise PhoneRefused("already_resolved")
        return found

    def _person(self, by: str) -> Agent:
        user = self._account.user(by) or self._account.user_by_email(by)
        if user is None:
            raise PhoneRefused("not_in_pagerduty")
        return Agent(kind="user", id=user.id, channel="mobile")

    async def _answered(self, request: web.Request) -> JsonObject:
        act = self.acknowledge if request.match_info["verb"] == "acknowledge" else self.resolve
        act(request.match_info["id"], (await body_of(request)).text("by", ""))
        return {}

    async def _raised(self, request: web.Request) -> JsonObject:
        body = await body_of(request)
        self.raise_alert(*(body.text(name, "") for name in ("service", "summary", "severity")))
        return {}

    async def _shown(self, _request: web.Request) -> web.Response:
        self._pages.catch_up()
        incidents = [self._incident(incident) for incident in self._pages.incidents]
        services = [{"id": each.id, "name": each.name} for each in self._account.services]
        return web.json_response({"ok": True, "incidents": incidents, "on_call": self._on_call(), "services": services})

    def _on_call(self) -> list[JsonObject]:
        """Whom the first level of each service's policy wakes now."""
        policies = dict.fromkeys(service.policy for service in self._account.services)
        now = self._pages.now()
        users = (user for policy in policies for user in self._pages.woken(policy, 1, now))
        return [self._user(user) for user in dict.fromkeys(users)]

    def _incident(self, incident: Incident) -> JsonObject:
        return {
            "id": incident.id,
            "number": incident.number,
            "title": incident.title,
            "status": incident.status,
            "created_at": moment(incident.created),
            "assigned": [self._user(user) for user in incident.assigned],
            "log": [{"at": moment(entry["at"]), "summary": entry["summary"]} for entry in incident.log],
        }

    def _user(self, user: str) -> JsonObject:
        known = self._account.user(user)
        return {"id": user, "name": known.name if known else user, "email": known.email if known else ""}
