"""Playbooks are suggested for what may be read where they are suggested."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.evidence import Evidence, Finding, Verdict
from playbooks import load
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
