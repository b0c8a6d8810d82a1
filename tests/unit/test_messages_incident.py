"""The card, the announcement, the topic and the page say how an incident stands, at every moment of its life."""

from collections.abc import Callable

import pytest

from bot.domain.incident import Incident, Severity
from bot.domain.message import Controls
from bot.domain.page import Page, Paging
from bot.domain.update import Update
from bot.slack.blocks import rendered
from playbooks.messages.announcement import announcement_message
from playbooks.messages.card import card_message
from playbooks.messages.page import page_message, paged_message
from playbooks.messages.topic import topic
from tests import night
from tests.as_text import message_text
from tests.golden_file import assert_golden

MOMENTS: dict[str, Callable[[], Incident]] = {
    "declared": night.declared,
    "notified": night.notified,
    "unpaged": night.unpaged,
    "acknowledged": night.acknowledged,
    "investigating": night.investigating,
    "update-due": lambda: night.asked_for_update(night.investigating()),
    "mitigated": night.mitigated,
    "resolved": night.resolved,
    "closed": night.closed,
    "high": lambda: night.declared(Severity.HIGH, title="Agents fail to start"),
    "medium": lambda: night.declared(Severity.MEDIUM, title="Search is slow"),
    "low": lambda: night.declared(Severity.LOW, title="Typo in an e-mail"),
    "private": lambda: night.declared(private=True, title="Keys in a public bucket"),
    "hostile": lambda: night.declared(title=night.HOSTILE),
}


@pytest.fixture(params=MOMENTS)
def moment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_card_says_how_things_stand(moment: str) -> None:
    card = card_message(MOMENTS[moment](), night.organisation())

    assert_golden(f"messages/card-{moment}.txt", message_text(card))
    assert not rendered(card).cut


def test_the_announcement_says_what_others_need_to_know(moment: str) -> None:
    room = None if moment == "declared" else night.ROOM
    announcement = announcement_message(MOMENTS[moment](), night.organisation(), room=room)

    assert_golden(f"messages/announcement-{moment}.txt", message_text(announcement))
    assert not rendered(announcement).cut


def test_the_topic_promises_the_next_update() -> None:
    topics = {moment: topic(incident(), night.organisation()) for moment, incident in MOMENTS.items()}

    assert_golden("messages/topics.txt", "".join(f"{moment}: {words}\n" for moment, words in topics.items()))
    assert all(len(words) <= 250 for words in topics.values())


PAGES = {
    "sending": Page(state=Paging.SENDING, at=night.at(0)),
    "sent": Page(state=Paging.SENT, at=night.at(0), url=night.PAGER),
    "notified": Page(state=Paging.NOTIFIED, who="Ana Silva", at=night.at(1), url=night.PAGER),
    "acknowledged": Page(state=Paging.ACKNOWLEDGED, who="Ana Silva", at=night.at(3), url=night.PAGER),
    "unnoticed": Page(state=Paging.UNNOTICED, why="PagerDuty found nobody to notify", at=night.at(5), url=night.PAGER),
    "delayed": Page(state=Paging.DELAYED, why="PagerDuty does not answer", at=night.at(0.5)),
    "failed": Page(state=Paging.FAILED, why="the routing key is not valid", at=night.at(0.1)),
    "none": Page(),
}


@pytest.mark.parametrize("state", PAGES)
def test_the_page_says_who_was_woken_or_whom_to_call(state: str) -> None:
    again = 7 if state == "failed" else None
    waiting = page_message(night.with_page(night.declared(), PAGES[state]), night.organisation(), again=again)
    taken = night.with_page(night.declared(), PAGES[state])
    taken.acknowledge(night.BEN, night.at(4))
    answered = page_message(taken, night.organisation(), again=again)

    both = f"{message_text(waiting)}\n=== Ben acknowledged ===\n{message_text(answered)}"
    assert_golden(f"messages/page-{state}.txt", both)


@pytest.mark.parametrize("state", [Paging.FAILED, Paging.DELAYED, Paging.UNNOTICED])
def test_whoever_was_not_reached_can_be_called(state: Paging) -> None:
    incident = night.with_page(night.declared(), Page(state=state, why="nobody is on call"))

    for message in (
        page_message(incident, night.organisation()),
        card_message(incident, night.organisation()),
        announcement_message(incident, night.organisation(), room=None),
    ):
        assert "because nobody is on call" in message_text(message)
        assert "+1 555 0101" in message_text(message)


def test_one_person_is_not_named_twice() -> None:
    """Whoever was paged and then acknowledged in Slack is one and the same."""
    incident = night.notified()
    incident.acknowledge(night.ANA, night.at(3))

    assert "Paged *Ana Silva*, acknowledged 02:03." in message_text(page_message(incident, night.organisation()))


def test_a_closed_incident_has_no_buttons() -> None:
    card = card_message(night.closed(), night.organisation())

    assert not any(isinstance(part, Controls) for part in card.parts)


def test_a_page_acknowledged_by_a_stranger_names_nobody_wrongly() -> None:
    incident = night.notified()
    incident.acknowledge("", night.at(3))

    assert "somebody in PagerDuty acknowledged" in message_text(page_message(incident, night.organisation()))


def test_a_card_of_the_wordiest_people_still_fits() -> None:
    incident = night.mitigated()
    words = "word " * 20_000
    incident.answers.update({"impact": words, "affected-services": words, "suspected-cause": words})
    incident.services = tuple(night.organisation().services)
    incident.last_update = incident.announced = Update(at=night.at(40), by=night.BEN, text=words)

    assert not rendered(card_message(incident, night.organisation())).cut
    assert not rendered(announcement_message(incident, night.organisation(), room=night.ROOM)).cut


def test_a_page_that_nobody_answered_is_not_said_to_wait_once_it_is_over() -> None:
    incident = night.notified()
    incident.paged["cto"] = Page(state=Paging.FAILED, why="PagerDuty refuses the key")
    incident.merge_into(41, night.at(9))

    said = message_text(page_message(incident, night.organisation()))
    assert "; nobody acknowledged it before it was over." in said
    assert "Acknowledge" not in said.replace("acknowledged", "")
    said = message_text(paged_message(incident, "cto", night.organisation()))
    assert "Not paged, because PagerDuty refuses the key." in said
    assert "Call" not in said
