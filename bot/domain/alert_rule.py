"""Rules of the operator's: which alerts suggest an incident, which declare one, and which are left alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.domain.alert import Alert, Source
from bot.domain.incident import Severity

Patterns = tuple[str, ...]
"""Words of which one must be met, however capitalised; `*` stands for anything."""


class Then(StrEnum):
    """What an alert leads to."""

    SUGGEST = "suggest"
    """People are asked whether to declare."""
    DECLARE = "declare"
    """An incident is declared at once."""
    IGNORE = "ignore"


@dataclass(frozen=True, kw_only=True)
class AlertRule:
    """What is asked of an alert, and what follows when all of it is so; what is left empty is not asked."""

    name: str
    then: Then
    source: Source | None = None
    service: Patterns = ()
    alert_severity: Patterns = ()
    labels: Mapping[str, Patterns] = field(default_factory=dict)
    severity: Severity | None = None
    """Of the incident."""
    services: tuple[str, ...] = ()
    """Of the incident; those the alert names when empty."""

    @property
    def takes_all(self) -> bool:
        """Whether it asks nothing of an alert but its source."""
        return not (self.service or self.alert_severity or self.labels)

    def matches(self, alert: Alert) -> bool:
        return (
            self.source in {None, alert.source}
            and _meets(alert.service, self.service)
            and _meets(alert.severity, self.alert_severity)
            and all(_meets(alert.labels.get(name, ""), patterns) for name, patterns in self.labels.items())
        )


EVERYTHING = AlertRule(name="any-alert", then=Then.SUGGEST)
"""What holds where the operator has no rules: whoever connects a source of alerts wants to see them."""


def rule_for(alert: Alert, rules: Iterable[AlertRule]) -> AlertRule | None:
    """The first rule that an alert matches; None when it matches none."""
    return next((rule for rule in rules if rule.matches(alert)), None)


def _meets(word: str, patterns: Patterns) -> bool:
    return not patterns or any(fnmatchcase(word.lower(), pattern.lower()) for pattern in patterns)
