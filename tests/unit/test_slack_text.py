"""Foreign text is shown as it is, except for what hides or deceives."""

import pytest

from bot.domain.profile import Standing
from bot.slack.people import profile_of
from bot.slack.text import cut, escaped, one_line, size, visible


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("control_plane é 🔥 日本", "control_plane é 🔥 日本"),
        ("e\u0301", "é"),
        ("evil\u202egnp.exe", "evil⟦U+202E⟧gnp.exe"),
        ("a\u2066b\u2069", "a⟦U+2066⟧b⟦U+2069⟧"),
        ("con\u200btrol\u2060\ufeff\u00ad", "control"),
        ("con\u200dtrol \u200d", "control "),
        ("👩\u200d💻", "👩\u200d💻"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\x1b[31mred\x00\x7f", "⟦U+001B⟧[31mred⟦U+0000⟧⟦U+007F⟧"),
        ("a\r\nb\tc", "a\nb    c"),
        ("a\rb", "a⟦U+000D⟧b"),
        ("a\u2028b", "a\nb"),
        ("\ud800 \uffff", "⟦U+D800⟧ ⟦U+FFFF⟧"),
        ("Z" + "\u0300" * 500, "Z" + "\u0300" * 4),
    ],
)
def test_what_hides_or_deceives_is_taken_out_or_spelt_out(given: str, shown: str) -> None:
    assert visible(given) == shown


@pytest.mark.parametrize(
    ("given", "markup"),
    [
        ("a_b*c~d", "a_b*c~d"),
        ("*bold* _it_ ~no~", "∗bold∗ ˍitˍ ∼no∼"),
        ("`rm -rf`", "ˋrm -rfˋ"),
        ("> said\n>> more", "› said\n›&gt; more"),
        ("a > b & <!here>", "a &gt; b &amp; &lt;!here&gt;"),
    ],
)
def test_markup_of_text_means_nothing(given: str, markup: str) -> None:
    assert escaped(given) == markup


def test_text_is_cut_as_slack_counts_it() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"
    assert cut("🔥🔥🔥🔥", 6) == "🔥🔥…"
    assert cut("<<<", 11) == "<<…"
    assert size("🔥<&") == 2 + 4 + 5


def test_a_title_is_one_line() -> None:
    assert one_line(" checkout\n\n is\u2028down ") == "checkout is down"


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({}, Standing.FULL),
        ({"team_id": "T1"}, Standing.FULL),
        ({"is_restricted": True}, Standing.GUEST),
        ({"is_ultra_restricted": True}, Standing.GUEST),
        ({"team_id": "T2"}, Standing.STRANGER),
        ({"is_stranger": True, "is_restricted": True}, Standing.STRANGER),
        ({"is_bot": True}, Standing.BOT),
        ({"id": "USLACKBOT"}, Standing.BOT),
        ({"deleted": True, "team_id": "T1"}, Standing.DELETED),
    ],
)
def test_only_full_members_of_the_own_workspace_are_full(facts: dict[str, object], standing: Standing) -> None:
    assert profile_of({"id": "U1", "name": "ana"} | facts, "T1").standing is standing


def test_people_are_called_what_they_call_themselves() -> None:
    user = {
        "id": "U1",
        "name": "asilva",
        "tz": "Europe/Lisbon",
        "profile": {"real_name": "Ana Silva", "email": "a@x.org"},
    }

    profile = profile_of(user, "T1")

    assert (profile.name, profile.email, profile.tz) == ("Ana Silva", "a@x.org", "Europe/Lisbon")
    assert profile_of({"id": "U1"}, "T1").name == "U1"
