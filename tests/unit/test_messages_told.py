"""What is posted once: to stakeholders, to those it escalates to, into the room, and in answer to whoever asked."""

from dataclasses import replace

import pytest

from bot.domain.effect import AddBookmark, Delete, Edit, Effect, FindChannel, OpenRoom, Pin, Post
from bot.domain.incident import Duty, Incident, Severity
from bot.domain.message import Message
from bot.domain.page import Page, Paging
from bot.domain.paging import PageTarget, ResolvePage
from bot.domain.run import Run
from bot.domain.timeline import Entry, Happening
from bot.slack.blocks import rendered
from playbooks.audience import Audience
from playbooks.messages import answers, inform, news
from playbooks.messages.help import HelpLine, help_message, in_threads
from playbooks.messages.status import list_message, status_message, timeline_message
from playbooks.messages.trouble import _DOINGS, _VERBS, doing
from playbooks.messages.wording import length_words
from tests import night
from tests.as_text import message_text
from tests.golden_file import assert_golden

ORGANISATION = night.organisation()
CRITICAL = ORGANISATION.severity("critical")


def worse() -> Incident:
    """Declared as high, and made critical."""
    incident = night.declared(Severity.HIGH)
    incident.change_severity(Severity.CRITICAL, night.at(5), update_due=night.at(20))
    return incident


def private() -> Incident:
    return night.declared(title="Keys in a public bucket", private=True)


def acknowledged_by_a_stranger() -> Incident:
    incident = night.notified()
    incident.acknowledge("", night.at(3))
    return incident


def over() -> Run:
    """Its playbook, with nothing left to do."""
    begun = night.run(phases=5)
    return night.with_steps(begun, *((step.key, night.ANA, 90, "") for step in begun.open_steps()))


def without_room(incident: Incident, why: str) -> Incident:
    """Its war room could not be opened."""
    return replace(incident, room="", room_refused=why, room_effect=7)


INFORMED: dict[str, Message] = {
    "declared": inform.declared(night.declared(), ORGANISATION, room=None),
    "declared-with-room": inform.declared(night.investigating(), ORGANISATION, room=night.ROOM),
    "declared-private": inform.declared(private(), ORGANISATION, room=None),
    "update": inform.update_told(night.investigating(), ORGANISATION),
    "severity": inform.severity_told(worse(), Severity.HIGH, ORGANISATION),
    "resolved": inform.resolved_told(night.resolved(), ORGANISATION),
    "escalated": inform.escalated_to(night.notified(), "ceo", ORGANISATION, room=night.ROOM),
    "escalated-unpaged": inform.escalated_to(night.unpaged(), "ceo", ORGANISATION, room=None),
    "escalated-no-commander": inform.escalated_to(acknowledged_by_a_stranger(), "ceo", ORGANISATION, room=None),
    "room-failed": inform.room_failed(without_room(night.unpaged(), "the channel's name is taken."), ORGANISATION),
    "room-failed-private": inform.room_failed(without_room(private(), "missing_scope"), ORGANISATION),
    "room-after-all": inform.room_failed(replace(night.investigating(), room=night.ROOM), ORGANISATION),
    "room-never": inform.room_failed(replace(night.resolved(), room=""), ORGANISATION),
}

NEWS: dict[str, Message] = {
    "update": news.update_posted(night.investigating(), set(Audience) - {Audience.STATUS_PAGE}, ORGANISATION),
    "update-room-only": news.update_posted(night.investigating(), {Audience.ROOM}, ORGANISATION),
    "severity": news.severity_changed(worse(), Severity.HIGH, night.ANA, "Payments fail too.", ORGANISATION),
    "severity-no-reason": news.severity_changed(worse(), Severity.HIGH, night.ANA, "", ORGANISATION),
    "severity-low": news.severity_changed(
        night.declared(Severity.LOW), Severity.MEDIUM, night.ANA, "Only a typo.", ORGANISATION
    ),
    "role": news.role_taken(night.investigating(), Duty.COMMANDER, night.ANA, None, ORGANISATION),
    "role-instead": news.role_taken(night.investigating(), Duty.COMMUNICATIONS, night.BEN, night.DEE, ORGANISATION),
    "mitigated": news.mitigated(night.mitigated(), night.ANA, ORGANISATION),
    "resolved": news.resolved(night.resolved(), ORGANISATION),
    "closed": news.closed(night.closed(), night.ANA, ORGANISATION),
    "escalated": news.escalated(night.notified(), CRITICAL.escalation, ORGANISATION),
}

