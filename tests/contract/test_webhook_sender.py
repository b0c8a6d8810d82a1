"""The practice ground sends webhooks as the vendors do: signed, in order, again until they are taken or refused."""

import hmac
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.payload import JsonObject
from sandbox.server import Sandbox
from sandbox.slack.app import PLAIN_MANIFEST
from tests.clock import START


class Receiver:
    """Answers webhooks with one status after the other, the last one for ever."""

    def __init__(self, statuses: Iterable[int]) -> None:
        self._statuses = list(statuses)
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.headers.append(dict(request.headers))
        return web.Response(status=self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0])

    @property
    def events(self) -> list[JsonObject]:
        return [json.loads(body)["event"] for body in self.bodies]

    @property
    def types(self) -> list[str]:
        return [event["event_type"] for event in self.events]


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[str]:
    server = web.Application()
    server.add_routes([web.post("/webhooks/{source}", receiver.take)])
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(manifest=PLAIN_MANIFEST, clock=SandboxClock(start=START, ticking=False))
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@asynccontextmanager
async def told(sandbox: Sandbox, *statuses: int) -> AsyncIterator[Receiver]:
    """A receiver that the practice ground tells."""
    receiver = Receiver(statuses or [200])
    async with listening(receiver) as address:
        sandbox.webhooks.send_to(address)
        yield receiver


async def test_what_happens_to_an_incident_is_told_signed_and_in_order(sandbox: Sandbox) -> None:
    async with told(sandbox) as receiver:
        sandbox.pagerduty.raise_alert("Billing", "Payments fail", "critical")
        incident = sandbox.pagerduty.incidents[0].id
        sandbox.pagerduty.acknowledge(incident, "PANA001")
        sandbox.pagerduty.resolve(incident, "PANA001")
        await sandbox.idle()

    assert receiver.types == ["incident.triggered", "incident.acknowledged", "incident.resolved"]
    secret = sandbox.environment()["PAGERDUTY_WEBHOOK_SECRET"].encode()
    for body, headers in zip(receiver.bodies, receiver.headers, strict=True):
        assert headers["X-PagerDuty-Signature"] == f"v1={hmac.new(secret, body, 'sha256').hexdigest()}"
    assert receiver.events[1]["agent"]["id"] == "PANA001"
    assert receiver.events[0]["data"]["service"]["summary"] == "Billing"


async def test_what_cannot_be_taken_now_comes_again_with_the_same_id(sandbox: Sandbox) -> None:
    async with told(sandbox, 503, 500, 200) as receiver:
        sandbox.pagerduty.raise_alert("Billing", "Payments fail", "critical")
        await sandbox.idle()
        assert len(receiver.bodies) == 1

        for _ in range(3):
            sandbox.clock.advance(60)
            await sandbox.idle()

    assert len({event["id"] for event in receiver.events}) == 1
    assert len(receiver.bodies) == 3


async def test_what_is_refused_is_dropped(sandbox: Sandbox) -> None:
    async with told(sandbox, 401) as receiver:
        sandbox.pagerduty.raise_alert("Billing", "Payments fail", "critical")
        await sandbox.idle()
        sandbox.clock.advance(3600)
        await sandbox.idle()

    assert len(receiver.bodies) == 1


@pytest.mark.parametrize(("kind", "times"), [("duplicate_delivery", 2), ("drop_after", 2), ("drop_before", 1)])
async def test_faults_strike_on_the_way(sandbox: Sandbox, kind: str, times: int) -> None:
    sandbox.faults.add(Fault(name=kind, kind=kind, target="webhook", times=1))
    async with told(sandbox) as receiver:
        sandbox.pagerduty.raise_alert("Billing", "Payments fail", "critical")
        await sandbox.idle()
        sandbox.clock.advance(60)
        await sandbox.idle()

    assert len(receiver.bodies) == times


async def test_alertmanager_tells_a_whole_group_with_its_token(sandbox: Sandbox) -> None:
    labels = {"alertname": "ApiSlow", "service": "web"}
    async with told(sandbox) as receiver:
        first = sandbox.alertmanager.fire({**labels, "instance": "1"})
        sandbox.alertmanager.fire({**labels, "instance": "2"})
        sandbox.alertmanager.resolve(first)
        await sandbox.idle()

    last = json.loads(receiver.bodies[-1])
    assert last["version"] == "4"
    assert last["groupKey"] == '{}:{alertname="ApiSlow", service="web"}'
    assert last["commonLabels"] == labels
    assert [each["status"] for each in last["alerts"]] == ["resolved", "firing"]
    token = sandbox.environment()["ALERTMANAGER_TOKEN"]
    assert receiver.headers[-1]["Authorization"] == f"Bearer {token}"


async def test_without_an_address_nothing_is_sent(sandbox: Sandbox) -> None:
    sandbox.pagerduty.raise_alert("Billing", "Payments fail", "critical")
    await sandbox.idle()
    assert sandbox.log.entries(kind="webhook") == []
