"""What people type is read as they meant it: severities, roles, mentions, commands after a mention."""

from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.incident import Duty, Severity
from handlers.events import said_in
from handlers.words import chosen, mentioned, readable, severity_first
from tests.night import organisation


@pytest.mark.parametrize(
    ("words", "severity", "rest"),
    [
        ("critical API is down", Severity.CRITICAL, "API is down"),
        ("  HIGH   Login fails ", Severity.HIGH, "Login fails"),
        ("low", Severity.LOW, ""),
        ("API is down", None, "API is down"),
        ("", None, ""),
    ],
)
def test_a_severity_stands_first_or_is_not_there(words: str, severity: Severity | None, rest: str) -> None:
    assert severity_first(words) == (severity, rest)


@pytest.mark.parametrize("words", ["critcal API is down", "Hihg load", "mediun"])
def test_a_first_word_that_is_nearly_a_severity_is_refused(words: str) -> None:
    with pytest.raises(Refused):
        severity_first(words)


def test_a_word_of_a_closed_set_is_found_however_it_is_written() -> None:
    assert chosen(Duty, "role", "Scribe") is Duty.SCRIBE
    with pytest.raises(Refused, match="commander"):
        chosen(Duty, "role", "comander")


@pytest.mark.parametrize(
    ("words", "user"), [("<@U0BEN>", "U0BEN"), ("to <@W1|ben> please", "W1"), ("@ben", None), ("<@ben>", None)]
)
def test_the_first_person_mentioned_is_found_by_id(words: str, user: str | None) -> None:
    assert mentioned(words) == user


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("<@U0BEN|ben> is on it", "@Ben Okafor is on it"),
        ("<@U0NEW|new> and <@U0GONE>", "@new and @U0GONE"),
        ("see <#C1|support>", "see #support"),
        ("<https://status.example.com|our page>", "https://status.example.com"),
        ("<https://status.example.com>", "https://status.example.com"),
        ("a < b > c <!channel> <b>", "a < b > c <!channel> <b>"),
    ],
)
def test_what_slack_encloses_is_read_as_it_was_typed(typed: str, read: str) -> None:
    assert readable(typed, organisation()) == read


def event(**more: Any) -> dict[str, Any]:
    return {"event_id": "Ev1", "event": {"type": "app_mention", "user": "U0ANA", "channel": "C1", "ts": "1.0", **more}}


def test_the_mention_itself_is_left_out_and_what_slack_escapes_is_unescaped() -> None:
    said = said_in(event(text="<@U0OPSBOT> declare critical a &lt; b &amp;&amp; c"))

    assert said
    assert said.words == "declare critical a < b && c"
    assert said.thread == "1.0"


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"bot_id": "B1"},
        {"type": "message", "channel_type": "channel", "text": "declare critical"},
        {"type": "reaction_added"},
    ],
)
def test_what_is_not_addressed_to_the_bot_is_not_heard(more: dict[str, Any]) -> None:
    assert said_in(event(**more)) is None


def test_an_event_without_an_author_is_not_heard() -> None:
    body = event(text="declare critical")
    del body["event"]["user"]
    assert said_in(body) is None


def test_a_direct_message_is_answered_where_it_was_written() -> None:
    said = said_in(event(type="message", channel_type="im", text="status"))

    assert said
    assert said.thread == ""
