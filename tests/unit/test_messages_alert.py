"""The message of one suggestion, at every stage of what alerts and people may make of it."""

from datetime import timedelta

import pytest

from bot.domain.alert import Alert, Source, Suggestion
from bot.domain.incident import Duty, Severity
from bot.domain.message import Message
from bot.slack.blocks import rendered
from playbooks.messages.alert import needs_commander, suggestion_message, suggestions_message, told_directly
from tests import night
from tests.as_text import message_text
from tests.golden_file import assert_golden

ORGANISATION = night.organisation()


def alert(key: str, title: str = "p95 above 2 s", *, source: Source = Source.ALERTMANAGER, answered: str = "") -> Alert:
    minute = int(key)
    return Alert(
        source=source,
        key=key,
        cause="{}:{alertname=ApiSlow}",
        title=title,
        firing=True,
        at=night.at(minute),
        since=night.at(minute),
        service="control-plane",
        severity="warning",
        link=f"https://alerts.example.com/{key}" if source is Source.PAGERDUTY else "",
        answered_by=answered,
    )


def suggested(*alerts: Alert, title: str = "API is slow") -> Suggestion:
    suggestion = Suggestion(
        number=7,
        rule="api-slow",
        title=title,
        severity=Severity.HIGH,
        services=("control-plane",),
        opened_at=night.at(0),
        seen_at=night.at(0),
    )
    for each in alerts or (alert("0"),):
        suggestion.hear(each, each.at)
    return suggestion


def several() -> Suggestion:
    answered = alert("1", "Runs fail", source=Source.PAGERDUTY, answered="Ben Okafor")
    return suggested(alert("0"), answered, *(alert(str(minute)) for minute in range(2, 9)))


def stopped(suggestion: Suggestion) -> Suggestion:
    for each in suggestion.firing:
        over = Alert(source=each.source, key=each.key, cause=each.cause, title=each.title, firing=False,
                     at=night.at(18), since=each.since)  # fmt: skip
        suggestion.hear(over, over.at)
    return suggestion


def dismissed() -> Suggestion:
    suggestion = suggested()
    suggestion.dismiss(night.CHO)
    return suggestion


def declared(*, by: str = night.ANA, private: bool = False) -> Suggestion:
    suggestion = suggested()
    suggestion.declared(42, by=by, private=private)
    return suggestion


def recurring() -> Suggestion:
    suggestion = suggested()
    suggestion.follows = 41
    return suggestion


def reopened() -> Suggestion:
    suggestion = recurring()
    suggestion.declared(41, by=night.ANA, private=False)
    return suggestion


def storm() -> Suggestion:
    return suggested(*(alert(str(number)) for number in range(300)))


SAID: dict[str, Message] = {
    "one": suggestion_message(suggested(), ORGANISATION),
    "several": suggestion_message(several(), ORGANISATION),
    "storm": suggestion_message(storm(), ORGANISATION),
    "like-an-open-one": suggestion_message(suggested(), ORGANISATION, alike=[night.declared()]),
    "recurring": suggestion_message(recurring(), ORGANISATION),
    "stopped": suggestion_message(stopped(several()), ORGANISATION),
    "dismissed": suggestion_message(dismissed(), ORGANISATION),
    "declared": suggestion_message(declared(), ORGANISATION),
    "declared-by-rule": suggestion_message(declared(by=""), ORGANISATION),
    "declared-private": suggestion_message(declared(private=True), ORGANISATION),
    "told-directly": told_directly(suggested(), ORGANISATION, "opsbot waits for an invitation to #alerts"),
    "reopened": suggestion_message(reopened(), ORGANISATION),
    "waiting": suggestions_message([suggested(), several()], ORGANISATION),
    "none-waiting": suggestions_message([], ORGANISATION),
    "declared-and-stopped": suggestion_message(stopped(declared()), ORGANISATION),
}


@pytest.mark.parametrize("name", SAID)
def test_a_suggestion_reads_well(name: str) -> None:
    assert_golden(f"messages/alert-{name}.txt", message_text(SAID[name]))


def test_a_rule_asks_for_a_commander() -> None:
    incident = night.declared()
    incident.rule = "api-slow"
    asked = needs_commander(incident)
    assert asked
    assert_golden("messages/alert-needs-commander.txt", message_text(asked))

    incident.take(Duty.COMMANDER, night.ANA, night.at(1))
    assert needs_commander(incident) is None


def test_hostile_words_of_a_source_are_shown_and_fit() -> None:
    hostile = suggested(alert("0", night.HOSTILE, answered=night.HOSTILE), title=night.HOSTILE)
    shown = rendered(suggestion_message(hostile, ORGANISATION))

    assert "<!channel>" not in shown.text
    assert "A" * 1000 not in str(shown.blocks)


def test_a_private_incident_is_not_named() -> None:
    assert "42" not in message_text(SAID["declared-private"])


def test_older_words_about_an_alert_are_no_news() -> None:
    suggestion = stopped(suggested())
    suggestion.hear(alert("5"), night.at(19))
    late = alert("0")
    suggestion.hear(late, night.at(20))

    assert [each.key for each in suggestion.firing] == ["5"]
    assert suggestion.seen_at == night.at(19)
    assert suggestion.seen_at - suggestion.opened_at == timedelta(minutes=19)
