"""Playbooks are suggested for what may be read where they are suggested."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.evidence import Advice, Evidence, Finding, Verdict
from playbooks import load
from playbooks.sight import Sight
from playbooks.suggesting import suggested
from playbooks.vocabulary import vocabulary

REVENUE = Finding(verdict=Verdict.RED, says="Orders: 12,345 €, usually 40,000 €", private=True)
SEEN = Evidence(name="revenue", findings=(REVENUE,), looked_at=datetime(2026, 3, 4, 15, tzinfo=UTC))
SLOW = Finding(verdict=Verdict.AMBER, says="Orders are slow")
PLAYBOOK = """---
kind: scenario
title: Nobody buys
suggest_when: revenue
---
1. Look
"""


@pytest.mark.parametrize(
    ("findings", "private", "why"),
    [
        ((REVENUE, SLOW), False, [SLOW.says]),
        ((REVENUE, SLOW), True, [REVENUE.says]),
        ((REVENUE,), False, []),
        ((REVENUE,), True, [REVENUE.says]),
    ],
)
def test_what_only_private_places_may_read_is_no_reason_elsewhere(
    tmp_path: Path, findings: tuple[Finding, ...], why: list[str], *, private: bool
) -> None:
    (tmp_path / "nobody-buys.md").write_text(PLAYBOOK)
    seen = {"revenue": replace(SEEN, findings=findings)}

    found = suggested(load(vocabulary(), tmp_path), seen, private=private)

    assert [each.why for each in found] == why


OLD = Advice(says="the last backup failed", strength=0.6, target="platform", playbook="backup-verification", aside=True)
BACKUPS = Evidence(
    name="backups",
    findings=(Finding(verdict=Verdict.RED, says="1 backup failed", subject="platform"),),
    looked_at=SEEN.looked_at,
    advice=(OLD,),
)
LATENCY = Evidence(
    name="latency",
    findings=(Finding(verdict=Verdict.AMBER, says="p95 1,240 ms", subject="control-plane"),),
    looked_at=SEEN.looked_at,
)


@pytest.mark.parametrize(("other", "told"), [(LATENCY, False), (replace(LATENCY, findings=()), True)])
def test_what_was_so_long_before_is_advised_only_where_nothing_else_is_wrong(other: Evidence, *, told: bool) -> None:
    seen = {"backups": BACKUPS, "latency": other}
    assert Sight(evidence=seen).advice == (OLD if told else None)
    assert ("backup-verification" in [each.name for each in suggested(load(vocabulary(), None), seen)]) is told
