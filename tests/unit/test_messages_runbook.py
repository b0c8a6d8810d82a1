"""What is said of playbooks, standalone runs and glances: these words, and they fit however much there is."""

from dataclasses import replace

import pytest

from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.message import Message
from bot.domain.outlook import SuggestedPlaybook
from bot.domain.playbook import Playbook
from bot.domain.run import Run, State
from bot.domain.start import Glance, Start
from bot.slack.blocks import rendered
from playbooks import Catalogue
from playbooks.due_now import late_steps
from playbooks.finding import find
from playbooks.glances import METRICS, Wanted, playbook_of
from playbooks.markdown import examine, read
from playbooks.messages.contacts import contacts_message, handoff_message
from playbooks.messages.glance import checks_message, glance_message, looking
from playbooks.messages.late import late_message
from playbooks.messages.phase import phase_message
from playbooks.messages.runbook import (
    found_message,
    listing_message,
    playbook_message,
    run_failed,
    run_started,
    run_stopped,
)
from playbooks.sight import Sight
from playbooks.vocabulary import vocabulary
from tests import night
from tests.as_text import message_text
from tests.golden_file import assert_golden

ORGANISATION = night.organisation()
SPIKE = """---
kind: scenario
title: API latency spike
owner: platform-team
suggest_when: latency
---
Latency is a symptom. Look before you scale.

## Diagnose
`window: 0-10m`

1. Is the database the bottleneck? `evidence: database-metrics`
2. What do you think it is? `ask: suspected-cause`

## Act
1. Give the service more room. `role: on-call`
"""
FRIDAY = "---\nkind: handoff\ntitle: Handoff on Friday\n---\n1. Call whoever follows\n"
COFFEE = "# Restart the coffee machine\n\n" + "\n".join(f"{number}. Press button {number}" for number in range(1, 46))


def book(text: str, name: str) -> Playbook:
    return read(text, f"{name}.md", vocabulary())


def catalogue() -> Catalogue:
    books = (book(SPIKE, "api-latency-spike"), book(FRIDAY, "handoff-friday"), book(COFFEE, "coffee"))
    mistakes = examine("---\nkind: scenrio\n---\n1. Do it\n", "own/broken.md", vocabulary()).mistakes
    return Catalogue(playbooks={each.name: each for each in books}, mistakes=mistakes)


def run(playbook: Playbook, *, phases: int = 1, glance: Glance | None = None) -> Run:
    start = Start(by=night.ANA, place="channel/C1", services=("control-plane",), glance=glance)
    begun = Run(id=7, incident=0, playbook=playbook, started_at=night.TWO, start=start)
    for _ in range(phases):
        begun.open_next(night.TWO)
    return begun


def spike(*, phases: int = 1) -> Run:
    return run(book(SPIKE, "api-latency-spike"), phases=phases)


def ended() -> Run:
    begun = spike(phases=2)
    begun.end("diagnose/1", State.DONE, by=night.ANA, now=night.at(3))
    begun.end("diagnose/2", State.DONE, by=night.BEN, now=night.at(4), note="The deployment of 01:52")
    begun.end("act/1", State.DONE, by=night.BEN, now=night.at(9))
    begun.ended_at = night.at(9)
    return begun


def stopped() -> Run:
    begun = spike()
    begun.stop(night.BEN, night.at(2))
    return begun


def phase(of: Run, number: int = -1) -> Message:
    return phase_message(None, of, of.phases[number])


def glance(*seen: Evidence) -> Message:
    wanted = Wanted(title="Metrics of Control plane, last 1 h", evidence=METRICS[:2])
    looks = run(playbook_of(wanted), glance=Glance(window=wanted.window))
    return glance_message(looks, looks.phases[0], Sight(evidence={each.name: each for each in seen}))


def evidence(name: str, *findings: Finding) -> Evidence:
    return Evidence(name=name, findings=findings, looked_at=night.at(1))


SLOW = evidence("latency", Finding(verdict=Verdict.RED, says="Control plane p95 1,240 ms, usually 310 ms"))
FINE = evidence("error-ratio", Finding(verdict=Verdict.GREEN, says="Control plane 0.1 % of 12,000 requests"))
BLIND = evidence(
    "error-ratio", Finding(verdict=Verdict.COULD_NOT_LOOK, says="Errors: no answer within 10 s; look again.")
)

MESSAGES: dict[str, Message] = {
    "list": listing_message(catalogue()),
    "list-here": listing_message(
        catalogue(),
        suggested=(
            SuggestedPlaybook(name="api-latency-spike", title="API latency spike", why="p95 1,240 ms, usually 310 ms"),
        ),
        under_way=(spike(),),
    ),
    "found": found_message("press the button", find("press machine friday", catalogue()), thread=""),
    "playbook": playbook_message(catalogue().find("api-latency-spike"), 1, thread=""),
    "playbook-page-2": playbook_message(catalogue().find("coffee"), 2, thread="17.5"),
    "started": run_started(spike()),
    "stopped": run_stopped(stopped()),
    "failed": run_failed(spike(), "could not post the steps: invite opsbot to its channel.", again=12),
    "run": phase(spike()),
    "run-ended": phase(ended()),
    "run-ended-first-phase": phase(ended(), 0),
    "run-stopped": phase(stopped()),
    "late": late_message(None, spike(), late_steps(spike(), night.at(11))),
    "looking": looking("Metrics of Control plane, last 1 h"),
    "glance-looking": glance(),
    "glance-half": glance(FINE),
    "glance-bad": glance(SLOW, FINE),
    "glance-blind": glance(BLIND),
    "checks": checks_message(Catalogue(playbooks={"coffee": catalogue().find("coffee")}, mistakes=())),
    "contacts": contacts_message(ORGANISATION),
    "handoff": handoff_message(catalogue(), thread=""),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_it_is_said_in_these_words(name: str) -> None:
    assert_golden(f"messages/runbook-{name}.txt", message_text(MESSAGES[name]))
    rendered(MESSAGES[name])


def test_any_number_of_playbooks_fits_and_so_does_any_playbook() -> None:
    one = catalogue().find("coffee")
    many = {f"coffee-{number}": replace(one, name=f"coffee-{number}", title="x" * 150) for number in range(400)}
    listed = rendered(listing_message(Catalogue(playbooks=many, mistakes=())))
    assert len(listed.blocks) <= 50
    long = "\n\n".join(f"## {'Phase ' * 20}{number}\n\n1. {'step ' * 200}" for number in range(60))
    shown = rendered(playbook_message(book(long, "long"), 3, thread=""))
    assert len(shown.blocks) <= 50


@pytest.mark.parametrize("page", [0, 3, 4, 10**9])
def test_a_page_too_far_is_the_last(page: int) -> None:
    shown = message_text(playbook_message(catalogue().find("coffee"), page, thread=""))
    assert ("page 1 of 3" if page == 0 else "page 3 of 3") in shown
