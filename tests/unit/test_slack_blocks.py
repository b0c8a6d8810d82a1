"""What the bot says looks right in Slack, fits its limits, and can never mention, link or format by accident."""

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.domain.message import (
    Bold,
    Button,
    Code,
    Controls,
    Divider,
    Fact,
    Facts,
    Heading,
    Italic,
    Line,
    Link,
    LinkButton,
    Message,
    Moment,
    Person,
    PersonPicker,
    Quote,
    Room,
    Small,
    Style,
    Text,
    paragraph,
    sentence,
)
from bot.slack.blocks import rendered
from bot.slack.controls import Press, press_of
from sandbox.slack.validation.blocks import wrong_blocks

GOLDEN = Path(__file__).parent.parent / "golden" / "slack"
AT_TWO = datetime(2026, 3, 9, 14, 2, tzinfo=UTC)

CARD = Message(
    summary="INC-42: checkout is down",
    parts=(
        Heading(text="INC-42: checkout is down"),
        Text(
            lines=(
                (Bold(text="Paged"), " ", Person(user="U0ANA"), " at ", Moment(at=AT_TWO), "."),
                ("No commander yet.",),
            ),
            beside=Button(action="take-role", label="I command", value="42/commander/-", style=Style.PRIMARY),
        ),
        Facts(
            facts=(
                Fact(label="Severity", line=("critical",)),
                Fact(label="Declared", line=(Moment(at=AT_TWO, with_date=True), " by ", Person(user="U0BEN"))),
                Fact(label="Room", line=(Room(channel="C0ROOM"),)),
                Fact(label="Bridge", line=(Link(url="https://meet.example.com/a?b=1&c=2", label="Join"),)),
                Fact(label="Services", line=()),
            )
        ),
        Divider(),
        Controls(
            controls=(
                Button(action="acknowledge", label="Acknowledge", value="42", style=Style.PRIMARY),
                Button(action="snooze", label="Snooze 15 min", value="42/15"),
                Button(action="snooze", label="Snooze 30 min", value="42/30"),
                PersonPicker(action="assign", placeholder="Assign to", value="42"),
                LinkButton(label="Dashboard", url="https://dash.example.com/"),
            )
        ),
        Small(line=("Next update due at ", Moment(at=AT_TWO), ". ", Italic(text="Every 15 minutes."))),
    ),
)
HOSTILE = (
    "<!channel> <@U1> <https://evil.example|Approve> *bold* _it_ ~gone~ `code` & > quote\n> quote \u202eRTL\u200b\x00"
)
HOSTILE_CARD = Message(
    summary=HOSTILE,
    parts=(
        Heading(text=HOSTILE),
        paragraph(HOSTILE, Bold(text=HOSTILE), Code(text=HOSTILE)),
        Text(lines=((HOSTILE,),), beside=Button(action="a", label=HOSTILE, value="1")),
        Facts(facts=(Fact(label=HOSTILE, line=(HOSTILE, Code(text=HOSTILE))),)),
        Quote(text=HOSTILE),
        Small(line=(HOSTILE, Link(url="https://x.example/<|>", label=HOSTILE), Link(url="javascript:1", label="x"))),
        Small(line=(Person(user="U1> <!channel"), Room(channel="general"))),
        Controls(controls=(LinkButton(label=HOSTILE, url="javascript:alert(1)"),)),
    ),
)
LONG_CARD = Message(
    summary="Long",
    parts=(
        paragraph("The first words stay. ", "word " * 4000),
        Quote(text="line\n" * 4000),
        paragraph("This short line stays whole."),
        Controls(controls=(Button(action="go", label="Go on", value="1"),)),
    ),
)
MESSAGES = {
    "card": CARD,
    "hostile": HOSTILE_CARD,
    "sentence": sentence("INC-42 is resolved."),
    "only-a-summary": Message(summary="Nothing else."),
}


