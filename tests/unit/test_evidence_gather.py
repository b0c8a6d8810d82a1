"""Evidence is gathered at the same time, and whatever a look does, what comes of it is evidence."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.chart import Chart
from bot.domain.evidence import CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from playbooks.evidence.gather import each, look, looked
from playbooks.evidence.kind import Kind, Look
from playbooks.evidence.seen import Seen, one
from playbooks.world import World
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 9, 14, tzinfo=UTC)
SUBJECT = Subject(services=("web",), since=NOW - timedelta(hours=1), until=NOW)


def kind(look_at: Look, *, deadline: float = 10) -> Kind:
    return Kind(look=look_at, title="Something", sentence="Something is looked at.", deadline=deadline)


async def not_configured(world: World, subject: Subject) -> Evidence:
    raise NotConfigured("Prometheus is not configured; set OPSBOT_PROMETHEUS_URL.")


async def could_not(world: World, subject: Subject) -> Evidence:
    raise CouldNotLook("Prometheus does not answer.")


async def for_ever(world: World, subject: Subject) -> Evidence:
    await asyncio.Event().wait()
    raise AssertionError


async def nonsense(world: World, subject: Subject) -> Evidence:
    raise KeyError("result")


@pytest.mark.parametrize(
    ("look_at", "verdict", "says"),
    [
        (not_configured, Verdict.NOT_CONFIGURED, "Prometheus is not configured; set OPSBOT_PROMETHEUS_URL."),
        (could_not, Verdict.COULD_NOT_LOOK, "Prometheus does not answer."),
        (for_ever, Verdict.COULD_NOT_LOOK, "Something: no answer within 0.01 s; look again."),
        (nonsense, Verdict.COULD_NOT_LOOK, "Something: what came cannot be read (KeyError); the log has more."),
    ],
)
async def test_a_look_that_brings_nothing_says_why(look_at: Look, verdict: Verdict, says: str) -> None:
    found = await looked(empty_world(NOW), "latency", kind(look_at, deadline=0.01), SUBJECT)

    assert (found.name, found.verdict, found.looked_at) == ("latency", verdict, NOW)
    assert [finding.says for finding in found.findings] == [says]


async def test_evidence_of_a_name_that_is_gone_is_not_good() -> None:
    assert (await look(empty_world(NOW), "tea-leaves", SUBJECT)).verdict is Verdict.COULD_NOT_LOOK


async def test_a_service_that_cannot_be_looked_at_does_not_hide_the_others() -> None:
    health: Mapping[str, Verdict] = {"web": Verdict.GREEN, "billing": Verdict.RED}

    async def of(service: str) -> Finding:
        if service not in health:
            raise CouldNotLook(f"{service} does not answer.")
        return Finding(verdict=health[service], says="…", subject=service)

    found = await each(["web", "runtime", "billing"], of)

    assert [(finding.subject, finding.verdict) for finding in found] == [
        ("web", Verdict.GREEN),
        ("runtime", Verdict.COULD_NOT_LOOK),
        ("billing", Verdict.RED),
    ]


async def test_the_chart_of_one_among_several_names_it() -> None:
    async def look_at() -> Seen:
        return Seen(findings=(), charts=(Chart(title="Latency", unit="ms", alt="", traces=()),))

    assert [chart.subject for chart in (await one("billing", "Billing", look_at())).charts] == ["billing"]
