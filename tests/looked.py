"""A war room where latency, users and the like are looked at, and what is found there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.domain.chart import Chart, Point, Trace
from bot.domain.evidence import Advice, Evidence, Finding, Verdict
from bot.domain.incident import Incident
from bot.domain.looking import LookAt, ShareChart
from bot.domain.playbook import Vocabulary
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from playbooks import Catalogue, load
from sandbox.clock import SandboxClock
from tests.as_text import message_text
from tests.war_room import START, WarRoom, example

WORDS = Vocabulary(evidence={"latency": "…", "error-ratio": "…", "users": "…", "backups": "…"})
CRITICAL = """---
kind: incident
title: Critical incident
---
## Declare
1. Page the on-call engineer. `auto: page-on-call`
2. Open the war room. `auto: open-war-room`
3. Are answers slow? `evidence: latency` `evidence: users`

## Assess
1. Do answers fail? `evidence: error-ratio`
2. Stop it.
"""
SPIKE = """---
kind: scenario
title: API latency spike
suggest_when: latency
---
## Diagnose
1. How slow is it? `evidence: latency`
2. Scale out.
"""
CHECK = """---
kind: checklist
title: Night check
---
## Look
1. Latency `evidence: latency`
2. Backups `evidence: backups`
"""
SLOW = Evidence(
    name="latency",
    findings=(
        Finding(verdict=Verdict.GREEN, says="Billing p95 90 ms", subject="billing"),
        Finding(verdict=Verdict.RED, says="Control plane p95 1,240 ms, usually 310 ms", subject="control-plane"),
        Finding(verdict=Verdict.GREEN, says="Agent runtime p95 80 ms", subject="agent-runtime"),
        Finding(verdict=Verdict.COULD_NOT_LOOK, says="Web could not be looked at: 503", subject="web"),
        Finding(verdict=Verdict.GREEN, says="Search p95 30 ms"),
    ),
    looked_at=START,
    charts=(
        Chart(
            title="Latency",
            unit="ms",
            alt="p95 of Control plane jumps to 1,240 ms.",
            traces=(Trace(name="p95", points=(Point(at=START, value=1240),)),),
        ),
    ),
    advice=(
        Advice(says="something else", strength=0.2, change="restart", target="control-plane"),
        Advice(
            says="00042 deployed 13:58, slow since 14:02; 00041 was healthy",
            strength=0.9,
            change="rollback",
            target="control-plane",
            command="gcloud run services update-traffic control-plane --to-revisions control-plane-00041=100",
        ),
    ),
)
QUICK = Evidence(
    name="latency",
    findings=(Finding(verdict=Verdict.GREEN, says="Control plane p95 310 ms", subject="control-plane"),),
    looked_at=START,
)
USERS = Evidence(
    name="users",
    findings=(Finding(verdict=Verdict.AMBER, says="active users 1,200, usually 2,000"),),
    looked_at=START,
)


def looking_catalogue(folder: Path) -> Catalogue:
    """Playbooks that ask to be looked at something, over the library."""
    for name, text in (("critical-incident", CRITICAL), ("api-latency-spike", SPIKE), ("night-check", CHECK)):
        (folder / f"{name}.md").write_text(text)
    return load(WORDS, folder)


@asynccontextmanager
async def opened(url: str, catalogue: Catalogue) -> AsyncIterator[WarRoom]:
    """A bot with these playbooks; what is looked at is found in `outside.seen`."""
    clock = SandboxClock(start=START, ticking=False)
    store = Store(open_database(url), clock)
    try:
        yield WarRoom(store, clock, example()[0], catalogue)
    finally:
        await store.close()


async def declared(room: WarRoom, *seen: Evidence, private: bool = False) -> Incident:
    """An incident for which this is seen."""
    room.outside.seen = {each.name: each for each in seen}
    incident = await room.declare(private=private)
    await room.settle(3)
    return incident


def looks(room: WarRoom) -> list[str]:
    """The names of what was looked at, in order."""
    return [effect.name for effect in room.outside.done if isinstance(effect, LookAt)]


def charts(room: WarRoom) -> list[ShareChart]:
    """The charts that were shared."""
    return [effect for effect in room.outside.done if isinstance(effect, ShareChart)]


def phase(room: WarRoom, slug: str = "declare", of: str = "incident/1") -> str:
    """What a phase says."""
    return message_text(room.outside.messages[f"{of}/phase/{slug}"])
