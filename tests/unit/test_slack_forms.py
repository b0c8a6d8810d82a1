"""Forms are shown whole, come back as they were filled in, and show a refusal where it belongs."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.domain.form import Answers, ChoiceField, Explanation, Field, Form, Option, PeopleField, TextField, TicksField
from bot.slack.forms import answers_of, errors_of, view_of
from sandbox.slack.validation.view import wrong_view

SEVERITIES = (Option(value="critical", label="Critical", description="Service down"), Option(value="low", label="Low"))
DECLARE = Form(
    name="declare",
    title="Declare an incident",
    submit="Declare",
    subject="C0GENERAL",
    fields=(
        Explanation(lines=(("The on-call is paged at once.",),)),
        TextField(name="title", label="What is wrong?", initial="checkout down", longest=150),
        ChoiceField(name="severity", label="Severity", options=SEVERITIES, initial="critical"),
        TicksField(name="flags", label="Also", options=(Option(value="private", label="Private"),)),
        PeopleField(name="commander", label="Commander", optional=True),
        PeopleField(name="others", label="Others", most=5, initial=("U1", "U2"), optional=True),
        TextField(name="impact", label="Impact", multiline=True, optional=True),
    ),
)


def filled_in(view: dict[str, Any], **answers: object) -> dict[str, Any]:
    """The view as Slack hands it back: what was filled in, else what it began with."""
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    values = {
        block["block_id"]: {block["element"]["action_id"]: _state(block["element"], answers.get(block["block_id"]))}
        for block in inputs
    }
    return {**view, "state": {"values": values}}


def _state(element: dict[str, Any], answer: Any) -> dict[str, Any]:
    kind = element["type"]
    match kind:
        case "plain_text_input":
            return {"type": kind, "value": answer or element.get("initial_value")}
        case "static_select":
            return {"type": kind, "selected_option": {"value": answer} if answer else element.get("initial_option")}
        case "users_select":
            return {"type": kind, "selected_user": answer or element.get("initial_user")}
        case "multi_users_select":
            return {"type": kind, "selected_users": answer or element.get("initial_users") or []}
        case _:
            chosen = [{"value": value} for value in answer or ()] or element.get("initial_options") or []
            return {"type": kind, "selected_options": chosen}


def test_a_form_sent_as_it_was_shown_brings_its_first_answers_back() -> None:
    answers = answers_of(filled_in(view_of(DECLARE)))

    assert answers == Answers(
        subject="C0GENERAL",
        values={
            "title": "checkout down",
            "severity": "critical",
            "flags": (),
            "commander": (),
            "others": ("U1", "U2"),
            "impact": "",
        },
    )


def test_what_was_filled_in_comes_back_exactly() -> None:
    view = filled_in(
        view_of(DECLARE),
        title="<!channel> *now*\u202e",
        severity="low",
        flags=("private",),
        commander="U7",
        others=["U8", "U9"],
        impact=" 500s\n for all ",
    )

    answers = answers_of(view)

    assert answers.values["title"] == "<!channel> *now*\u202e"
    assert answers.values["impact"] == " 500s\n for all "
    assert answers.text("severity") == "low"
    assert answers.several("flags") == ("private",)
    assert answers.text("commander") == "U7"
    assert answers.several("others") == ("U8", "U9")


def test_a_refusal_stands_under_its_field_else_under_the_first() -> None:
    view = view_of(DECLARE)

    assert errors_of("Too long; cut it.", view, field="impact") == {"impact": "Too long; cut it."}
    assert errors_of("Not now.", view, field=None) == {"title": "Not now."}
    assert errors_of("Not now.", view, field="gone") == {"title": "Not now."}


def test_a_field_with_nothing_to_choose_from_says_so() -> None:
    view = view_of(
        Form(name="f", title="t", submit="s", fields=(ChoiceField(name="service", label="Service", options=()),))
    )

    text = view["blocks"][0]["elements"][0]["elements"][0]["text"]
    assert text == "Service: there is nothing to choose from."


def test_a_text_of_several_lines_keeps_them() -> None:
    view = view_of(Form(name="f", title="t", submit="s", fields=(TextField(name="n", label="N", initial="a\nb"),)))

    assert view["blocks"][0]["element"]["multiline"] is True
    assert answers_of(filled_in(view)).values["n"] == "a\nb"


@pytest.mark.parametrize(
    "form",
    [
        Form(name="f", title="t", submit="s", subject="x" * 3001, fields=()),
        Form(
            name="f",
            title="t",
            submit="s",
            fields=(ChoiceField(name="a", label="A", options=(Option(value="x" * 76, label="x"),)),),
        ),
    ],
)
def test_what_would_not_come_back_whole_is_our_mistake(form: Form) -> None:
    with pytest.raises(ValueError, match=r"more than|75"):
        view_of(form)


TEXT = st.one_of(
    st.text(st.characters(codec=None), max_size=30), st.builds(lambda t: t * 4000, st.text(min_size=1, max_size=3))
)
OPTIONS = st.integers(0, 240).map(lambda count: tuple(Option(value=f"v{n}", label=f"label {n}") for n in range(count)))
ODD_OPTIONS = st.builds(
    lambda label, description: (Option(value="v", label=label, description=description),), TEXT, TEXT
)
NAMED: st.SearchStrategy[Field] = st.one_of(
    st.builds(
        TextField,
        name=st.just("text"),
        label=TEXT,
        hint=TEXT,
        initial=TEXT,
        placeholder=TEXT,
        longest=st.integers(1, 9000),
    ),
    st.builds(
        ChoiceField,
        name=st.just("choice"),
        label=TEXT,
        options=OPTIONS | ODD_OPTIONS,
        initial=st.none() | st.just("v3"),
    ),
    st.builds(
        TicksField,
        name=st.just("ticks"),
        label=TEXT,
        options=st.integers(0, 40).map(lambda n: OPTIONS_OF[:n]),
        hint=TEXT,
    ),
    st.builds(PeopleField, name=st.just("people"), label=TEXT, most=st.integers(1, 9), initial=st.just(("U1", "U2"))),
    st.builds(Explanation, lines=st.lists(st.lists(TEXT, max_size=3).map(tuple), max_size=3).map(tuple)),
)
OPTIONS_OF = tuple(Option(value=f"v{n}", label=f"label {n}") for n in range(40))


@settings(max_examples=80, deadline=None)
@given(
    st.builds(Form, name=st.just("f"), title=TEXT, submit=TEXT, subject=st.text(max_size=20), fields=st.tuples(NAMED))
)
def test_any_form_fits_what_slack_takes(form: Form) -> None:
    view = view_of(form)

    assert wrong_view(view, surface="modal") == []
    View(**view).validate_json()
