"""What the operator's file says about alerts: rules, the first of which that an alert matches decides."""

import re

from bot.domain.alert import Source
from bot.domain.alert_rule import EVERYTHING, AlertRule, Patterns, Then
from bot.domain.incident import Severity
from bot.organisation_values import key, text
from bot.yaml_section import Section

LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,99}")


def source(written: str) -> Source:
    """Where alerts come from."""
    if written not in set(Source):
        raise ValueError("must be pagerduty or alertmanager; leave it out for both.")
    return Source(written)


def then(written: str) -> Then:
    """What an alert leads to."""
    if written not in set(Then):
        raise ValueError("must be suggest (ask in the alerts channel), declare (at once) or ignore.")
    return Then(written)


def severity(written: str) -> Severity:
    """How bad the incident is."""
    if written not in set(Severity):
        raise ValueError("must be critical, high, medium or low.")
    return Severity(written)


def read_alert_rules(section: Section) -> tuple[AlertRule, ...]:
    """The rules of the file in their order; what holds without any when it has none."""
    if not section.has("alerts"):
        return (EVERYTHING,)
    rules: list[AlertRule] = []
    for each in section.sections("alerts"):
        rule = _rule(each)
        _fits(rule, rules, each)
        rules.append(rule)
    return tuple(rules)


def _rule(section: Section) -> AlertRule:
    match = section.section("match")
    rule = AlertRule(
        name=section.required("name", key, ""),
        then=section.required("then", then, Then.SUGGEST),
        source=section.value("source", source, None),
        service=match.values("service", text),
        alert_severity=match.values("severity", text),
        labels=_labels(match.section("labels")),
        severity=section.value("severity", severity, None),
        services=section.values("services", key),
    )
    match.close()
    section.close()
    return rule


def _labels(section: Section) -> dict[str, Patterns]:
    for name in section.names():
        if not LABEL.fullmatch(name):
            section.wrong(section.line_of(name), f"{section.path}: `{name}` must be the name of a label, like team.")
    return {name: section.values(name, text) for name in section.names()}


def _fits(rule: AlertRule, earlier: list[AlertRule], section: Section) -> None:
    """Note what is wrong with a rule where it stands."""
    if any(rule.name == other.name for other in earlier):
        line = section.line_of("name")
        section.wrong(
            line, f"alerts: two rules are called `{rule.name}`; rename one, so that messages tell which it was."
        )
    if rule.then is Then.DECLARE and rule.severity is None:
        section.wrong(section.line, "alerts.severity is missing; a rule that declares must say how bad it is.")
    if rule.then is Then.DECLARE and rule.takes_all:
        sentence = "declares an incident for every alert there is; say which under `match`, or suggest instead."
        section.wrong(section.line, f"alerts: `{rule.name}` {sentence}")
    if hidden := next((other for other in earlier if _hides(other, rule)), None):
        sentence = f"is never reached: `{hidden.name}` above takes every alert. Put it first."
        section.wrong(section.line, f"alerts: `{rule.name}` {sentence}")


def _hides(earlier: AlertRule, later: AlertRule) -> bool:
    return earlier.takes_all and earlier.source in {None, later.source}