ANSWERS: dict[str, Message] = {
    "declared": answers.declared(night.declared(), ORGANISATION, room=None),
    "declared-with-room": answers.declared(night.declared(), ORGANISATION, room=night.ROOM),
    "declared-low": answers.declared(night.declared(Severity.LOW), ORGANISATION, room=None),
    "acknowledged": answers.acknowledged(night.acknowledged()),
    "role-taken": answers.role_taken(night.investigating(), Duty.COMMUNICATIONS, night.BEN),
    "update-posted": answers.update_posted(night.investigating()),
    "put-off": answers.put_off(night.investigating(), ORGANISATION),
    "noted": answers.noted(night.investigating()),
    "severity-changed": answers.severity_changed(worse()),
    "mitigated": answers.mitigated(night.mitigated()),
    "resolved": answers.resolved(night.resolved()),
    "closed": answers.closed(night.closed()),
    "skipped": answers.skipped(night.investigating(), night.run(phases=3).step("mitigate/2")),
    "phase-opened": answers.phase_opened(night.investigating()),
    "trying-again": answers.trying_again(),
    "nothing-open": answers.nothing_open(),
}

ENTRIES = (
    Entry(incident=42, at=night.at(0), happening=Happening.DECLARED, text="critical: API is down", by=night.CHO),
    Entry(incident=42, at=night.at(0), happening=Happening.PAGE, text="Paging the on-call engineer."),
    Entry(
        incident=42, at=night.at(3), happening=Happening.ACKNOWLEDGED, text="Acknowledged in PagerDuty.", by=night.ANA
    ),
    Entry(incident=42, at=night.at(4), happening=Happening.ROLE, text="communications: @U0BEN", by=night.BEN),
    Entry(incident=42, at=night.at(5), happening=Happening.TROUBLE, text="Could not set the topic: is_archived"),
    Entry(incident=42, at=night.at(8), happening=Happening.NOTE, text="Seen by @UNKNOWN1\n and @U0DEE", by=night.DEE),
    Entry(incident=42, at=night.at(9), happening=Happening.NOTE, text=night.HOSTILE, by=night.DEE),
)


def several() -> list[Incident]:
    """A low one, a critical one and a private one, in that order."""
    low = night.declared(Severity.LOW, title="Typo in an e-mail")
    low.number = 40
    secret = private()
    secret.number = 43
    return [low, night.investigating(), secret]


ASKED: dict[str, Message] = {
    "status": status_message(night.investigating(), night.run(phases=2), ORGANISATION, room=night.ROOM),
    "status-waiting": status_message(
        night.declared(),
        night.run(),
        ORGANISATION,
        room=None,
        waiting=("open the war room", "page the on-call engineer", "set the topic"),
    ),
    "status-resolved": status_message(night.resolved(), night.run(phases=5), ORGANISATION, room=night.ROOM),
    "status-closed": status_message(night.closed(), over(), ORGANISATION, room=night.ROOM),
    "list": list_message(several(), ORGANISATION, rooms={42: night.ROOM}),
    "list-in-private-room": list_message(several(), ORGANISATION, rooms={42: night.ROOM, 43: "inc-43"}, here=43),
    "list-empty": list_message([], ORGANISATION, rooms={}),
    "list-only-private": list_message([private()], ORGANISATION, rooms={}),
    "timeline": timeline_message(night.investigating(), ENTRIES, ORGANISATION),
    "timeline-empty": timeline_message(night.declared(), (), ORGANISATION),
    "help": help_message(
        "/incident",
        "Declare incidents and run them.",
        (
            HelpLine(command="/incident declare [severity] [title]", what="open a war room and page"),
            HelpLine(command="/incident status", what="how it stands"),
        ),
        in_threads("/incident"),
    ),
}

ALL = {
    f"{subject}-{name}": message
    for subject, messages in (("inform", INFORMED), ("news", NEWS), ("answer", ANSWERS), ("asked", ASKED))
    for name, message in messages.items()
}


