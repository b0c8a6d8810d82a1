"""Forms ask for little, say what follows, and read back what was meant."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.form import Answers, ChoiceField, Form, TextField, TicksField
from bot.domain.incident import Duty, Incident, Severity
from bot.domain.timeline import Entry, Happening
from bot.organisation import Service
from bot.slack.forms import view_of
from playbooks.audience import Audience
from playbooks.questions.declare import declare_form, private_of, services_of
from playbooks.questions.note import note_form
from playbooks.questions.resolve import resolve_form
from playbooks.questions.role import role_form
from playbooks.questions.severity import severity_form
from playbooks.questions.step import answer_form, skip_form
from playbooks.questions.update import audiences_of, draft, update_form
from tests import night
from tests.as_text import form_text
from tests.golden_file import assert_golden

ORGANISATION = night.organisation()

ENTRIES = (
    Entry(incident=42, at=night.at(0), happening=Happening.DECLARED, text="critical: API is down", by=night.CHO),
    Entry(incident=42, at=night.at(3), happening=Happening.ACKNOWLEDGED, text="Acknowledged.", by=night.ANA),
    Entry(incident=42, at=night.at(12), happening=Happening.ROLE, text="scribe: @U0DEE", by=night.DEE),
    Entry(
        incident=42, at=night.at(14), happening=Happening.NOTE, text="Restarted two instances, no effect.", by=night.ANA
    ),
    Entry(incident=42, at=night.at(15), happening=Happening.TROUBLE, text="Could not set the topic: is_archived"),
    Entry(incident=42, at=night.at(20), happening=Happening.STEP, text="Done: Look at the logs.", by=night.DEE),
)


def asked(incident: Incident, step: str) -> Form:
    run = night.run(phases=2)
    return answer_form(incident, run, run.step(step), ORGANISATION)


def private() -> Incident:
    return night.declared(private=True)


LONGEST_OPTION = 75
"""Characters that Slack shows of what a choice means."""
FORMS: dict[str, Form] = {
    "declare": declare_form(ORGANISATION, channel="C0GENERAL"),
    "declare-prefilled": declare_form(
        ORGANISATION,
        severity=Severity.CRITICAL,
        title="API is down",
        channel="C0GENERAL",
        services=("control-plane",),
        impact="Nobody can log in.",
    ),
    "update": update_form(night.investigating(), night.run(phases=3), ENTRIES, ORGANISATION),
    "update-first": update_form(night.declared(), night.run(), ENTRIES[:2], ORGANISATION),
    "update-private": update_form(private(), night.run(), (), ORGANISATION),
    "update-low": update_form(night.declared(Severity.LOW), night.run("low-incident"), (), ORGANISATION),
    "severity": severity_form(night.investigating(), ORGANISATION),
    "resolve": resolve_form(night.mitigated(), night.run(phases=4), ORGANISATION),
    "resolve-unmitigated": resolve_form(night.investigating(), night.run(), ORGANISATION),
    "note": note_form(night.investigating()),
    "role": role_form(night.investigating()),
    "role-all-taken": role_form(night.mitigated()),
    "answer": asked(night.acknowledged(), "assess/1"),
    "answer-again": asked(night.investigating(), "assess/1"),
    "answer-one-line": asked(night.investigating(), "assess/2"),
    "skip": skip_form(night.investigating(), night.run(phases=3), night.run(phases=3).step("mitigate/4")),
}


@pytest.mark.parametrize("name", FORMS)
def test_no_choice_is_cut_short(name: str) -> None:
    for field in FORMS[name].fields:
        if isinstance(field, ChoiceField | TicksField):
            assert [each.description for each in field.options if len(each.description) > LONGEST_OPTION] == []


@pytest.mark.parametrize("name", FORMS)
def test_it_is_asked_in_these_words(name: str) -> None:
    assert_golden(f"questions/{name}.txt", form_text(FORMS[name]))
    assert view_of(FORMS[name])["title"]["text"] == FORMS[name].title, "the title is too long for Slack"


def test_titles_of_forms_fit_however_many_incidents_there_were() -> None:
    incident = night.investigating()
    incident.number = 99_999
    forms = (severity_form(incident, ORGANISATION), role_form(incident), asked(incident, "assess/1"))

    assert all(len(form.title) <= 24 for form in forms)


@pytest.mark.parametrize(
    "given", [("control-plane", "web"), "control-plane, Web application,", "Control Plane,web, web"]
)
def test_services_are_known_by_key_and_by_title(given: str | tuple[str, ...]) -> None:
    answers = Answers(subject="", values={"services": given})

    assert services_of(answers, ORGANISATION) == ("control-plane", "web")


def test_an_unknown_service_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(Refused, match="did you mean `control-plane`") as refused:
        services_of(Answers(subject="", values={"services": "contol-plane"}), ORGANISATION)

    assert refused.value.field == "services"


def test_no_services_are_no_mistake() -> None:
    assert services_of(Answers(subject="", values={}), ORGANISATION) == ()
    assert services_of(Answers(subject="", values={"services": " , "}), ORGANISATION) == ()


def test_more_services_than_a_list_takes_are_typed() -> None:
    services = {f"service-{n}": Service(key=f"service-{n}", title=f"Service {n}", owner="ben") for n in range(101)}
    many = replace(ORGANISATION, services=services)

    def field(form: Form) -> object:
        return next(each for each in form.fields if getattr(each, "name", "") == "services")

    assert isinstance(field(declare_form(many)), TextField)
    assert isinstance(field(declare_form(ORGANISATION)), TicksField)


def test_private_is_ticked_or_not() -> None:
    assert private_of(Answers(subject="", values={"private": ("private",)}))
    assert not private_of(Answers(subject="", values={"private": ()}))


def test_an_update_reaches_those_who_were_ticked() -> None:
    ticked = Answers(subject="42", values={"audiences": ("room", "stakeholders")})
    assert audiences_of(ticked) == {Audience.ROOM, Audience.STAKEHOLDERS}

    with pytest.raises(Refused, match="Tick who shall read it") as refused:
        audiences_of(Answers(subject="42", values={"audiences": ()}))
    assert refused.value.field == "audiences"


def test_a_draft_tells_what_came_after_the_last_update() -> None:
    told = draft(night.investigating(), night.run(phases=3), ENTRIES, ORGANISATION)

    assert "Since the last update:" in told
    assert "scribe: Dee Park" in told
    assert "Acknowledged" not in told
    assert "topic" not in told, "the bot's own trouble is nothing for readers of an update"


def test_a_draft_of_a_talkative_night_fits_into_the_field() -> None:
    long = replace(ENTRIES[3], text="word " * 10_000)
    incident = night.investigating()
    incident.answers["impact"] = incident.answers["suspected-cause"] = "word " * 10_000

    assert len(draft(incident, night.run(phases=3), (long,) * 50, ORGANISATION)) <= 3000


def test_a_hostile_title_does_not_break_the_form() -> None:
    form = declare_form(ORGANISATION, title=night.HOSTILE)

    assert view_of(form)["blocks"][0]["element"]["initial_value"].startswith("<!channel>")


def test_the_first_free_role_is_suggested() -> None:
    incident = night.declared()
    assert "(•) Commander" in form_text(role_form(incident))

    incident.take(Duty.COMMANDER, night.ANA, night.at(1))
    assert "(•) Communications" in form_text(role_form(incident))
