"""PagerDuty's v3 webhooks: what happens to an incident is told to a subscriber, signed."""

import hmac
import json
from datetime import UTC, datetime
from uuid import uuid4

from sandbox.pagerduty.account import Account, stamp
from sandbox.pagerduty.incident import Agent, Incident, moment
from sandbox.payload import JsonObject
from sandbox.webhook_sender import Webhook, WebhookSender

PATH = "/webhooks/pagerduty"
HOUR = 3600
RETRIES = (10, 30, 60, 300, 600, 1800, *(HOUR for _ in range(47)))
"""Seconds before each further try; PagerDuty gives up after 48 hours (developer.pagerduty.com, Webhooks v3)."""


class Webhooks:
    """One subscription to the incidents of the whole account."""

    def __init__(self, account: Account, sender: WebhookSender, *, secret: str) -> None:
        self._account = account
        self._sender = sender
        self._secret = secret

    def tell(self, turn: str, incident: Incident, by: Agent, at: float) -> None:
        """Something happened to an incident: it was triggered, acknowledged, resolved or reopened."""
        body = json.dumps({"event": self._event(turn, incident, by, at)}, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "PagerDuty-Webhook/V3.0",
            "X-PagerDuty-Signature": f"v1={hmac.new(self._secret.encode(), body, 'sha256').hexdigest()}",
            "X-Webhook-Id": uuid4().hex,
            "X-Webhook-Subscription": "PSUBSCR1",
        }
        name = f"incident.{turn}"
        self._sender.send(
            Webhook(name=name, subject=incident.id, path=PATH, body=body, headers=headers, retries=RETRIES)
        )

    def _event(self, turn: str, incident: Incident, by: Agent, at: float) -> JsonObject:
        return {
            "id": f"01{uuid4().hex[:24].upper()}",
            "event_type": f"incident.{turn}",
            "resource_type": "incident",
            "occurred_at": stamp(datetime.fromtimestamp(at, UTC)),
            "agent": self._account.reference(by.kind, by.id),
            "client": None,
            "data": self._data(incident),
        }

    def _data(self, incident: Incident) -> JsonObject:
        return {
            **incident.mention(),
            "type": "incident",
            "number": incident.number,
            "status": incident.status,
            "incident_key": incident.key,
            "created_at": moment(incident.created),
            "title": incident.title,
            "service": self._account.reference("service", incident.service),
            "assignees": [self._account.reference("user", user) for user in incident.assigned],
            "escalation_policy": self._account.reference("escalation_policy", incident.policy),
            "teams": [],
            "priority": None,
            "urgency": incident.urgency,
            "conference_bridge": None,
            "resolve_reason": None,
        }