@pytest.mark.parametrize("name", ALL)
def test_it_is_said_in_these_words(name: str) -> None:
    assert_golden(f"messages/{name}.txt", message_text(ALL[name]))
    assert not rendered(ALL[name]).cut


def test_a_private_incident_is_neither_listed_nor_counted_elsewhere() -> None:
    elsewhere = message_text(list_message(several(), ORGANISATION, rooms={43: "inc-43"}))

    assert "Keys" not in elsewhere
    assert "inc-43" not in elsewhere
    assert "2 incidents" in elsewhere


def test_the_worst_incident_is_listed_first() -> None:
    listed = message_text(list_message(several(), ORGANISATION, rooms={}))

    assert listed.index("INC-42") < listed.index("INC-40")


def test_very_many_incidents_and_entries_are_cut_with_a_notice() -> None:
    many = [night.declared(Severity.LOW, title=f"Trouble {number}") for number in range(200)]
    entries = ENTRIES * 100

    assert "And 180 more." in message_text(list_message(many, ORGANISATION, rooms={}))
    assert not rendered(list_message(many, ORGANISATION, rooms={})).cut
    assert "670 earlier entries are left out." in message_text(timeline_message(many[0], entries, ORGANISATION))
    assert not rendered(timeline_message(many[0], entries, ORGANISATION)).cut


def test_executives_are_told_and_not_invited() -> None:
    """They get no bridge and mention nobody who would be woken by it."""
    assert "Bridge" not in message_text(INFORMED["declared-with-room"])


def test_somebody_not_reached_by_page_is_said_to_those_it_escalates_to() -> None:
    incident = night.with_page(night.declared(), Page(state=Paging.FAILED, why="nobody is on call"))

    assert "because nobody is on call" in message_text(inform.escalated_to(incident, "ceo", ORGANISATION, room=None))


EFFECTS: dict[Effect, str] = {
    OpenRoom(incident=42, name="inc-42", private=False): "open the war room",
    Post(place="room/42", slot="incident/42/card"): "post the card",
    Edit(place="room/42", slot="incident/42/phase/assess"): "bring up to date the steps",
    Delete(place="room/42", slot="incident/42/due/1"): "take away what is due",
    Pin(slot="incident/42/card"): "pin the card",
    Post(place="dm/U1", slot="incident/42/inform/U1"): "post a direct message",
    Post(place="room/42", slot="elsewhere"): "post a message",
    AddBookmark(place="room/42", title="Bridge", url="https://meet.example.com"): "add the bookmark Bridge",
    FindChannel(name="#critical-incidents"): "find #critical-incidents; invite opsbot to it",
    PageTarget(incident=42, target="cto", alert="a", title="t", severity="critical"): "page CTO",
    ResolvePage(incident=42, alert="a"): "resolve the alert in PagerDuty",
}


@pytest.mark.parametrize(("effect", "words"), EFFECTS.items(), ids=EFFECTS.values())
def test_what_the_bot_does_outside_has_words(effect: Effect, words: str) -> None:
    assert doing(effect, ORGANISATION) == words


def effects(kind: type[Effect]) -> list[type[Effect]]:
    """The kinds of effects that are put: those that no other is made from."""
    made_from_it = kind.__subclasses__()
    return [leaf for each in made_from_it for leaf in effects(each)] if made_from_it else [kind]


def test_every_kind_of_effect_has_words_of_its_own() -> None:
    """No person ever reads the name of a class, or that "something" was not carried out."""
    kinds = [kind for kind in effects(Effect) if kind.__module__.startswith("bot.domain")]

    assert {Edit, PageTarget} <= set(kinds)
    worded = {*_DOINGS, *_VERBS, AddBookmark, FindChannel, PageTarget}
    assert [kind.__name__ for kind in kinds if kind not in worded] == []


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "less than a minute"),
        (1, "1 min"),
        (59.9, "59 min"),
        (60, "1 h"),
        (70, "1 h 10 min"),
        (60 * 24, "1 d"),
        (60 * 27 + 5, "1 d 3 h"),
    ],
)
def test_lengths_are_said_in_two_units_at_most(minutes: float, words: str) -> None:
    assert length_words(night.at(minutes) - night.TWO) == words
