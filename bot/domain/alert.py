"""Alerts of other systems, and the suggestion to declare an incident that those of one cause make together."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import Refused
from bot.domain.incident import Severity
from bot.domain.outlook import SuggestedPlaybook

MOST_ALERTS = 200
"""Alerts that one suggestion knows one by one; more are only said to be more."""


class Source(StrEnum):
    """Where alerts come from."""

    PAGERDUTY = "pagerduty"
    ALERTMANAGER = "alertmanager"


class News(StrEnum):
    """What a word about an alert tells that was not known."""

    NOTHING = "nothing"
    FIRING = "firing"
    """It fires for the first time."""
    AGAIN = "again"
    """It had stopped, and fires again."""
    OVER = "over"


@dataclass(frozen=True, kw_only=True)
class Alert:
    """An alert as its source tells it at one moment; all words of it are the source's own."""

    source: Source
    key: str
    """The source's name for it, the same whenever it speaks of it."""
    cause: str
    """What the source groups it by."""
    title: str
    firing: bool
    at: datetime
    """When this was so; what the source says of an earlier moment is no news."""
    since: datetime
    service: str = ""
    severity: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    answered_by: str = ""
    """Who acknowledged it there, by name."""
    page: str = ""
    """The key under which PagerDuty wakes people for it; empty when nobody is woken."""
    policy: str = ""
    """The id of PagerDuty's escalation policy that wakes them."""

    @property
    def identity(self) -> str:
        return f"{self.source}/{self.key}"

    @property
    def origin(self) -> str:
        """Its cause, told apart from those of other sources."""
        return f"{self.source}/{self.cause}"


@dataclass(kw_only=True)
class Suggestion:
    """Alerts of one cause, and what people made of them: nothing yet, an incident, or nothing on purpose."""

    number: int = 0
    rule: str
    """The rule of the operator's that they matched first."""
    title: str
    severity: Severity | None
    services: tuple[str, ...]
    opened_at: datetime
    seen_at: datetime
    """When anything new was last heard of its alerts."""
    causes: tuple[str, ...] = ()
    alerts: dict[str, Alert] = field(default_factory=dict)
    beyond: bool = False
    """Whether there were more alerts than are known one by one."""
    incident: int | None = None
    private: bool = False
    """Whether its incident is private, so that the suggestion must not name it."""
    declared_by: str = ""
    dismissed_by: str = ""
    follows: int | None = None
    """The incident that the same cause made before, if that one is over."""
    look: int = 0
    """The number under which what was seen for it is kept; 0 before anything is looked at."""
    looked_at: datetime | None = None
    """When it was last looked at once because of what was heard."""
    suggested: tuple[SuggestedPlaybook, ...] = ()
    maintained: str = ""
    """The maintenance that touches all of its services, as of when it was last heard of."""
    version: int = 0

    @property
    def firing(self) -> tuple[Alert, ...]:
        """Those that have not stopped, the longest first."""
        return tuple(sorted((alert for alert in self.alerts.values() if alert.firing), key=lambda alert: alert.since))

    @property
    def since(self) -> datetime:
        """When the first of its alerts began."""
        return min((alert.since for alert in self.alerts.values()), default=self.opened_at)

    @property
    def ended_at(self) -> datetime | None:
        """When the last of its alerts stopped; None while one fires."""
        return None if self.firing else max((alert.at for alert in self.alerts.values()), default=None)

    @property
    def undecided(self) -> bool:
        """Whether nobody has declared or dismissed it."""
        return self.incident is None and not self.dismissed_by

    @property
    def waits(self) -> bool:
        """Whether something fires on which nobody has decided."""
        return self.undecided and bool(self.firing)

    @property
    def reopened(self) -> bool:
        """Whether the incident that the same cause made before goes on for it."""
        return self.incident is not None and self.incident == self.follows

    def is_news(self, alert: Alert) -> bool:
        """Whether an alert fires that did not when it was last heard of; sources repeat what fires on."""
        known = self.alerts.get(alert.identity)
        return alert.firing and not (known and known.firing) and not self.beyond

    def hear(self, alert: Alert, now: datetime) -> News:
        """Take in what a source says about one alert; says what is new about it."""
        known = self.alerts.get(alert.identity)
        if known and alert.at < known.at:
            return News.NOTHING
        if not known and not alert.firing:
            return News.NOTHING
        if not known and len(self.alerts) >= MOST_ALERTS:
            self.beyond = True
            return News.NOTHING
        self._keep(alert)
        if known and known.firing == alert.firing:
            return News.NOTHING
        self.seen_at = now
        if not alert.firing:
            return News.OVER
        return News.AGAIN if known else News.FIRING

    def follow(self) -> None:
        """Is called after what has fired the longest, once nothing fires any more that it was called after."""
        titles = [alert.title for alert in self.firing]
        if titles and self.title not in titles:
            self.title = titles[0]

    def declared(self, incident: int, *, by: str, private: bool) -> None:
        """It became an incident; `by` is empty when a rule did it. Refused when it is one already."""
        self.refuse_when_declared()
        self.incident, self.declared_by, self.private = incident, by, private
        self.dismissed_by = ""

    def dismiss(self, by: str) -> None:
        """Somebody looked and it needs no incident."""
        self.refuse_when_declared()
        if self.dismissed_by:
            raise Refused("It was dismissed already.")
        self.dismissed_by = by

    def refuse_when_declared(self) -> None:
        """Whoever is second hears what the first one did, unless that is a secret."""
        if self.incident is None:
            return
        if self.private:
            raise Refused("Somebody takes care of these alerts already.", field="title")
        raise Refused(f"INC-{self.incident} was declared for these alerts already; work on it there.", field="title")

    def _keep(self, alert: Alert) -> None:
        """Without its labels, which have served when a rule was sought, and may be many."""
        if alert.origin not in self.causes:
            self.causes = (*self.causes, alert.origin)
        self.alerts[alert.identity] = replace(alert, labels={})
