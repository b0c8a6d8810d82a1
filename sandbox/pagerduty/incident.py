"""Incidents, the alerts behind them, and the log of what happened to them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from sandbox.pagerduty.account import SITE, Account, reference, stamp
from sandbox.payload import JsonObject

Status = Literal["triggered", "acknowledged", "resolved"]


@dataclass(frozen=True, kw_only=True)
class Agent:
    """Who did something: a `user` or a `service`; `channel` says by what way (api, website, phone, timeout, auto)."""

    kind: Literal["user", "service"]
    id: str
    channel: str


@dataclass(kw_only=True)
class Incident:
    """Something people are woken for; moments are seconds since the epoch."""

    id: str
    number: int
    title: str
    key: str
    service: str
    policy: str
    urgency: str
    created: float
    status: Status = "triggered"
    details: str = ""
    level: int = 1
    assigned: list[str] = field(default_factory=list)
    assigned_at: float = 0
    acknowledgements: list[JsonObject] = field(default_factory=list)
    log: list[JsonObject] = field(default_factory=list)
    notify_at: float | None = None
    escalate_at: float | None = None
    changed: float = 0

    @property
    def open(self) -> bool:
        return self.status != "resolved"

    def note(
        self,
        kind: str,
        at: float,
        *,
        by: Agent,
        summary: str,
        user: str | None = None,
        notification: JsonObject | None = None,
    ) -> None:
        """Adds to the log; `user` is who was notified."""
        self.changed = at
        self.log.append(
            {
                "id": f"R{self.id[1:]}{len(self.log):04d}",
                "type": kind,
                "at": at,
                "agent": [by.kind, by.id],
                "channel": {"type": by.channel} | ({"notification": notification} if notification else {}),
                "summary": summary,
                "user": user,
                "assigned": list(self.assigned),
            }
        )

    def mention(self) -> JsonObject:
        return reference("incident", self.id, f"[#{self.number}] {self.title}")

    def shown(self, account: Account) -> JsonObject:
        """The incident as GET /incidents gives it."""
        return {
            **self.mention(),
            "type": "incident",
            "incident_number": self.number,
            "title": self.title,
            "description": self.title,
            "created_at": moment(self.created),
            "updated_at": moment(self.changed),
            "last_status_change_at": moment(self.changed),
            "resolved_at": None if self.open else moment(self.changed),
            "status": self.status,
            "incident_key": self.key,
            "urgency": self.urgency,
            "priority": None,
            "service": account.reference("service", self.service),
            "escalation_policy": account.reference("escalation_policy", self.policy),
            "assignments": [
                {"at": moment(self.assigned_at), "assignee": account.reference("user", user)} for user in self.assigned
            ],
            "acknowledgements": [
                {"at": moment(each["at"]), "acknowledger": account.reference(*each["by"])}
                for each in self.acknowledgements
            ],
            "body": {"type": "incident_body", "details": self.details} if self.details else None,
        }

    def log_shown(self, account: Account) -> list[JsonObject]:
        """The log, newest first, as GET /incidents/{id}/log_entries gives it."""
        return [self._entry_shown(entry, account) for entry in reversed(self.log)]

    def _entry_shown(self, entry: JsonObject, account: Account) -> JsonObject:
        shown: JsonObject = {
            "id": entry["id"],
            "type": entry["type"],
            "summary": entry["summary"],
            "self": f"https://api.pagerduty.example/log_entries/{entry['id']}",
            "html_url": f"{SITE}/incidents/{self.id}/log_entries/{entry['id']}",
            "created_at": moment(entry["at"]),
            "agent": account.reference(*entry["agent"]),
            "channel": entry["channel"],
            "incident": self.mention(),
            "service": account.reference("service", self.service),
            "teams": [],
            "contexts": [],
        }
        if entry["user"]:
            shown["user"] = account.reference("user", entry["user"])
        if entry["type"] in {"assign_log_entry", "escalate_log_entry"}:
            shown["assignees"] = [account.reference("user", user) for user in entry["assigned"]]
        return shown


@dataclass(kw_only=True)
class Alert:
    """What one dedup key stands for, until it is resolved; `events` counts how often it was triggered."""

    id: str
    key: str
    service: str
    incident: str
    created: float
    summary: str
    severity: str
    event: JsonObject
    resolved: bool = False
    events: int = 1

    def shown(self, account: Account, incident: Incident) -> JsonObject:
        """The alert as GET /incidents/{id}/alerts gives it."""
        return {
            **reference("alert", self.id, self.summary),
            "type": "alert",
            "created_at": moment(self.created),
            "status": "resolved" if self.resolved else "triggered",
            "alert_key": self.key,
            "severity": self.severity,
            "suppressed": False,
            "service": account.reference("service", self.service),
            "incident": incident.mention(),
            "body": {"type": "alert_body", "details": self.event.get("payload", {}).get("custom_details")},
        }


def moment(seconds: float) -> str | None:
    """Seconds since the epoch as PagerDuty writes them."""
    return stamp(datetime.fromtimestamp(seconds, UTC))
