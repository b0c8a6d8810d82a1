"""What PagerDuty does by itself: takes alerts, opens incidents, wakes people, and escalates while nobody answers.

Nothing runs in the background: whoever looks has it catch up with business time first, and so does a jump of the clock.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import uuid4

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.log import Log
from sandbox.pagerduty.account import Account, Service
from sandbox.pagerduty.incident import Agent, Alert, Incident
from sandbox.pagerduty.maintenance import Windows
from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf

Teller = Callable[[str, Incident, Agent, float], None]
"""Told what happened to an incident (triggered, acknowledged, resolved), which, by whom and when."""

RINGS_AFTER = 1.0
"""Seconds of business time between an assignment and the notification."""


class NobodyOnCall(Exception):
    """An escalation policy has nobody on call at any level, so PagerDuty opens no incident."""


class Pages:
    """The incidents and alerts of an account; callers catch up before they look at anything."""

    def __init__(self, account: Account, clock: SandboxClock, archive: Archive, faults: Faults, log: Log) -> None:
        self._account = account
        self._clock = clock
        self._faults = faults
        self._log = log
        self.incidents = Shelf[Incident](archive, "pagerduty_incident", _frozen, lambda record: Incident(**record))
        self.alerts = Shelf[Alert](archive, "pagerduty_alert", _frozen, lambda record: Alert(**record))
        self.windows = Windows(archive, self.now)
        self._tellers: list[Teller] = []
        clock.on_jump(self.catch_up)

    def subscribe(self, teller: Teller) -> None:
        """Has what happens to incidents told."""
        self._tellers.append(teller)

    def now(self) -> float:
        return self._clock.now().timestamp()

    def catch_up(self) -> None:
        """Does what became due until now: notifications and escalations, each at its own moment."""
        now = self.now()
        for incident in list(self.incidents):
            while incident.status == "triggered" and (due := _due(incident)) is not None and due <= now:
                self._move(incident, due)

    def woken(self, policy: str, level: int, at: float) -> list[str]:
        """The people a level of a policy wakes."""
        found = self._account.policy(policy)
        if found is None or self._faults.strike_of("nobody_on_call", "pagerduty", "on_call"):
            return []
        return self._account.woken(found, level, datetime.fromtimestamp(at, UTC))

    def trigger(self, service: Service, key: str, event: JsonObject) -> None:
        """Opens an alert and its incident, or counts the event to the alert that is open under its key."""
        payload = event["payload"]
        alert = self.open_alert(service.id, key)
        if alert:
            alert.events += 1
            self.alerts.put(alert.id, alert)
            return
        if self.windows.hushed(service.id):
            self._log.note("pagerduty", "suppressed", detail={"dedup_key": key, "service": service.id})
            return
        urgency = "high" if payload["severity"] in {"critical", "error"} else "low"
        by = Agent(kind="service", id=service.id, channel="api")
        try:
            incident = self.create(service, title=payload["summary"], key=key, urgency=urgency, by=by)
        except NobodyOnCall:
            self._log.note("pagerduty", "dropped", error="nobody is on call", detail={"dedup_key": key})
            return
        alert = Alert(
            id=_new_id(),
            key=key,
            service=service.id,
            incident=incident.id,
            created=incident.created,
            summary=payload["summary"],
            severity=payload["severity"],
            event=event,
        )
        self.alerts.put(alert.id, alert)

    def open_alert(self, service: str, key: str) -> Alert | None:
        return next(
            (each for each in self.alerts if (each.service, each.key) == (service, key) and not each.resolved), None
        )

    def open_incident(self, service: str, key: str) -> Incident | None:
        return next((each for each in self.incidents if (each.service, each.key) == (service, key) and each.open), None)

    def create(
        self,
        service: Service,
        *,
        title: str,
        key: str,
        urgency: str,
        by: Agent,
        policy: str | None = None,
        people: list[str] | None = None,
        details: str = "",
    ) -> Incident:
        """Opens an incident at the first level that wakes somebody, or at `people`; raises NobodyOnCall."""
        incident = Incident(
            id=_new_id(),
            number=len(self.incidents) + 1,
            title=title,
            key=key,
            service=service.id,
            policy=policy or service.policy,
            urgency=urgency,
            created=self.now(),
            details=details,
        )
        level, woken = (1, people) if people else self._level_that_wakes(incident, 1, incident.created)
        if not woken:
            raise NobodyOnCall
        incident.note("trigger_log_entry", incident.created, by=by, summary=f"Triggered by {self._name(by)}.")
        self._assign(incident, level, woken, incident.created, kind="assign_log_entry", escalates=not people)
        self._tell("triggered", incident, by)
        return incident

    def acknowledge(self, incident: Incident, by: Agent) -> None:
        """Somebody is on it: nobody else is woken."""
        now = self.now()
        incident.status, incident.notify_at, incident.escalate_at = "acknowledged", None, None
        incident.acknowledgements.append({"at": now, "by": [by.kind, by.id]})
        incident.note("acknowledge_log_entry", now, by=by, summary=f"Acknowledged by {self._name(by)}.")
        self._keep(incident, "acknowledged", self._name(by))
        self._tell("acknowledged", incident, by)

    def resolve(self, incident: Incident, by: Agent) -> None:
        """The incident and its alerts are over."""
        for alert in self.alerts_of(incident):
            alert.resolved = True
            self.alerts.put(alert.id, alert)
        incident.status, incident.notify_at, incident.escalate_at = "resolved", None, None
        incident.assigned = []
        incident.note("resolve_log_entry", self.now(), by=by, summary=f"Resolved by {self._name(by)}.")
        self._keep(incident, "resolved", self._name(by))
        self._tell("resolved", incident, by)

    def alerts_of(self, incident: Incident) -> list[Alert]:
        return [alert for alert in self.alerts if alert.incident == incident.id]

    def _tell(self, turn: str, incident: Incident, by: Agent) -> None:
        for teller in self._tellers:
            teller(turn, incident, by, self.now())

    def _move(self, incident: Incident, due: float) -> None:
        if incident.notify_at == due:
            self._notify(incident, due)
        else:
            self._escalate(incident, due)

    def _notify(self, incident: Incident, at: float) -> None:
        incident.notify_at = None
        by = Agent(kind="service", id=incident.service, channel="auto")
        for user in incident.assigned:
            name = self._account.reference("user", user)["summary"]
            phone = {"type": "push_notification", "address": f"{name}'s phone", "status": "success"}
            words = f"Notified {name} via push notification."
            incident.note("notify_log_entry", at, by=by, summary=words, user=user, notification=phone)
            self._keep(incident, "notified", name)

    def _escalate(self, incident: Incident, at: float) -> None:
        level, woken = self._level_that_wakes(incident, incident.level + 1, at)
        if woken:
            self._assign(incident, level, woken, at, kind="escalate_log_entry", escalates=True)
            return
        incident.escalate_at = None
        by = Agent(kind="service", id=incident.service, channel="timeout")
        incident.note("exhaust_escalation_path_log_entry", at, by=by, summary="Nobody is left to escalate to.")
        self._keep(incident, "exhausted", "")

    def _assign(
        self, incident: Incident, level: int, people: list[str], at: float, *, kind: str, escalates: bool
    ) -> None:
        incident.level, incident.assigned, incident.assigned_at = level, people, at
        incident.notify_at = at + RINGS_AFTER
        incident.escalate_at = at + self._delay(incident) if escalates else None
        names = ", ".join(self._account.reference("user", user)["summary"] for user in people)
        by = Agent(kind="service", id=incident.service, channel="timeout" if kind == "escalate_log_entry" else "auto")
        verb = "Escalated" if kind == "escalate_log_entry" else "Assigned"
        incident.note(kind, at, by=by, summary=f"{verb} to {names}.")
        self._keep(incident, verb.lower(), names)

    def _level_that_wakes(self, incident: Incident, first: int, at: float) -> tuple[int, list[str]]:
        policy = self._account.policy(incident.policy)
        for level in range(first, len(policy.rules) + 1 if policy else 0):
            if people := self.woken(incident.policy, level, at):
                return level, people
        return first, []

    def _delay(self, incident: Incident) -> float:
        policy = self._account.policy(incident.policy)
        assert policy, "an incident's policy exists"
        return policy.rules[incident.level - 1].delay.total_seconds()

    def _name(self, by: Agent) -> str:
        return str(self._account.reference(by.kind, by.id)["summary"])

    def _keep(self, incident: Incident, event: str, who: str) -> None:
        self.incidents.put(incident.id, incident)
        self._log.note("pagerduty", event, detail={"incident": incident.id, "title": incident.title, "who": who})


def _due(incident: Incident) -> float | None:
    moments = [each for each in (incident.notify_at, incident.escalate_at) if each is not None]
    return min(moments, default=None)


def _new_id() -> str:
    return f"Q{uuid4().hex[:13].upper()}"


def _frozen(record: Incident | Alert) -> JsonObject:
    fields: Mapping[str, object] = vars(record)
    return dict(fields)
