"""What is due now is said once, the most urgent first, with the press that settles it."""

from collections.abc import Callable

import pytest

from bot.domain.incident import Incident, Severity
from bot.domain.message import Message
from bot.domain.page import Page, Paging
from bot.domain.run import Run
from bot.domain.trouble import Trouble
from bot.slack.blocks import rendered
from playbooks.due_now import due_now
from playbooks.messages.due import due_message
from tests import night
from tests.as_text import message_text
from tests.golden_file import assert_golden


def said(incident: Incident, begun: Run, minutes: float) -> Message:
    organisation = night.organisation()
    due = due_now(incident, begun, organisation.severity(incident.severity), night.at(minutes))
    return due_message(incident, begun, due, organisation)


def unanswered() -> Incident:
    """Nobody has reacted: the rungs of the escalation were climbed, with mixed success."""
    incident = night.notified()
    incident.escalated = 3
    incident.paged = {
        "vp-engineering": Page(state=Paging.NOTIFIED, who="Eli Stern", at=night.at(16)),
        "cto": Page(state=Paging.FAILED, why="PagerDuty does not know this person"),
    }
    return night.asked_for_update(incident)


def without_commander() -> Incident:
    """Somebody acknowledged in PagerDuty whom nobody here knows."""
    incident = night.declared()
    incident.acknowledge("", night.at(3))
    return incident


def troubled() -> Incident:
    incident = night.investigating()
    incident.suffer(Trouble(serial=7, what="could not set the topic: opsbot is not in the channel"))
    return incident


def watched() -> Incident:
    incident = night.mitigated()
    incident.end_watch(night.at(61))
    return incident


MOMENTS: dict[str, tuple[Callable[[], Incident], Callable[[], Run], float]] = {
    "update": (lambda: night.asked_for_update(night.investigating()), night.run, 4),
    "update-nobody": (lambda: night.asked_for_update(night.declared()), night.run, 4),
    "unanswered": (unanswered, night.run, 16),
    "no-commander": (without_commander, night.run, 16),
    "late": (night.acknowledged, lambda: night.run(phases=3), 16),
    "trouble": (troubled, night.run, 4),
    "watched": (watched, lambda: night.run(phases=1), 4),
    "after-resolving": (night.resolved, lambda: night.run(phases=5), 60 * 26),
    "medium-unanswered": (lambda: night.declared(Severity.MEDIUM), lambda: night.run("medium-incident"), 60 * 16),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_is_due_is_said_with_the_press_that_settles_it(moment: str) -> None:
    incident, begun, minutes = MOMENTS[moment]
    message = said(incident(), begun(), minutes)

    assert_golden(f"messages/due-{moment}.txt", message_text(message))
    assert not rendered(message).cut


def test_everything_at_once_still_fits() -> None:
    incident = unanswered()
    for serial in range(5):
        incident.suffer(Trouble(serial=serial, what="could not " + "word " * 1000))
    message = said(incident, night.run(phases=3), 300)

    assert not rendered(message).cut


def test_the_message_says_the_same_a_minute_later() -> None:
    """Nothing in it runs with the clock, so it is edited only when something else is due."""
    incident, begun = unanswered(), night.run(phases=2)

    assert said(incident, begun, 16) == said(incident, begun, 17)
