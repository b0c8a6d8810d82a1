"""PagerDuty: wakes people, follows what became of it, and stands them down again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus

from bot.domain.clock import Clock
from bot.domain.errors import GiveUp, Retry
from bot.integrations.page_progress import (
    Answer,
    OnCall,
    PageProgress,
    newest,
    on_call_of,
    progress_of,
    responder_of,
)
from bot.integrations.pagerduty_api import EventsApi, JsonObject, PagerDutyRefusal, RestApi, read
from bot.integrations.pagerduty_check import findings
from bot.organisation import Link

LONGEST_SUMMARY = 1024
LONGEST_TITLE = 255
KNOWN_KEY = "matching dedup key"
"""PagerDuty's words when an incident of that key is open already."""
OPEN = ("triggered", "acknowledged")


class PagerDuty:
    """One PagerDuty account. Without its key or its token the parts that need them are visibly absent.

    Its `Retry` and `GiveUp` say why in words that follow "because".
    """

    def __init__(
        self,
        *,
        routing_key: str | None,
        api_token: str | None,
        sender: str | None,
        events_url: str,
        api_url: str,
        timeout: float,
        clock: Clock,
    ) -> None:
        """`sender` is the e-mail address in whose name incidents are changed; `timeout` in seconds."""
        self._clock = clock
        self._sender = sender
        self._routing_key = routing_key
        self._events = EventsApi(routing_key, url=events_url, timeout=timeout) if routing_key else None
        self._rest = RestApi(api_token, sender=sender, url=api_url, timeout=timeout) if api_token else None

    @property
    def configured(self) -> bool:
        """Whether alerts can be triggered."""
        return self._events is not None

    @property
    def can_follow(self) -> bool:
        """Whether one can look what became of a page."""
        return self._rest is not None

    @property
    def can_page_people(self) -> bool:
        """Whether incidents can be opened for chosen people, and changed."""
        return self._rest is not None and self._sender is not None

    async def close(self) -> None:
        """Takes no more calls."""
        for api in (self._events, self._rest):
            if api is not None:
                api.close()

    async def trigger(
        self, alert: str, summary: str, severity: str, details: Mapping[str, str], links: Sequence[Link] = ()
    ) -> None:
        """Wakes the on-call; `severity` is critical, error, warning or info. Repeated, it is still one alert."""
        if self._events is None:
            raise GiveUp("PagerDuty is not configured (PAGERDUTY_ROUTING_KEY is not set)")
        payload = {
            "summary": _cut(summary, LONGEST_SUMMARY),
            "source": "opsbot",
            "severity": severity,
            "custom_details": dict(details),
        }
        shown = [{"href": link.url, "text": link.title} for link in links]
        await self._events.send("trigger", alert, {"payload": payload, "client": "opsbot", "links": shown})

    async def acknowledge(self, alert: str, *, lent: bool = False) -> None:
        """Stops the escalation of an alert, and of incidents that were opened under its name for chosen people.

        A `lent` one is another system's, and no event of ours reaches it.
        """
        if self._events and not lent:
            await self._events.send("acknowledge", alert, {})
        for incident in await self._changeable(alert, ("triggered",)):
            # Behind an incident that was opened for chosen people there is no alert that an event could reach.
            if lent or not (incident.get("alert_counts") or {}).get("all"):
                await self._set(incident, "acknowledged")

    async def resolve(self, alert: str, *, lent: bool = False) -> None:
        """Ends an alert and every open incident under its name, even one that a late trigger opened again."""
        if self._events and not lent:
            await self._events.send("resolve", alert, {})
        for incident in await self._changeable(alert, OPEN):
            await self._set(incident, "resolved")

    async def record(self, summary: str, details: Mapping[str, str]) -> None:
        """Tells of a change, which is then seen beside alerts; nobody is woken. Without a key there is nobody to tell."""
        if self._events:
            at = self._clock.now().isoformat(timespec="seconds")
            await self._events.record(_cut(summary, LONGEST_SUMMARY), dict(details), at)

    async def progress(self, alert: str) -> PageProgress:
        """What became of the latest page under this name; the acknowledger comes with their e-mail address."""
        rest = self._following()
        incidents = await rest.all("/incidents", {"incident_key": alert, "date_range": "all"})
        incident = read(newest, incidents)
        if incident is None:
            return PageProgress()
        params = {"time_zone": "UTC", "include[]": ["channels"]}
        log = await rest.all(read(_log_of, incident), params)
        found = read(lambda entries: progress_of(incident, entries), log)
        if found.acknowledged is None:
            return found
        return replace(found, acknowledged=await self._with_email(found.acknowledged))

    async def page_people(self, people: Sequence[str], *, service: str, alert: str, title: str, details: str) -> None:
        """Wakes people by PagerDuty id; does nothing when this was done and is still open."""
        assignments = [{"assignee": {"id": person, "type": "user_reference"}} for person in people]
        await self._open(service, alert, title, details, {"assignments": assignments})

    async def page_policy(self, policy: str, *, service: str, alert: str, title: str, details: str) -> None:
        """Wakes whoever an escalation policy says; does nothing when this was done and is still open."""
        target = {"id": policy, "type": "escalation_policy_reference"}
        await self._open(service, alert, title, details, {"escalation_policy": target})

    async def on_call(self, policy: str) -> tuple[OnCall, ...]:
        """Who is on call now, the first level first; empty when nobody is."""
        entries = await self._following().all("/oncalls", {"escalation_policy_ids[]": [policy], "time_zone": "UTC"})
        return tuple(sorted((read(on_call_of, entry) for entry in entries), key=lambda each: each.level))

    async def check(self, service: str | None, policy: str | None) -> list[str]:
        """What is wrong with the settings and the account, each as a sentence with its remedy; empty when all is well."""
        if self._events is None:
            return ["PagerDuty is not configured, so incidents page nobody: set PAGERDUTY_ROUTING_KEY."]
        if self._rest is None:
            return ["Pages are sent but not followed: set PAGERDUTY_API_TOKEN to see who acknowledged."]
        now = self._clock.now()
        key, sender = self._routing_key, self._sender
        try:
            return await findings(self._rest, service=service, policy=policy, sender=sender, routing_key=key, now=now)
        except (Retry, GiveUp) as error:
            return [f"PagerDuty could not be checked: {error}."]

    async def _with_email(self, answer: Answer) -> Answer:
        try:
            known = await self._following().get(f"/users/{answer.by.id}")
        except PagerDutyRefusal as refusal:
            if refusal.status != HTTPStatus.NOT_FOUND:
                raise
            return answer
        return replace(answer, by=read(responder_of, known))

    async def _open(self, service: str, alert: str, title: str, details: str, target: JsonObject) -> None:
        rest = self._following()
        if self._sender is None:
            raise GiveUp("PAGERDUTY_FROM is not set")
        incident = {
            "type": "incident",
            "title": _cut(title, LONGEST_TITLE),
            "service": {"id": service, "type": "service_reference"},
            "urgency": "high",
            "incident_key": alert,
            "body": {"type": "incident_body", "details": details},
            **target,
        }
        try:
            await rest.create("/incidents", incident)
        except PagerDutyRefusal as refusal:
            if not any(KNOWN_KEY in error for error in refusal.errors):
                raise

    async def _changeable(self, alert: str, statuses: Sequence[str]) -> list[JsonObject]:
        """The incidents of a name that the REST API lets us change; none where it is not set up for that."""
        if self._rest is None or self._sender is None:
            return []
        params = {"incident_key": alert, "date_range": "all", "statuses[]": list(statuses)}
        return await self._rest.all("/incidents", params)

    async def _set(self, incident: JsonObject, status: str) -> None:
        """Changes an incident; that somebody else resolved it meanwhile is as good."""
        change = {"type": "incident_reference", "status": status}
        try:
            await self._following().change(f"/incidents/{incident['id']}", change)
        except PagerDutyRefusal as refusal:
            if not any("already" in error.lower() for error in refusal.errors):
                raise

    def _following(self) -> RestApi:
        if self._rest is None:
            raise GiveUp("PAGERDUTY_API_TOKEN is not set")
        return self._rest


def _log_of(incident: JsonObject) -> str:
    return f"/incidents/{incident['id']}/log_entries"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
