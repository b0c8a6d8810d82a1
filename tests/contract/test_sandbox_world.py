"""The control panel's side of the platform: seen, broken, mended; and the alerts that fire on business time."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.clock import SandboxClock
from sandbox.server import Sandbox
from sandbox.world.breakages import BREAKAGES
from tests.contract.conftest import NINE
from tests.contract.page import Page
from tests.contract.tiny_app import MANIFEST


@pytest.fixture
async def alarmed() -> AsyncIterator[Sandbox]:
    """A practice ground whose platform raises alerts; its clock stands still."""
    sandbox = Sandbox(manifest=MANIFEST, clock=SandboxClock(start=NINE, ticking=False), alarms=True)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


async def _firing(sandbox: Sandbox) -> set[tuple[str, str]]:
    async with aiohttp.ClientSession() as session:
        alerts = (await Page(sandbox, session).get("/control/alertmanager"))["alerts"]
    return {(alert["labels"]["alertname"], alert["labels"]["service"]) for alert in alerts}


async def test_something_is_broken_and_mended(page: Page) -> None:
    before = await page.get("/control/world")
    broken = await page.post("/control/world/break", {"breakage": "bad-deploy", "of": "billing"})
    mended = await page.post("/control/world/mend", {})

    assert before["broken"] == []
    assert {service["name"] for service in before["services"]} == {"control-plane", "agent-runtime", "billing", "web"}
    assert [(each["breakage"], each["of"], each["passes"]) for each in broken["broken"]] == [
        ("bad-deploy", "billing", False)
    ]
    assert mended["broken"] == []


async def test_the_view_follows_what_happens(page: Page, sandbox: Sandbox) -> None:
    await page.post("/control/world/break", {"breakage": "bad-deploy"})
    sandbox.clock.advance(60)
    world = await page.get("/control/world")
    service = next(each for each in world["services"] if each["name"] == "control-plane")

    assert service["serving"] == [{"revision": "control-plane-00042", "percent": 100}]
    assert service["errors"] > 0.2
    assert service["p95"] > 1000
    assert 0 < world["database"]["used"] < world["database"]["usable"]


async def test_every_breakage_is_offered_with_a_line_about_it(page: Page) -> None:
    offered = (await page.get("/control/world/breakages"))["breakages"]
    assert [each["name"] for each in offered] == list(BREAKAGES)
    assert all(each["says"].endswith(".") and each["of"] in each["choices"] for each in offered)


async def test_what_began_outside_may_pass_and_what_was_deployed_does_not(page: Page) -> None:
    await page.post("/control/world/break", {"breakage": "tool-down"})
    await page.post("/control/world/break", {"breakage": "bad-deploy"})
    passed = await page.post("/control/world/pass", {"breakage": "tool-down", "of": "web-search"})
    refused = await page.post("/control/world/pass", {"breakage": "bad-deploy", "of": "control-plane"})

    assert [each["breakage"] for each in passed["broken"]] == ["bad-deploy"]
    assert refused["error"] == "does_not_pass"


@pytest.mark.parametrize("body", [{"breakage": "bad-deploi"}, {"breakage": "bad-deploy", "of": "nobody"}])
async def test_what_cannot_be_broken_is_refused_in_a_sentence(page: Page, body: dict[str, str]) -> None:
    refused = await page.post("/control/world/break", body)
    assert refused["error"] == "cannot_be_done"
    assert refused["errors"][0].endswith((".", "'"))
    assert (await page.get("/control/world"))["broken"] == []


async def test_an_alert_fires_after_its_time_and_stops_when_all_is_well(alarmed: Sandbox) -> None:
    alarmed.platform.break_("bad-deploy")
    alarmed.clock.advance(20)
    early = await _firing(alarmed)
    alarmed.clock.advance(120)
    assert early == set()
    assert {("HighErrorRate", "control-plane"), ("HighLatency", "control-plane")} <= await _firing(alarmed)

    alarmed.platform.mend_all()
    alarmed.clock.advance(30)
    assert ("HighErrorRate", "control-plane") in await _firing(alarmed)
    alarmed.clock.advance(90)
    assert await _firing(alarmed) == set()


@pytest.mark.parametrize(
    ("breakage", "minutes", "alert"),
    [
        ("traffic-surge", 3, ("TrafficSpike", "control-plane")),
        ("slow-queries", 3, ("DatabaseCpuHigh", "control-plane")),
        ("connection-leak", 10, ("DatabaseConnectionsHigh", "agent-runtime")),
        ("memory-leak", 17, ("HighMemory", "agent-runtime")),
        ("tool-down", 3, ("ToolFailing", "agent-runtime")),
        ("permission-revoked", 3, ("ToolFailing", "agent-runtime")),
        ("bad-agent-update", 3, ("AgentFailing", "agent-runtime")),
        ("wont-start", 1, ("RevisionNotReady", "billing")),
        ("secret-gone", 12, ("ServiceDown", "billing")),
        ("lost-data", 2, ("RowsMissing", "control-plane")),
        ("backup-failed", 2, ("BackupFailed", "agent-marketplace-db")),
        ("backups-off", 2, ("BackupStale", "agent-marketplace-db")),
        ("cache-collapse", 3, ("CacheHitRatioLow", "control-plane")),
    ],
)
async def test_every_breakage_raises_its_alert(
    alarmed: Sandbox, breakage: str, minutes: int, alert: tuple[str, str]
) -> None:
    alarmed.platform.break_(breakage)
    alarmed.clock.advance(60 * minutes)
    assert alert in await _firing(alarmed)


async def test_what_follows_from_elsewhere_raises_no_alert_of_its_own(alarmed: Sandbox) -> None:
    alarmed.platform.break_("connection-leak")
    alarmed.clock.advance(12 * 60)
    assert {service for _alert, service in await _firing(alarmed)} == {"agent-runtime"}

    alarmed.platform.mend_all()
    alarmed.platform.break_("slow-queries")
    alarmed.clock.advance(5 * 60)
    assert await _firing(alarmed) == {("DatabaseCpuHigh", "control-plane"), ("HighLatency", "control-plane")}


async def test_agents_that_fail_for_one_more_reason_raise_one_more_alert(alarmed: Sandbox) -> None:
    told = []
    for breakage in ("tool-down", "permission-revoked", "bad-agent-update"):
        alarmed.platform.break_(breakage)
        alarmed.clock.advance(180)
        told.append(await _firing(alarmed))
    tool, agent = ("ToolFailing", "agent-runtime"), ("AgentFailing", "agent-runtime")
    assert told == [{tool}, {tool}, {tool, agent}]
    async with aiohttp.ClientSession() as session:
        alerts = (await Page(alarmed, session).get("/control/alertmanager"))["alerts"]
    labels = sorted(each["labels"].get("tool") or each["labels"]["agent"] for each in alerts)
    assert labels == ["document-store", "support-triage", "web-search"]

    alarmed.platform.relieve("tool-down", "web-search")
    alarmed.clock.advance(180)
    assert await _firing(alarmed) == {tool, agent}


async def test_a_healthy_week_and_an_innocent_deploy_raise_nothing(alarmed: Sandbox) -> None:
    alarmed.platform.break_("innocent-deploy")
    for _ in range(7 * 8):
        alarmed.clock.advance(3 * 3600)
        assert await _firing(alarmed) == set()


async def test_without_alarms_nothing_fires(sandbox: Sandbox) -> None:
    sandbox.platform.break_("bad-deploy")
    sandbox.clock.advance(600)
    assert await _firing(sandbox) == set()


async def test_an_alert_fires_on_after_a_restart_and_stops_then(tmp_path: Path) -> None:
    clock = SandboxClock(start=NINE, ticking=False)
    first = Sandbox(manifest=MANIFEST, clock=clock, folder=tmp_path, alarms=True)
    await first.start()
    first.platform.break_("wont-start")
    clock.advance(60)
    fired = await _firing(first)
    await first.stop()

    second = Sandbox(manifest=MANIFEST, clock=clock, folder=tmp_path, alarms=True)
    await second.start()
    assert await _firing(second) == fired == {("RevisionNotReady", "billing")}
    second.platform.mend_all()
    clock.advance(60)
    assert await _firing(second) == set()
    await second.stop()
