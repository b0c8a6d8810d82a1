"""What is said and asked about tasks, the report, the meeting and the record, in these words."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.filing import Filed, Filing
from bot.domain.form import Form
from bot.domain.incident import Incident
from bot.domain.message import Message
from bot.domain.milestone import Milestone
from bot.domain.timeline import Attachment, Entry, Happening
from bot.organisation import ReportHome
from bot.slack.blocks import rendered
from bot.slack.forms import view_of
from playbooks.due_now import Due
from playbooks.messages import answers, filing, report, task, times
from playbooks.messages.due import due_message
from playbooks.messages.status import timeline_message
from playbooks.questions.note import correct_note_form
from playbooks.questions.report import close_form, meeting_form, report_form
from playbooks.questions.task import due_form, task_form
from playbooks.questions.times import times_form
from tests import night
from tests.as_text import form_text, message_text
from tests.golden_file import assert_golden
from tests.unit.test_report import learned

ORGANISATION = night.organisation()
OWNED, NOBODYS, DONE = learned().tasks
FRIDAY = date(2026, 3, 13)
NOTE = Entry(
    incident=42,
    at=night.at(8),
    happening=Happening.NOTE,
    text="The index",
    by=night.DEE,
    serial=7,
    corrected_by=night.ANA,
)
MARKED = Entry(
    incident=42,
    at=night.at(6),
    happening=Happening.MESSAGE,
    text="Errors since 01:58",
    name="Grafana",
    link="https://slack.example.com/p1",
    files=(
        Attachment(file="F1", name="errors.png", link="https://slack.example.com/F1"),
        Attachment(file="F2", name="x"),
    ),
)


def owed() -> Incident:
    incident = learned()
    incident.report_asked = night.at(60 * 26)
    return incident


def published() -> Incident:
    incident = learned()
    incident.report(night.at(100), by=night.DEE)
    return incident


def filed() -> Incident:
    incident = reported()
    known = Filed(repository="agent-marketplace/operations", version=1, number=12, url="https://github.example/12")
    incident.filed = {Filing.ISSUE: known, Filing.PULL_REQUEST: Filed(repository=known.repository, version=2)}
    return incident


def reported() -> Incident:
    incident = night.resolved()
    incident.report(night.at(100))
    incident.report(night.at(110), by=night.DEE)
    return incident


AT_GITHUB = replace(
    ORGANISATION,
    writes_to_github=True,
    report_home=ReportHome(repository="agent-marketplace/operations", folder="incidents"),
)
SAID: dict[str, Message] = {
    "tasks": task.tasks_message(learned()),
    "tasks-closed": task.tasks_message(night.closed()),
    "task-made": task.made(learned(), OWNED),
    "task-made-nobodys": task.made(learned(), NOBODYS),
    "task-assigned": task.assigned(learned(), OWNED),
    "task-put-off": task.put_off(learned(), OWNED),
    "task-done": task.finished(learned(), DONE),
    "task-due": task.reminded(learned(), OWNED, ORGANISATION, FRIDAY),
    "task-due-nobodys": task.reminded(learned(), replace(NOBODYS, due_on=FRIDAY), ORGANISATION, FRIDAY),
    "task-late": task.reminded(learned(), OWNED, ORGANISATION, FRIDAY + timedelta(days=1)),
    "report-published": report.published(published(), ORGANISATION),
    "report-published-again": report.published(reported(), ORGANISATION),
    "report-filed": report.published(filed(), AT_GITHUB),
    "report-asked-at-github": filing.asked_to_file(filed(), Filing.ISSUE),
    "report-going-to-github": filing.asked_to_file(filed(), Filing.PULL_REQUEST),
    "report-still-at-github": filing.still_there(filed()),
    "report-to-be-filed": report.published(published(), AT_GITHUB),
    "report-asked": report.asked_for(owed(), ORGANISATION),
    "report-due": due_message(owed(), night.run(phases=5), Due(report=night.at(60 * 26)), ORGANISATION),
    "report-publishing": report.publishing(learned()),
    "meeting": report.meeting_arranged(learned(), night.at(60 * 56), "Room 4", night.ANA, ORGANISATION),
    "times-corrected": times.times_corrected(learned(), {Milestone.STARTED: None}),
    "answer-noted-earlier": answers.noted(learned(), at=night.at(-2)),
    "answer-note-corrected": answers.note_corrected(learned()),
    "answer-note-withdrawn": answers.note_withdrawn(learned()),
    "asked-timeline-marked": timeline_message(learned(), [MARKED, NOTE], ORGANISATION),
}
ASKED: dict[str, Form] = {
    "correct-note": correct_note_form(learned(), [MARKED, NOTE], ORGANISATION),
    "times": times_form(learned(), ORGANISATION),
    "task": task_form(learned()),
    "task-due": due_form(learned(), OWNED),
    "report": report_form(learned()),
    "meeting": meeting_form(learned(), ORGANISATION),
    "close": close_form(learned()),
}


def test_what_a_report_lacks_is_not_asked_for_once_it_is_closed() -> None:
    closed = replace(reported(), closed_at=night.at(90))

    assert "Publish it again" in message_text(report.published(reported(), ORGANISATION))
    assert "Publish it again" not in message_text(report.published(closed, ORGANISATION))


@pytest.mark.parametrize("name", SAID)
def test_it_is_said_in_these_words(name: str) -> None:
    assert_golden(f"messages/{name}.txt", message_text(SAID[name]))
    assert not rendered(SAID[name]).cut


@pytest.mark.parametrize("name", ASKED)
def test_it_is_asked_in_these_words(name: str) -> None:
    assert_golden(f"questions/{name}.txt", form_text(ASKED[name]))
    assert view_of(ASKED[name])
    assert len(ASKED[name].title) <= 24


def test_a_list_of_very_many_tasks_is_shown_in_part() -> None:
    incident = night.acknowledged()
    for number in range(150):
        incident.tasks.add(night.HOSTILE, by=night.BEN, now=night.at(number), due_on=FRIDAY)
    shown = task.tasks_message(incident)

    assert not rendered(shown).cut
    assert "140 more" in message_text(shown)
