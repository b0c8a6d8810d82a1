"""What App Home, the doctor, the impact's form and the terminal say."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.home import OnCallNow, Shift
from bot.domain.incident import Duty, Incident, Severity
from bot.domain.message import Code, Line, Message, Person, Text
from bot.slack.blocks import rendered
from bot.slack.forms import view_of
from handlers.typed import person_at, said_at
from playbooks.home_news import glimpse
from playbooks.messages.announcement import announcement_message
from playbooks.messages.card import card_message
from playbooks.messages.examined import examining, found_message
from playbooks.messages.help import at_terminal, help_message
from playbooks.messages.home import HomeNow, home_message
from playbooks.messages.impact import impact_noted
from playbooks.messages.inform import declared, update_told
from playbooks.messages.status import status_message
from playbooks.messages.terminal import refused_text, terminal_text
from playbooks.public_words import drafted
from playbooks.questions.impact import impact_form, impact_typed
from tests import night
from tests.as_text import form_text, message_text
from tests.golden_file import assert_golden

ORGANISATION = night.organisation()
OBSERVING = replace(ORGANISATION, observing=True)
SHIFTS = (
    Shift(level=1, pagerduty="PANA001", name="Ana Silva", until=night.at(240)),
    Shift(level=2, pagerduty="PX", name="Xu Wei"),
)


def hit(*, private: bool = False) -> Incident:
    """An incident of which everything is known that is asked about its impact."""
    incident = night.declared(private=private)
    incident.services = ("billing", "control-plane")
    said = {"impact": "nobody can pay since 02:00", "affected-users": "About 4,000", "revenue": "10,000 a minute"}
    for name, words in said.items():
        incident.answer(name, words)
    return incident


def busy() -> HomeNow:
    incident, run = night.investigating(), night.run()
    incident.room = "C42"
    incident.duties[Duty.SCRIBE] = night.BEN
    steps = [step for step in run.open_steps() if not step.auto][:2]
    incident.tasks.add("Write to the customers", by=night.ANA, now=night.at(5), owner=night.BEN)
    other = replace(night.declared(Severity.LOW, title="A typo"), number=43)
    return HomeNow(
        steps=tuple((incident, run, step) for step in steps),
        tasks=tuple((incident, task) for task in incident.tasks),
        incidents=(other, incident),
        on_call=OnCallNow(at=night.at(20), shifts=SHIFTS),
    )


NO_POLICY = replace(ORGANISATION, paging=replace(ORGANISATION.paging, escalation_policy=None))

SAID: dict[str, Message] = {
    "home-quiet": home_message(HomeNow(), ORGANISATION),
    "home-busy": home_message(busy(), OBSERVING),
    "home-could-not-look": home_message(
        HomeNow(on_call=OnCallNow(at=night.at(0), why="PagerDuty cannot be reached")), ORGANISATION
    ),
    "home-nobody-on-call": home_message(HomeNow(on_call=OnCallNow(at=night.at(0))), ORGANISATION),
    "home-without-policy": home_message(HomeNow(), NO_POLICY),
    "doctor-looking": examining(),
    "doctor-well": found_message([("database", ""), ("Slack scopes", "")]),
    "doctor-ill": found_message([("database", ""), ("#alerts", "Opsbot is not in #alerts: invite it."), ("CTO", "x")]),
    "impact-noted": impact_noted(hit()),
    "impact-card": card_message(hit(), ORGANISATION),
    "impact-card-private-observing": card_message(hit(private=True), OBSERVING),
    "impact-announcement": announcement_message(hit(), ORGANISATION, room="C42"),
    "impact-inform": declared(hit(), ORGANISATION, room="C42"),
}


@pytest.mark.parametrize("name", SAID)
def test_it_is_said_in_these_words(name: str) -> None:
    assert_golden(f"messages/{name}.txt", message_text(SAID[name]))
    assert not rendered(SAID[name]).cut


@pytest.mark.parametrize("private", [False, True])
def test_the_impact_is_asked_in_these_words(private: bool) -> None:  # noqa: FBT001
    form = impact_form(hit(private=private), ORGANISATION)
    assert_golden(f"questions/impact{'-private' if private else ''}.txt", form_text(form))
    assert view_of(form)


def test_what_it_costs_is_on_the_card_of_the_room_alone() -> None:
    incident, run = hit(private=True), night.run()
    elsewhere = [
        announcement_message(incident, ORGANISATION, room="C42"),
        declared(incident, ORGANISATION, room="C42"),
        update_told(incident, ORGANISATION),
        status_message(incident, run, ORGANISATION, room="C42"),
        home_message(HomeNow(incidents=(incident,)), ORGANISATION),
    ]
    assert "10,000" in message_text(card_message(incident, ORGANISATION))
    assert not any("10,000" in message_text(each) for each in elsewhere)


def test_a_draft_for_customers_leaves_out_an_impact_with_internal_words() -> None:
    incident = hit()
    assert "Nobody can pay since 02:00." in drafted(incident, ORGANISATION).text
    incident.answer("impact", "db-1.prod.internal is full, INC-41 again")
    assert "internal" not in drafted(incident, ORGANISATION).text


@pytest.mark.parametrize(
    ("words", "services", "users", "scope"),
    [
        ("nobody can pay", (), "", "nobody can pay"),
        ("services: billing, Control plane; users: 4,000; nobody can pay", ("billing", "control-plane"), "4,000", None),
        ("Service: web ; slow ; and red", ("web",), "", "slow; and red"),
        ("at 10:00: nothing", (), "", "at 10:00: nothing"),
    ],
)
def test_the_impact_is_read_from_one_line(words: str, services: tuple[str, ...], users: str, scope: str | None) -> None:
    impact = impact_typed(words, ORGANISATION)
    assert (impact.services, impact.users) == (services, users)
    assert impact.scope == (scope if scope is not None else "nobody can pay")


@pytest.mark.parametrize("words", ["", " ; ;", "services: ;", "users:"])
def test_an_impact_that_says_nothing_is_refused(words: str) -> None:
    with pytest.raises(Refused, match="Say who is affected"):
        impact_typed(words, ORGANISATION)


def test_a_glimpse_changes_with_what_homes_show_and_with_nothing_else() -> None:
    incident, run = night.investigating(), night.run()
    before = glimpse(incident, run)
    incident.version += 1
    incident.posted_at = night.at(50)
    assert glimpse(incident, run) == before
    incident.tasks.add("Write it down", by=night.ANA, now=night.at(5))
    assert glimpse(incident, run) != before


def test_a_terminal_reads_names_commands_and_addresses() -> None:
    assert_golden("terminal-card.txt", terminal_text(card_message(hit(), ORGANISATION), ORGANISATION) + "\n")


def test_what_people_wrote_cannot_move_the_cursor() -> None:
    hostile: Line = ("\x1b[2J\x1b]0;owned\x07", Person(user="U0ANA"), Code(text="/incident list\x1b[31m"))
    said = terminal_text(Message(summary="", parts=(Text(lines=(hostile,)),)), ORGANISATION)
    assert said.isprintable()
    assert "Ana Silva" in said
    assert (
        refused_text(Refused("Type ", Code(text="/incident list"), "."), ORGANISATION) == "Type opsbot incident list."
    )


def test_people_are_mentioned_at_a_terminal_by_their_names() -> None:
    ben = person_at("dee", ORGANISATION)
    said = said_at(["role", "scribe", "@cho", "me@cho.example", "@nobody", "(@Ana)"], ben, ORGANISATION)
    assert said.words == "role scribe <@U0CHO|cho> me@cho.example @nobody (<@U0ANA|ana>)"
    assert said.user == "U0DEE"
    assert said.channel == ""
    assert said.delivery != said_at([], ben, ORGANISATION).delivery


def test_a_stranger_at_the_terminal_is_told_what_to_write() -> None:
    with pytest.raises(Refused, match=r"cli_users: \{mallory: NAME\} added to opsbot.yaml"):
        person_at("mallory", ORGANISATION)


def test_a_command_at_a_terminal_names_the_incident_it_is_about() -> None:
    def typed(words: str) -> str:
        return refused_text(Refused(Code(text=words)), ORGANISATION, about="INC-42")

    assert typed("/incident close") == "opsbot incident close INC-42"
    assert typed("/incident times [mitigated] [why]") == "opsbot incident times INC-42 [mitigated] [why]"
    assert typed("/incident report INC-41 now") == "opsbot incident report INC-41 now"
    assert typed("/incident list") == "opsbot incident list"
    assert typed("/ops logs") == "opsbot ops logs"


def test_help_at_a_terminal_says_how_to_name_the_incident() -> None:
    said = terminal_text(help_message("/incident", "What it does", (), at_terminal("/incident")), ORGANISATION)

    assert said.endswith("Name the incident first: opsbot incident update INC-42 We roll back.")
    assert at_terminal("/oncall") == ()
