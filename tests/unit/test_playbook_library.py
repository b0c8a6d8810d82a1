"""The incident playbooks that come with opsbot say what the runbook says; golden files keep how they are read."""

import json
import os
import re
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.domain.playbook import Fact, Kind, Phase, Playbook, Since
from playbooks import load
from playbooks.vocabulary import vocabulary

GOLDEN = Path(__file__).parent.parent / "golden" / "playbooks"
INCIDENTS = ("critical-incident", "high-incident", "medium-incident", "low-incident")


def find(name: str) -> Playbook:
    return load(vocabulary(), None).find(name)


def as_json(playbook: Playbook) -> str:
    values = asdict(playbook)
    del values["source"], values["digest"]
    return json.dumps(values, indent=2, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return f"{int(value.total_seconds()) // 60} min"
    assert isinstance(value, date)
    return value.isoformat()


def autos(playbook: Playbook) -> set[str | None]:
    return {step.auto for step in playbook.steps()}


@pytest.mark.parametrize("name", INCIDENTS)
def test_a_playbook_of_the_library_is_read_as_ever(name: str) -> None:
    """After a wanted change run the tests with UPDATE_GOLDEN=1 and read the difference."""
    golden = GOLDEN / f"{name}.json"
    found = as_json(find(name))
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")

    assert golden.read_text(encoding="utf-8") == found


def test_the_critical_playbook_has_the_runbooks_phases_and_windows() -> None:
    windows = [phase.window for phase in find("critical-incident").phases]

    minutes = [(w.start // timedelta(minutes=1), w.end and w.end // timedelta(minutes=1)) for w in windows if w]
    assert minutes == [(0, 5), (5, 15), (15, 60), (60, None), (0, 1440)]
    assert [w.since for w in windows if w] == [Since.DECLARED] * 4 + [Since.RESOLVED]


RUNBOOK: dict[str, tuple[str, ...]] = {
    "declare": ("page", "#critical-incidents", "command", "war room", "stakeholders"),
    "assess": ("users", "services", "changed", "logs", "cause"),
    "mitigate": ("workaround", "isolate", "roll back", "scale", "status page"),
    "resolve": ("permanent fix", "staging", "production", "verify", "30 minutes", "close"),
    "learn": ("report", "root cause", "preventive", "follow-up", "customers"),
}
"""What each step of the owners' critical playbook is about, in its order."""


@pytest.mark.parametrize("slug", list(RUNBOOK))
def test_every_step_of_the_runbooks_critical_playbook_is_there(slug: str) -> None:
    phase: Phase = next(phase for phase in find("critical-incident").phases if phase.slug == slug)

    assert len(phase.steps) == len(RUNBOOK[slug])
    for step, word in zip(phase.steps, RUNBOOK[slug], strict=True):
        assert word in step.text.lower()


@pytest.mark.parametrize("name", ["critical-incident", "high-incident"])
def test_critical_and_high_page_announce_inform_and_open_a_room_at_once(name: str) -> None:
    first = find(name).phases[0]

    assert {step.auto for step in first.steps} == {
        "page-on-call",
        "announce",
        "open-war-room",
        "inform-stakeholders",
        None,
    }


@pytest.mark.parametrize("name", ["medium-incident", "low-incident"])
def test_medium_and_low_wake_nobody_and_are_not_announced(name: str) -> None:
    assert not autos(find(name)) & {"page-on-call", "announce"}


@pytest.mark.parametrize("name", INCIDENTS)
def test_every_incident_finds_a_commander_and_ends_resolved(name: str) -> None:
    playbook = find(name)

    assert playbook.kind is Kind.INCIDENT
    assert {Fact.COMMANDER, Fact.RESOLVED} <= {step.done_when for step in playbook.steps()}


@pytest.mark.parametrize("name", INCIDENTS)
def test_a_step_is_short_enough_for_a_tired_reader(name: str) -> None:
    long = [step.text for step in find(name).steps() if len(step.text) > 72 or len(re.findall(r"\w+", step.text)) > 13]

    assert long == []
