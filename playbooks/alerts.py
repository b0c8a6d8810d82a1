"""What follows from alerts: a suggestion to declare, an incident where a rule says so, or a line on a timeline.

Alerts of one cause make one suggestion, and so do those of one service that come close to each other.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.domain.alert import Alert, News, Suggestion
from bot.domain.alert_rule import AlertRule, Then, rule_for
from bot.domain.delivery import Delivery
from bot.domain.effect import Edit, Post, Priority, channel, room
from bot.domain.errors import Refused
from bot.domain.incident import Incident, Severity, Status
from bot.domain.message import Message
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.alert_looks import look_for, slot
from playbooks.deciding import DECLARE, Deciding, no_incident
from playbooks.decision import Decision
from playbooks.declaration import Declaration
from playbooks.incidents import Incidents
from playbooks.lent_page import lent_page
from playbooks.looks import look_soon
from playbooks.maintenance_hours import maintained_by
from playbooks.messages.alert import began, joined, suggestion_message, title_of
from playbooks.reading import may_know
from playbooks.reopening import Reopening

HEARD = {News.FIRING: "", News.AGAIN: " (again)", News.OVER: " (stopped)"}
MOST_NOTED = 20
"""Lines that one message of a source may put on a timeline."""
LISTED = timedelta(days=7)
"""What nobody decided on for longer is not listed."""


@dataclass(kw_only=True)
class _Bundle:
    """Alerts of one message that belong together: they meet the same rule and have the same cause."""

    rule: AlertRule
    alerts: list[Alert] = field(default_factory=list)


class Alerts:
    """Takes in what sources of alerts say, and what people make of it."""

    def __init__(self, *, store: Store, organisation: Organisation, incidents: Incidents, reopening: Reopening) -> None:
        self._store = store
        self._organisation = organisation
        self._incidents = incidents
        self._reopening = reopening
        self._deciding = Deciding(store=store, organisation=organisation)

    async def hear(self, alerts: Sequence[Alert], *, delivery: Delivery | None = None) -> None:
        """Takes in alerts of one message. Hearing the same again changes nothing; with a `delivery` it is refused."""
        async with self._begin(delivery) as unit:
            await self.hear_within(unit, alerts)

    async def hear_within(self, unit: UnitOfWork, alerts: Sequence[Alert]) -> None:
        """The same as part of a unit of work under way."""
        await unit.alerts.queue()
        for bundle in self._bundles(alerts):
            await self._take_in(unit, bundle)

    async def find(self, number: int) -> Suggestion:
        """A suggestion; refused when it is so old that it was forgotten."""
        async with self._store.look() as unit:
            return _found(await unit.alerts.get(number))

    async def undecided(self) -> Sequence[Suggestion]:
        """The suggestions of which alerts fire and nobody has made anything, the latest first."""
        async with self._store.look() as unit:
            found = await unit.alerts.seen_since(unit.now - LISTED)
        return [each for each in found if each.undecided and each.firing]

    async def declare(self, number: int, declaration: Declaration, *, by: str, delivery: Delivery) -> Incident:
        """Somebody declares what alerts suggest; refused when somebody has already."""
        async with self._store.decide(delivery) as unit:
            suggestion = _found(await unit.alerts.get_to_decide(number))
            before = suggestion_message(suggestion, self._organisation)
            incident = await self._declare(unit, suggestion, declaration, by=by)
            await unit.alerts.save(suggestion)
            await self._redraw(unit, suggestion, before)
        return incident

    async def reopen(self, number: int, why: str, *, by: str, delivery: Delivery) -> Incident:
        """Somebody says that the incident which the same alerts made before is not over."""
        async with self._store.decide(delivery) as unit:
            suggestion = _found(await unit.alerts.get_to_decide(number))
            suggestion.refuse_when_declared()
            if suggestion.follows is None:
                raise Refused("These alerts made no incident before; declare one with ", DECLARE, ".")
            former = await unit.incidents.get(suggestion.follows)
            if former is None or not may_know(former, by):
                raise no_incident(suggestion.follows)
            before = suggestion_message(suggestion, self._organisation)
            incident = await self._reopen(unit, suggestion, former, why.strip(), by=by)
            await unit.alerts.save(suggestion)
            await self._redraw(unit, suggestion, before)
        return incident

    async def dismiss(self, number: int, *, by: str, delivery: Delivery) -> None:
        """Somebody says that no incident is needed."""
        async with self._store.decide(delivery) as unit:
            suggestion = _found(await unit.alerts.get_to_decide(number))
            before = suggestion_message(suggestion, self._organisation)
            suggestion.dismiss(by)
            await unit.alerts.save(suggestion)
            await self._redraw(unit, suggestion, before)

    def _begin(self, delivery: Delivery | None) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._store.decide(delivery) if delivery else self._store.begin()

    def _bundles(self, alerts: Iterable[Alert]) -> Iterable[_Bundle]:
        bundles: dict[tuple[str, str], _Bundle] = {}
        for alert in alerts:
            rule = rule_for(alert, self._organisation.alert_rules)
            if rule and rule.then is not Then.IGNORE:
                bundles.setdefault((rule.name, alert.origin), _Bundle(rule=rule)).alerts.append(alert)
        return bundles.values()

    async def _take_in(self, unit: UnitOfWork, bundle: _Bundle) -> None:
        suggestion = await self._suggestion(unit, bundle)
        if suggestion is None:
            return
        before: Message | None = suggestion_message(suggestion, self._organisation)
        heard = [(alert, suggestion.hear(alert, unit.now)) for alert in bundle.alerts]
        suggestion.follow()
        if not suggestion.version:
            await unit.alerts.add(suggestion)
            await unit.outbox.put(Post(place=self._place, slot=slot(suggestion)), key=slot(suggestion))
            before = None
        fresh = any(news in {News.FIRING, News.AGAIN} for _, news in heard)
        if fresh:
            found = maintained_by(await unit.maintenances.going_on(), suggestion.services)
            suggestion.maintained = found.key if found else ""
        if suggestion.incident is not None:
            await self._note(unit, suggestion, heard)
        elif fresh and bundle.rule.then is Then.DECLARE and not suggestion.maintained:
            suggestion.rule = bundle.rule.name
            await self._go_by_rule(unit, suggestion, bundle.rule)
        if fresh:
            await look_for(unit, suggestion, self._place)
        await unit.alerts.save(suggestion)
        await self._redraw(unit, suggestion, before)

    async def _suggestion(self, unit: UnitOfWork, bundle: _Bundle) -> Suggestion | None:
        """The one these alerts belong to, a new one, or none: what was never said to fire has not stopped either."""
        last = await unit.alerts.of_cause(bundle.alerts[0].origin)
        if last and await self._goes_on(unit, last):
            return last
        firing = [alert for alert in bundle.alerts if alert.firing]
        if not firing or (last and not any(map(last.is_news, firing))):
            return last
        services = self._services(bundle)
        for other in await unit.alerts.seen_since(unit.now - self._organisation.alert_window):
            if not other.dismissed_by and _share(other, services, firing[0]) and await self._goes_on(unit, other):
                return await unit.alerts.get_to_decide(other.number)
        return Suggestion(
            rule=bundle.rule.name,
            title=firing[0].title,
            severity=bundle.rule.severity,
            services=services,
            opened_at=unit.now,
            seen_at=unit.now,
            follows=await self._followed(unit, last),
        )

    async def _goes_on(self, unit: UnitOfWork, suggestion: Suggestion) -> bool:
        """Whether what comes now belongs to it: its incident is open, else something fires or did so just now."""
        if suggestion.incident is not None:
            incident = await _living(unit, suggestion.incident)
            return incident is not None and incident.open
        return bool(suggestion.firing) or unit.now - suggestion.seen_at <= self._organisation.alert_window

    async def _followed(self, unit: UnitOfWork, last: Suggestion | None) -> int | None:
        """The incident that the same cause made before, if people may hear of it."""
        made = last.incident if last else None
        incident = None if made is None else await _living(unit, made)
        return incident.number if incident and not incident.private else None

    def _services(self, bundle: _Bundle) -> tuple[str, ...]:
        """Those of the rule, else those of the organisation's that the alerts name."""
        if bundle.rule.services:
            return bundle.rule.services
        named = {alert.service.lower() for alert in bundle.alerts}
        known = self._organisation.services.values()
        return tuple(each.key for each in known if {each.key, each.title.lower()} & named)

    async def _declare(
        self, unit: UnitOfWork, suggestion: Suggestion, declaration: Declaration, *, by: str
    ) -> Incident:
        suggestion.refuse_when_declared()
        declaration = replace(declaration, page=lent_page(suggestion, self._organisation))
        incident = await self._incidents.declare_within(unit, declaration, by=by)
        suggestion.declared(incident.number, by=by, private=incident.private)
        async with self._deciding.within(unit, incident.number) as decision:
            decision.incident.detect(suggestion.since)
            for alert in suggestion.firing[:MOST_NOTED]:
                decision.tell(Happening.ALERT, began(alert))
            if not by and "card" in decision.incident.shown:
                decision.show("leader", room(incident.number), Priority.ANSWER)
        return incident

    async def _go_by_rule(self, unit: UnitOfWork, suggestion: Suggestion, rule: AlertRule) -> None:
        """A rule declares; an incident of the same cause that is resolved and not closed goes on instead."""
        former = await unit.incidents.get(suggestion.follows) if suggestion.follows else None
        if former and former.status is Status.RESOLVED:
            await self._reopen(unit, suggestion, former, "", by="")
        else:
            await self._declare(unit, suggestion, _by_rule(rule, suggestion), by="")

    async def _reopen(
        self, unit: UnitOfWork, suggestion: Suggestion, former: Incident, why: str, *, by: str
    ) -> Incident:
        page = lent_page(suggestion, self._organisation)
        incident = await self._reopening.reopen_within(unit, former.number, why, by=by, page=page)
        suggestion.declared(incident.number, by=by, private=incident.private)
        async with self._deciding.within(unit, incident.number) as decision:
            _tell_all(decision, [f"{began(alert)}{HEARD[News.AGAIN]}" for alert in suggestion.firing])
        return incident

    async def _note(self, unit: UnitOfWork, suggestion: Suggestion, heard: Iterable[tuple[Alert, News]]) -> None:
        """What is new goes on the timeline of the incident that was declared for it."""
        lines = [f"{began(alert)}{HEARD[news]}" for alert, news in heard if news is not News.NOTHING]
        fresh = [alert for alert, news in heard if news in {News.FIRING, News.AGAIN}]
        if lines and suggestion.incident is not None:
            async with self._deciding.within(unit, suggestion.incident) as decision:
                _tell_all(decision, lines)
                if fresh:
                    look_soon(decision)
        if fresh:
            name = f"{slot(suggestion)}/joined/{unit.now:%Y%m%dT%H%M%S}-{len(suggestion.alerts)}"
            told = Post(place=self._place, slot=name, thread=slot(suggestion), message=joined(suggestion, fresh))
            await unit.outbox.put(told, key=name)

    async def _redraw(self, unit: UnitOfWork, suggestion: Suggestion, before: Message | None) -> None:
        """Has its message edited when it reads differently; `before` is None when it is about to be posted."""
        if before and suggestion_message(suggestion, self._organisation) != before:
            await unit.outbox.put(Edit(place=self._place, slot=slot(suggestion)))

    @property
    def _place(self) -> str:
        return channel(self._organisation.channels.alerts)