def as_json(message: Message) -> str:
    shown = rendered(message)
    return json.dumps({"text": shown.text, "blocks": shown.blocks}, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", list(MESSAGES))
def test_messages_look_as_ever(name: str) -> None:
    """After a wanted change run the tests with UPDATE_GOLDEN=1 and read the difference."""
    golden = GOLDEN / f"{name}.json"
    found = as_json(MESSAGES[name])
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")

    assert golden.read_text(encoding="utf-8") == found


def leaves(part: object) -> Iterator[dict[str, Any]]:
    """Every object in the blocks."""
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from leaves(value)
    elif isinstance(part, list):
        for value in part:
            yield from leaves(value)


def markups(message: Message) -> list[str]:
    """Everything that Slack parses."""
    shown = rendered(message)
    return [shown.text, *(leaf["text"] for leaf in leaves(shown.blocks) if leaf.get("type") == "mrkdwn")]


def test_a_long_message_is_cut_where_it_is_long_and_says_so() -> None:
    shown = rendered(LONG_CARD)

    texts = [leaf["text"] for leaf in leaves(shown.blocks) if leaf.get("type") == "text"]
    assert shown.cut
    assert texts[0] == "The first words stay. "
    assert "This short line stays whole." in texts
    assert any(leaf.get("action_id") == "go" for leaf in leaves(shown.blocks))
    assert shown.blocks[-1]["elements"][0]["text"] == "This was too long for Slack and is shortened."


def test_a_message_that_fits_says_nothing_about_its_length() -> None:
    assert not rendered(CARD).cut


def test_a_name_with_underscores_can_still_be_copied() -> None:
    assert "control_plane_v2" in markups(Message(summary="control_plane_v2"))[0]


def test_a_long_text_beside_a_button_keeps_both() -> None:
    shown = rendered(Message(summary="x", parts=(Text(lines=(("y" * 5000,),), beside=CARD.parts[4].controls[0]),)))  # type: ignore[union-attr]

    assert [block["type"] for block in shown.blocks] == ["rich_text", "actions"]
    assert not shown.cut


def test_a_pressed_control_tells_its_action_and_value() -> None:
    actions = next(block for block in rendered(CARD).blocks if block["type"] == "actions")["elements"]

    presses = [
        press_of(element | ({"selected_user": "U7"} if "users" in element["type"] else {})) for element in actions
    ]

    assert presses == [
        Press(action="acknowledge", value="42"),
        Press(action="snooze", value="42/15"),
        Press(action="snooze", value="42/30"),
        Press(action="assign", value="42", chosen="U7"),
        Press(action="open"),
    ]


def test_a_value_too_long_for_a_button_is_our_mistake() -> None:
    button = Button(action="a", label="b", value="x" * 2001)

    with pytest.raises(ValueError, match="2000"):
        rendered(Message(summary="x", parts=(Controls(controls=(button,)),)))


ANYTHING = st.text(st.characters(codec=None), max_size=40)
PIECES = st.sampled_from(
    ["<!channel>", "<@U123>", "*", "_", "~", "`", "```", ">", "&lt;", "\n", " ", "\u202e", "👩‍💻", "a", "<", "|"]
)
HOSTILE_TEXT = st.one_of(ANYTHING, st.lists(PIECES, max_size=12).map("".join))
LONG_TEXT = st.builds(
    lambda text, times: text * times, HOSTILE_TEXT, st.sampled_from([1, 1, 1, 1, 1, 50, 1000, 20_000])
)
NAMES = st.text("abcdefgh-", min_size=1, max_size=20)
SPANS = st.one_of(
    LONG_TEXT,
    st.builds(Bold, text=LONG_TEXT),
    st.builds(Italic, text=HOSTILE_TEXT),
    st.builds(Code, text=LONG_TEXT),
    st.builds(Person, user=st.one_of(st.just("U0ANA"), HOSTILE_TEXT)),
    st.builds(Room, channel=st.one_of(st.just("C0ROOM"), HOSTILE_TEXT)),
    st.builds(
        Link, url=st.one_of(st.just("https://a.example/?b&c"), LONG_TEXT.map(lambda t: "https://" + t)), label=LONG_TEXT
    ),
    st.builds(Moment, at=st.just(AT_TWO), with_date=st.booleans()),
)
LINES: st.SearchStrategy[Line] = st.lists(SPANS, max_size=5).map(tuple)
BUTTONS = st.builds(Button, action=NAMES, label=LONG_TEXT, value=st.text(max_size=50), style=st.sampled_from(Style))
LINK_BUTTONS = st.builds(LinkButton, label=HOSTILE_TEXT, url=st.one_of(st.just("https://a.example"), HOSTILE_TEXT))
PICKERS = st.builds(PersonPicker, action=NAMES, placeholder=LONG_TEXT, value=NAMES)
PARTS = st.one_of(
    st.builds(Heading, text=LONG_TEXT),
    st.builds(Text, lines=st.lists(LINES, max_size=4).map(tuple), beside=st.none() | BUTTONS | LINK_BUTTONS),
    st.builds(Facts, facts=st.lists(st.builds(Fact, label=LONG_TEXT, line=LINES), max_size=23).map(tuple)),
    st.builds(Quote, text=LONG_TEXT),
    st.builds(Small, line=LINES),
    st.builds(Controls, controls=st.lists(BUTTONS | LINK_BUTTONS | PICKERS, max_size=30, unique_by=repr).map(tuple)),
    st.just(Divider()),
)
ANY_MESSAGE = st.builds(
    lambda summary, parts, times: Message(summary=summary, parts=tuple(parts) * times),
    LONG_TEXT,
    st.lists(PARTS, max_size=6),
    st.sampled_from([1, 1, 1, 20]),
)


@settings(max_examples=80, deadline=None)
@given(ANY_MESSAGE)
def test_whatever_is_said_fits_what_slack_takes(message: Message) -> None:
    shown = rendered(message)

    assert 0 < len(shown.text.encode("utf-16-le")) // 2 <= 4000
    assert len(shown.blocks) <= 50
    assert wrong_blocks(shown.blocks, surface="message") == []
    assert sum(len(leaf["text"]) for leaf in leaves(shown.blocks) if isinstance(leaf.get("text"), str)) <= 12_200
    for block in shown.blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    json.dumps(shown.blocks, ensure_ascii=False).encode("utf-8")


TYPED = re.compile(
    r"<@[UW][A-Z0-9]+>|<#[CGD][A-Z0-9]+>|<https?://[^\s<>|]+\|[^<>\n]*>|<!date\^\d+\^[^|<>]+\|[^<>|]+>", re.IGNORECASE
)
DATA = st.one_of(
    st.builds(lambda text: Small(line=(text,)), LONG_TEXT),
    st.builds(lambda text: Facts(facts=(Fact(label=text, line=(text, " ", text)),)), HOSTILE_TEXT),
    st.builds(lambda text: Text(lines=((text,), (text,)), beside=BUTTON), HOSTILE_TEXT),
)
BUTTON = Button(action="a", label="b", value="c")


@settings(max_examples=80, deadline=None)
@given(ANY_MESSAGE)
def test_only_typed_spans_speak_in_markup(message: Message) -> None:
    for markup in markups(message):
        left = TYPED.sub("", markup)
        assert "<" not in left
        assert ">" not in left
        assert not re.search(r"&(?!amp;|lt;|gt;)", left)


@settings(max_examples=80, deadline=None)
@given(st.lists(DATA, min_size=1, max_size=3).map(tuple), HOSTILE_TEXT)
def test_strings_never_format(parts: tuple[Small | Facts | Text, ...], summary: str) -> None:
    for markup in markups(Message(summary=summary, parts=parts)):
        own_bold = re.sub(r"^\*(.*)\*\n", r"\1 ", markup)
        assert "`" not in markup
        assert not re.search(r"(^|[\W_])[*_~]|[*_~]([\W_]|$)", re.sub(r"(?<=[^\W_])[*_~](?=[^\W_])", "", own_bold))
        assert not re.search(r"^\s*(>|&gt;)", markup, re.MULTILINE)
        assert not re.search("[\u0000-\u0009\u200b\u202a-\u202e\u2066-\u2069]", markup)
