"""The addresses of webhooks, as strangers, PagerDuty and Alertmanager find them."""

import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.routing import Route

from bot.domain.alert import Suggestion
from bot.domain.playbook import Vocabulary
from bot.integrations.alertmanager import read_alerts
from bot.integrations.webhook_payload import LONGEST_LABEL, MOST_LABELS
from bot.organisation_file import load_organisation
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from handlers.desk import desk_over, webhooks_over
from handlers.webhooks import LARGEST
from playbooks import load
from tests.clock import ManualClock

ROOT = Path(__file__).parents[2]
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


@pytest.fixture
async def front(store_url: str) -> AsyncIterator[Front]:
    async with opened(store_url) as front:
        yield front


@asynccontextmanager
async def opened(store_url: str) -> AsyncIterator[Front]:
    clock = ManualClock()
    store = Store(open_database(store_url), clock)
    organisation = load_organisation(ROOT / "opsbot.example.yaml")
    desk = desk_over(store, organisation=organisation, catalogue=load(Vocabulary(), None))
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


async def test_a_signed_event_is_heard(front: Front) -> None:
    body = event(front)
    assert await front.event(body, signed(body)) == 200

    [suggestion] = await front.suggestions()
    [alert] = suggestion.alerts.values()
    assert suggestion.title == "A little bump in the road"
    assert (alert.service, alert.severity) == ("API Service", "P1")
    assert alert.link == "https://acme.pagerduty.com/incidents/PGR0VU2"


@pytest.mark.parametrize("secrets", [[OLD], [SECRET, OLD], ["wrong", SECRET], ["wrong", "wrong", OLD]], ids=",".join)
async def test_one_known_secret_among_the_signatures_will_do(front: Front, secrets: list[str]) -> None:
    body = event(front)
    assert await front.event(body, signed(body, *secrets).replace(",", ", ")) == 200
    assert len(await front.suggestions()) == 1


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "v1=",
        ",,,",
        "v1",
        "nonsense",
        "v1=" + "0" * 64,
        "v1=é\u00ff",
        "v0=<hex>",
        "<hex>",
        "V1=<hex>",
        "v1=<HEX>",
        "v1=<hex>0",
        "v1=wrong," * 10 + "v1=<hex>",
    ],
)
async def test_what_nobody_signed_is_told_to_come_again_and_leaves_no_trace(
    front: Front, signature: str | None
) -> None:
    body = event(front)
    right = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    given = signature.replace("<hex>", right).replace("<HEX>", right.upper()) if signature is not None else None

    assert await front.event(body, given) == 503
    assert await front.suggestions() == []


async def test_a_changed_body_is_not_signed(front: Front) -> None:
    body = event(front)
    assert await front.event(body + b" ", signed(body)) == 503
    assert await front.suggestions() == []


async def test_a_replayed_event_is_heard_once(front: Front) -> None:
    body = event(front)
    assert [await front.event(body, signed(body)) for _ in range(3)] == [200, 200, 200]

    front.clock.advance(71 * 3600)
    assert await front.event(body, signed(body)) == 200
    [suggestion] = await front.suggestions()
    assert suggestion.version == 1 or len(suggestion.alerts) == 1


async def test_an_event_that_somebody_recorded_long_ago_is_ignored(front: Front) -> None:
    body = event(front, age=73)
    assert await front.event(body, signed(body)) == 200
    assert await front.suggestions() == []


async def test_events_that_overtake_each_other_end_as_the_later_one_says(front: Front) -> None:
    for body in (
        event(front, name="E2", age=1),
        event(front, name="E4", turn="resolved"),
        event(front, name="E3", turn="acknowledged", age=0.5),
    ):
        assert await front.event(body, signed(body)) == 200

    [suggestion] = await front.suggestions()
    assert suggestion.firing == ()