def _found(suggestion: Suggestion | None) -> Suggestion:
    if suggestion is None:
        raise Refused("These alerts are so old that they were forgotten; declare with ", DECLARE, ".")
    return suggestion


async def _living(unit: UnitOfWork, number: int) -> Incident | None:
    """The incident, or the one that it goes on as."""
    incident = await unit.incidents.get(number)
    while incident and incident.merged_into is not None:
        incident = await unit.incidents.get(incident.merged_into)
    return incident


def _share(suggestion: Suggestion, services: Collection[str], alert: Alert) -> bool:
    """Whether an alert concerns the same service, by the organisation's name for it or else by the source's."""
    if services:
        return bool(set(services) & set(suggestion.services))
    return bool(alert.service) and any(each.service == alert.service for each in suggestion.alerts.values())


def _by_rule(rule: AlertRule, suggestion: Suggestion) -> Declaration:
    return Declaration(
        title=title_of(suggestion),
        severity=rule.severity or Severity.HIGH,
        services=suggestion.services,
        rule=rule.name,
    )


def _tell_all(decision: Decision, lines: Sequence[str]) -> None:
    for line in lines[:MOST_NOTED]:
        decision.tell(Happening.ALERT, line)
    if len(lines) > MOST_NOTED:
        decision.tell(Happening.ALERT, f"… and {len(lines) - MOST_NOTED} more alerts")
