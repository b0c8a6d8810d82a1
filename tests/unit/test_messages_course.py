"""What is said when an incident is merged, reopened, moved, made private, practised or handed over."""

from dataclasses import replace

import pytest

from bot.domain.form import Form
from bot.domain.incident import Duty, Incident, Severity
from bot.domain.message import Message
from bot.domain.page import Page, Paging
from bot.organisation import Escalation, Reach
from bot.slack.blocks import rendered
from bot.slack.forms import view_of
from playbooks.messages import answers, course, newcomer, news
from playbooks.messages.announcement import announcement_message
from playbooks.messages.card import card_message
from playbooks.messages.page import paged_message
from playbooks.messages.topic import topic
from playbooks.questions.course import invite_form, merge_form, page_form, private_form, remove_form, reopen_form
from tests import night
from tests.as_text import form_text, message_text
from tests.golden_file import assert_golden

ORGANISATION = night.organisation()
RUNG = Escalation(target="cto", how=Reach.PAGE, after=night.at(15) - night.at(0))


def other(title: str = "API does not answer") -> Incident:
    return replace(night.declared(Severity.HIGH, title=title), number=43, room="C43")


def merged() -> Incident:
    incident = night.notified()
    incident.merge_into(41, night.at(9))
    return incident


def reopened() -> Incident:
    incident = night.resolved()
    incident.reopen(night.at(90), update_due=night.at(105))
    return incident


def drill() -> Incident:
    return replace(night.declared(), drill=True, page=Page())


def lost(how: str) -> Incident:
    return replace(night.investigating(), room_lost=how)


def paged(state: Paging, why: str = "") -> Incident:
    page = Page(state=state, at=night.at(6), asked_by=night.BEN, reason="We need a decision.", why=why)
    return replace(night.investigating(), paged={"cto": page})


SAID: dict[str, Message] = {
    "looks-like": course.looks_like(night.declared(), other()),
    "merged-away": course.merged_away(night.declared(), other(), night.BEN, ORGANISATION),
    "merged-here": course.merged_here(other(), night.notified(), night.BEN),
    "merged-card": card_message(merged(), ORGANISATION),
    "merged-announcement": announcement_message(merged(), ORGANISATION, room=night.ROOM),
    "reopened": course.reopened(reopened(), night.ANA, "Logins fail again.", ORGANISATION),
    "reopened-by-alert": course.reopened(reopened(), "", "", ORGANISATION),
    "reopened-told": course.reopened_told(reopened(), "Logins fail again."),
    "reopened-card": card_message(reopened(), ORGANISATION),
    "moved": course.moved_here(reopened(), night.ROOM),
    "went-private": course.went_private(),
    "private-now": course.private_now(night.declared(private=True), night.ANA, ORGANISATION),
    "removed": course.removed(night.declared(private=True), night.CHO, night.ANA),
    "room-archived": course.room_lost(lost("was archived")),
    "room-shut": course.room_lost(lost("cannot be reached, because opsbot was taken out of it")),
    "room-back": course.room_back(night.investigating()),
    "vacant": course.vacant(night.declared(), Duty.COMMANDER, night.BEN, "has left the workspace", ORGANISATION),
    "drill-card": card_message(drill(), ORGANISATION),
    "drill-announcement": announcement_message(drill(), ORGANISATION, room=night.ROOM),
    "catch-up": newcomer.catch_up(night.investigating(), ORGANISATION),
    "handed-over": newcomer.handed_over(
        night.investigating(),
        night.run(phases=2),
        Duty.COMMUNICATIONS,
        by=night.ANA,
        before=night.CHO,
        organisation=ORGANISATION,
    ),
    "escalated-by": news.escalated_by(night.investigating(), RUNG, night.ANA, ORGANISATION),
    "paged-sent": paged_message(paged(Paging.SENT), "cto", ORGANISATION),
    "paged-failed": paged_message(paged(Paging.FAILED, "the routing key is not valid"), "cto", ORGANISATION),
    "answer-merged": course.merged_answer(night.declared(), other()),
    "answer-reopened": course.reopened_answer(reopened()),
    "answer-private": course.private_answer(night.declared()),
    "answer-invited": course.invited_answer(night.declared(), (night.CHO,)),
    "answer-removed": course.removed_answer(night.declared(), night.CHO),
    "answer-new-room": course.new_room_answer(),
    "answer-escalated": answers.escalated(night.declared(), RUNG, ORGANISATION),
    "answer-paging": answers.paging(night.declared(), "cto", ORGANISATION),
}

FORMS: dict[str, Form] = {
    "merge": merge_form(night.declared(), [other(), other("Search is slow")], into=43),
    "reopen": reopen_form(night.resolved()),
    "page": page_form(night.declared(), ORGANISATION),
    "invite": invite_form(night.declared()),
    "remove": remove_form(night.declared()),
    "private": private_form(night.declared(), ORGANISATION),
}


@pytest.mark.parametrize("name", SAID)
def test_it_is_said_in_these_words(name: str) -> None:
    assert_golden(f"messages/course-{name}.txt", message_text(SAID[name]))
    assert not rendered(SAID[name]).cut


@pytest.mark.parametrize("name", FORMS)
def test_it_is_asked_in_these_words(name: str) -> None:
    assert_golden(f"questions/course-{name}.txt", form_text(FORMS[name]))
    assert len(view_of(FORMS[name])["title"]["text"]) <= 24


def test_the_topic_says_that_it_is_a_drill_or_was_merged() -> None:
    assert topic(drill(), ORGANISATION).startswith("DRILL, critical · declared")
    assert topic(merged(), ORGANISATION) == "critical · merged into INC-41"
    assert topic(reopened(), ORGANISATION).startswith("critical · reopened")
