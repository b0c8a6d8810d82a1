"""Rules about alerts: what they match, and what is wrong with them in the operator's file."""

from pathlib import Path

import pytest

from bot.domain.alert import Alert, Source
from bot.domain.alert_rule import AlertRule, Then, rule_for
from bot.domain.incident import Severity
from bot.organisation_file import OrganisationError, read_organisation
from tests import night

EXAMPLE = (Path(__file__).parents[2] / "opsbot.example.yaml").read_text()
HEAD, TAIL = EXAMPLE.split("\nalerts:\n")[0], EXAMPLE.split("    severity: high\n\n# Alerts of one service")[1]


def rules(*lines: str) -> tuple[AlertRule, ...]:
    """The rules of the example's file with others in their place."""
    return read_organisation(written(*lines), "opsbot.yaml").alert_rules


def written(*lines: str) -> str:
    return HEAD + "\nalerts:\n" + "\n".join(lines) + "\n\n# Alerts of one service" + TAIL


def refusal(*lines: str) -> str:
    with pytest.raises(OrganisationError) as caught:
        rules(*lines)
    [sentence] = caught.value.sentences
    return sentence


def alert(*, source: Source = Source.ALERTMANAGER, service: str = "", severity: str = "", **labels: str) -> Alert:
    moment = night.at(0)
    return Alert(source=source, key="1", cause="c", title="t", firing=True, at=moment, since=moment,
                 service=service, severity=severity, labels=labels)  # fmt: skip


def test_the_first_rule_that_matches_decides() -> None:
    found = read_organisation(EXAMPLE, "opsbot.yaml").alert_rules

    def name(one: Alert) -> str:
        rule = rule_for(one, found)
        return rule.name if rule else ""

    assert name(alert(alertname="Watchdog", severity="critical", service="control-plane")) == "watchdog"
    assert name(alert(service="Control Plane", severity="P1", source=Source.PAGERDUTY)) == "control-plane-down"
    assert name(alert(service="control-plane", severity="warning")) == "anything-else"


def test_without_a_fitting_rule_an_alert_is_left_alone() -> None:
    [rule] = rules(
        "- {name: only-web, source: alertmanager, match: {service: web-*, labels: {team: [a, b]}}, then: suggest}"
    )

    assert rule.matches(alert(service="WEB-frontend", team="b"))
    assert not rule.matches(alert(service="web", team="b"))
    assert not rule.matches(alert(service="web-frontend"))
    assert not rule.matches(alert(service="web-frontend", team="b", source=Source.PAGERDUTY))
    assert rule_for(alert(), [rule]) is None


def test_an_empty_list_leaves_everything_alone_and_no_list_suggests_everything() -> None:
    assert read_organisation(HEAD + "\nalerts: []\n# Alerts of one service" + TAIL, "opsbot.yaml").alert_rules == ()
    [rule] = read_organisation(HEAD + "\n# Alerts of one service" + TAIL, "opsbot.yaml").alert_rules
    assert rule.then is Then.SUGGEST
    assert rule.matches(alert())


def test_a_rule_that_declares_says_what() -> None:
    [rule] = rules("- {name: down, match: {severity: page}, then: declare, severity: critical, services: [web]}")

    assert (rule.then, rule.severity, rule.services) == (Then.DECLARE, Severity.CRITICAL, ("web",))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("- {then: suggest}", "alerts.name is missing; add it."),
        ("- {name: a}", "alerts.then is missing; add it."),
        ("- {name: a, then: shout}", "alerts.then: `shout` must be suggest (ask in the alerts channel), declare"),
        ("- {name: a, then: suggest, source: nagios}", "alerts.source: `nagios` must be pagerduty or alertmanager;"),
        ("- {name: a, then: suggest, severity: sev1}", "alerts.severity: `sev1` must be critical, high, medium or low."),
        ("- {name: a, then: suggest, services: [webb]}", "alerts.services: no service is called `webb`: did you mean `web`?"),
        ("- {name: a, then: suggest, match: {servce: x}}", "alerts.match.servce is unknown; did you mean `service`?"),
        ("- {name: a, then: suggest, when: x}", "alerts.when is unknown;"),
        ("- {name: a, then: suggest, match: {labels: {a-b: x}}}", "alerts.match.labels: `a-b` must be the name of a label"),
        ("- {name: a, then: declare, match: {service: x}}", "alerts.severity is missing; a rule that declares must say"),
        ("- {name: a, then: declare, severity: low}", "alerts: `a` declares an incident for every alert there is;"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_rule_is_told_with_its_line(line: str, sentence: str) -> None:
    told = refusal(line)

    assert told.startswith(f"opsbot.yaml:{HEAD.count(chr(10)) + 3}: ")
    assert sentence in told


def test_a_rule_that_is_never_reached_and_a_name_that_is_taken_are_told() -> None:
    assert "`b` is never reached: `a` above takes every alert." in refusal(
        "- {name: a, then: suggest}", "- {name: b, then: ignore, match: {service: x}}"
    )
    assert "two rules are called `a`" in refusal(
        "- {name: a, then: suggest, source: pagerduty}", "- {name: a, then: ignore, source: alertmanager}"
    )
