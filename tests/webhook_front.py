"""The addresses of webhooks over a store, and what PagerDuty and Alertmanager would send there."""

import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from bot.domain.alert import Suggestion
from bot.organisation_file import load_organisation
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from handlers.desk import desk_over, webhooks_over
from playbooks import load
from playbooks.vocabulary import vocabulary
from tests.clock import ManualClock

ROOT = Path(__file__).parents[1]
SECRET, OLD = "new-secret", "old-secret"
TOKEN = "alertmanager-token"


@dataclass(frozen=True, kw_only=True)
class Front:
    """The two addresses over a store, and what became of what was sent there."""

    client: httpx.AsyncClient
    store: Store
    clock: ManualClock

    async def event(self, body: bytes, signature: str | None) -> int:
        headers = {} if signature is None else {"X-PagerDuty-Signature": signature.encode("latin-1")}
        return (await self.client.post("/webhooks/pagerduty", content=body, headers=headers)).status_code

    async def group(self, body: bytes, authorization: str | None = f"Bearer {TOKEN}") -> int:
        headers = {} if authorization is None else {"Authorization": authorization}
        return (await self.client.post("/webhooks/alertmanager", content=body, headers=headers)).status_code

    async def suggestions(self) -> list[Suggestion]:
        async with self.store.look() as unit:
            return [*await unit.alerts.seen_since(self.clock.now() - timedelta(days=30))]


@asynccontextmanager
async def opened(store_url: str) -> AsyncIterator[Front]:
    """Both addresses, open."""
    clock = ManualClock()
    store = Store(open_database(store_url), clock)
    organisation = load_organisation(ROOT / "opsbot.example.yaml")
    desk = desk_over(store, organisation=organisation, catalogue=load(vocabulary(), None))
    webhooks = webhooks_over(store, desk, secrets=[SECRET, OLD], tokens=[TOKEN])
    app = Starlette(
        routes=[
            Route("/webhooks/pagerduty", webhooks.pagerduty, methods=["POST"]),
            Route("/webhooks/alertmanager", webhooks.alertmanager, methods=["POST"]),
        ]
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://opsbot") as client:
        yield Front(client=client, store=store, clock=clock)
    await store.close()


def event(front: Front, *, name: str = "E1", turn: str = "triggered", age: float = 0, **data: object) -> bytes:
    """An event as developer.pagerduty.com documents it."""
    occurred = front.clock.now() - timedelta(hours=age)
    incident = {
        "id": "PGR0VU2",
        "type": "incident",
        "html_url": "https://acme.pagerduty.com/incidents/PGR0VU2",
        "number": 2,
        "status": "triggered",
        "incident_key": "d3640fbd41094207a1c11e58e46b1662",
        "created_at": "2020-04-09T15:16:27Z",
        "title": "A little bump in the road",
        "service": {"id": "PF9KMXH", "summary": "API Service", "type": "service_reference"},
        "assignees": [],
        "priority": {"id": "PSO75BM", "summary": "P1", "type": "priority_reference"},
        "urgency": "high",
        "conference_bridge": None,
        "resolve_reason": None,
    }
    body = {
        "id": name,
        "event_type": f"incident.{turn}",
        "resource_type": "incident",
        "occurred_at": occurred.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "agent": {"id": "PLH1HKV", "summary": "Tenex Engineer", "type": "user_reference"},
        "client": None,
        "data": incident | data,
        "something_new": {"unknown": True},
    }
    return json.dumps({"event": body}).encode()


def signed(body: bytes, *secrets: str) -> str:
    return ",".join(f"v1={hmac.new(secret.encode(), body, 'sha256').hexdigest()}" for secret in secrets or [SECRET])


def group(*alerts: Mapping[str, object], key: str = '{}:{alertname="ApiSlow"}') -> bytes:
    """A notification as prometheus.io documents it."""
    payload = {
        "version": "4",
        "groupKey": key,
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "opsbot",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093",
        "alerts": [dict(alert) for alert in alerts],
    }
    return json.dumps(payload).encode()


FIRING: Mapping[str, object] = {
    "status": "firing",
    "labels": {"alertname": "ApiSlow", "service": "web", "severity": "warning"},
    "annotations": {},
    "startsAt": "2020-01-01T00:00:00.123456789Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus:9090/graph?g0.expr=x",
    "fingerprint": "c3a1b0f2d4e5f607",
}
