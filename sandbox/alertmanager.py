"""Alertmanager as the practice ground has it: alerts fire and stop, and each group of them is told by webhook."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.json_body import answered, body_of
from sandbox.payload import JsonObject
from sandbox.slack.errors import SlackError
from sandbox.webhook_sender import Webhook, WebhookSender

PATH = "/webhooks/alertmanager"
TOKEN = "sandbox-alertmanager-token"
RETRIES = (1, 2, 5, 10, 30, 60, 60, 60)
"""Seconds before each further try; the real one goes on until the group is due again, five minutes by default."""
SITE = "https://alertmanager.sandbox.example"
NEVER = "0001-01-01T00:00:00Z"
GROUP_BY = ("alertname", "service")


@dataclass(kw_only=True)
class FiringAlert:
    """An alert, and when it began and stopped."""

    labels: dict[str, str]
    annotations: dict[str, str]
    starts: datetime
    ends: datetime | None = None

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(self.labels, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def group(self) -> dict[str, str]:
        return {name: self.labels[name] for name in GROUP_BY if name in self.labels}

    def shown(self) -> JsonObject:
        """As the webhook's format (version 4) has it."""
        return {
            "status": "resolved" if self.ends else "firing",
            "labels": self.labels,
            "annotations": self.annotations,
            "startsAt": self.starts.isoformat(),
            "endsAt": self.ends.isoformat() if self.ends else NEVER,
            "generatorURL": f"https://prometheus.sandbox.example/graph?g0.expr={self.labels.get('alertname', '')}",
            "fingerprint": self.fingerprint,
        }


class Alertmanager:
    """Alerts, grouped by name and service, for one receiver."""

    def __init__(self, sender: WebhookSender, clock: SandboxClock) -> None:
        self._sender = sender
        self._clock = clock
        self._alerts: dict[str, FiringAlert] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/alertmanager", answered(self._shown)),
            web.post("/control/alertmanager", answered(self._fire)),
            web.post("/control/alertmanager/{fingerprint}/resolve", answered(self._resolve)),
        ]

    def fire(self, labels: dict[str, str], annotations: dict[str, str] | None = None) -> str:
        """An alert fires; its fingerprint. One that fires already is only told again."""
        alert = FiringAlert(labels=labels, annotations=annotations or {}, starts=self._clock.now())
        known = self._alerts.get(alert.fingerprint)
        alert.starts = known.starts if known else alert.starts
        self._alerts[alert.fingerprint] = alert
        self._tell(alert)
        return alert.fingerprint

    def resolve(self, fingerprint: str) -> None:
        """An alert stops."""
        alert = self._alerts[fingerprint]
        alert.ends = self._clock.now()
        self._tell(alert)
        del self._alerts[fingerprint]

    def settle(self, labels: dict[str, str]) -> None:
        """The alert with these labels stops, if it fires; somebody may have stopped it by hand."""
        fingerprint = FiringAlert(labels=labels, annotations={}, starts=self._clock.now()).fingerprint
        if fingerprint in self._alerts:
            self.resolve(fingerprint)

    def _tell(self, about: FiringAlert) -> None:
        group = [alert for alert in self._alerts.values() if alert.group == about.group]
        inside = ", ".join(f'{name}="{value}"' for name, value in about.group.items())
        key = f"{{}}:{{{inside}}}"
        payload: JsonObject = {
            "version": "4",
            "groupKey": key,
            "truncatedAlerts": 0,
            "status": "firing" if any(not alert.ends for alert in group) else "resolved",
            "receiver": "opsbot",
            "groupLabels": about.group,
            "commonLabels": _shared([alert.labels for alert in group]),
            "commonAnnotations": _shared([alert.annotations for alert in group]),
            "externalURL": SITE,
            "alerts": [alert.shown() for alert in group],
        }
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Alertmanager/0.25.0",
            "Authorization": f"Bearer {TOKEN}",
        }
        body = json.dumps(payload).encode()
        self._sender.send(
            Webhook(name="alertmanager", subject=key, path=PATH, body=body, headers=headers, retries=RETRIES)
        )

    async def _shown(self, _request: web.Request) -> JsonObject:
        return {"alerts": [alert.shown() for alert in self._alerts.values()]}

    async def _fire(self, request: web.Request) -> JsonObject:
        body = await body_of(request)
        labels = {
            "alertname": body.text("alertname"),
            "service": body.text("service"),
            "severity": body.text("severity"),
        }
        summary = body.text("summary", "")
        annotations = {"summary": summary} if summary else {}
        return {"fingerprint": self.fire(labels, annotations)}

    async def _resolve(self, request: web.Request) -> JsonObject:
        fingerprint = request.match_info["fingerprint"]
        if fingerprint not in self._alerts:
            raise SlackError("not_firing")
        self.resolve(fingerprint)
        return {}


def _shared(every: list[dict[str, str]]) -> dict[str, str]:
    """What all have in common."""
    first = every[0] if every else {}
    return {name: value for name, value in first.items() if all(each.get(name) == value for each in every)}