async def test_a_reopened_incident_fires_again(front: Front) -> None:
    turns = ["triggered", "resolved", "reopened"]
    for hours, turn in zip((3, 2, 1), turns, strict=True):
        body = event(front, name=turn, turn=turn, age=hours)
        assert await front.event(body, signed(body)) == 200

    [suggestion] = await front.suggestions()
    assert len(suggestion.firing) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"null",
        b'{"event": 1}',
        b'{"event": {"id": "E", "event_type": "pagey.ping"}}',
        b'{"event": {"id": "E", "event_type": "incident.triggered"}}',
        b'{"event": {"id": "E", "event_type": "incident.triggered", "occurred_at": "yesterday", "data": {}}}',
        b'{"event": {"id": "E", "event_type": "incident.escalated", "occurred_at": "2026-01-01T00:00:00Z"}}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
    ],
)
async def test_what_pagerduty_signs_and_nobody_understands_is_taken_and_does_nothing(front: Front, body: bytes) -> None:
    assert await front.event(body, signed(body)) in {200, 202}
    assert await front.suggestions() == []


async def test_a_body_that_is_too_large_is_refused(front: Front) -> None:
    body = b"x" * (LARGEST + 1)
    assert await front.event(body, signed(body)) == 413
    assert await front.group(body) == 413


@pytest.mark.parametrize(
    "authorization", [None, "", TOKEN, "Bearer", "Bearer wrong", f"bearer {TOKEN}", f"Basic {TOKEN}"]
)
async def test_alertmanager_must_know_the_token(front: Front, authorization: str | None) -> None:
    assert await front.group(group(FIRING), authorization) == 401
    assert await front.suggestions() == []


async def test_a_group_is_heard_however_often_it_is_repeated(front: Front) -> None:
    assert [await front.group(group(FIRING)) for _ in range(3)] == [200, 200, 200]

    [suggestion] = await front.suggestions()
    [alert] = suggestion.alerts.values()
    assert alert.since.year == 2020
    assert alert.link == "http://prometheus:9090/graph?g0.expr=x"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"version": "3", "groupKey": "k"}',
        b'{"version": "4"}',
        b'{"version": "4", "groupKey": "k", "alerts": 7}',
    ],
)
async def test_a_group_that_nobody_understands_does_nothing(front: Front, body: bytes) -> None:
    assert await front.group(body) in {200, 202}
    assert await front.suggestions() == []


async def test_hostile_labels_are_bounded_and_no_link_is_made_of_a_script(front: Front) -> None:
    labels = {f"l{number}": "x" * 5000 for number in range(300)} | {"nul": "a\x00b", "lone": "\ud800"}
    hostile = {"labels": {"alertname": "<!channel>", **labels}, "annotations": {"runbook_url": "javascript:alert(1)"}}
    body = group({**FIRING, **hostile})
    [alert] = read_alerts(body, front.clock.now())
    assert len(alert.labels) <= MOST_LABELS
    assert max(map(len, alert.labels.values())) <= LONGEST_LABEL

    assert await front.group(body) == 200
    [suggestion] = await front.suggestions()
    [kept] = suggestion.alerts.values()
    assert suggestion.title == "<!channel>"
    assert kept.link == ""


async def test_what_no_database_can_store_is_left_out(front: Front) -> None:
    hostile = {"labels": {"alertname": "a\x00b\ud800c", "service": "\ud800"}, "annotations": {"summary": "x\x00"}}
    assert await front.group(group({**FIRING, **hostile}, key="k\x00\ud800")) == 200

    [suggestion] = await front.suggestions()
    assert suggestion.title == "x"


async def test_a_storm_of_one_cause_is_one_suggestion(front: Front) -> None:
    storm = [{**FIRING, "fingerprint": f"{number:016x}"} for number in range(1000)]
    assert await front.group(group(*storm)) == 200

    [suggestion] = await front.suggestions()
    assert suggestion.beyond
    assert len(suggestion.alerts) == 200


async def test_while_the_disk_is_full_everything_is_to_come_again(sqlite_store_url: str) -> None:
    storm = [
        {**FIRING, "fingerprint": f"{number:016x}", "annotations": {"summary": "x" * 900}} for number in range(150)
    ]
    async with opened(sqlite_store_url) as front:
        async with front.store.begin() as unit:
            pages = await unit.connection.scalar(text("PRAGMA page_count"))
            await unit.connection.execute(text(f"PRAGMA max_page_count={pages}"))
        assert await front.group(group(*storm)) == 503
        body = event(front, title="x" * 100_000)
        assert await front.event(body, signed(body)) == 503

        async with front.store.begin() as unit:
            await unit.connection.execute(text("PRAGMA max_page_count=100000"))
        assert await front.event(body, signed(body)) == 200
        assert await front.group(group(*storm)) == 200
        assert len(await front.suggestions()) == 2
