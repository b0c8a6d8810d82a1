"""What people do with incidents: declare, acknowledge, update, hand over, make worse or better, resolve, close.

Every function is one decision in one unit of work. It raises `Refused`, in words for the person, and `AlreadyDone`
when the delivery that asks for it was handled before.
"""

from datetime import datetime, timedelta

from bot.domain.delivery import Delivery
from bot.domain.effect import Priority, direct
from bot.domain.errors import Refused
from bot.domain.incident import Duty, Incident, Severity
from bot.domain.message import Message, Person
from bot.domain.page import Page
from bot.domain.playbook import Playbook
from bot.domain.run import Run
from bot.domain.status_page import Stage
from bot.domain.timeline import Happening
from bot.domain.update import Update
from bot.organisation import Organisation
from bot.slack.text import is_blank
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks import Catalogue
from playbooks.advance import follows_resolving, skip_rest, stop_beside, tick
from playbooks.audience import Audience, resets_timer
from playbooks.change_review import refuse_unreviewed
from playbooks.deciding import Deciding, conclude
from playbooks.decision import Decision
from playbooks.declaration import Declaration
from playbooks.escalation import next_response
from playbooks.handover import receive
from playbooks.home_news import refresh
from playbooks.lent_page import acknowledge_pages, follow_lent, resolve_pages
from playbooks.looks import watch
from playbooks.merging import offer_merging
from playbooks.messages import inform, news
from playbooks.public_words import Words
from playbooks.putting_away import put_away
from playbooks.reading import Reading
from playbooks.records import refuse_ahead
from playbooks.report_due import closed_words, owe_report, refuse_unreported
from playbooks.severity import change_severity
from playbooks.status_page import approve

LONGEST_SNOOZE = 120
"""Minutes a reminder can be put off."""


class Incidents(Reading):
    """Incidents, as people deal with them; what only looks at them is in `Reading`."""

    def __init__(self, *, store: Store, organisation: Organisation, catalogue: Catalogue) -> None:
        super().__init__(store=store, organisation=organisation)
        self._store = store
        self._organisation = organisation
        self._catalogue = catalogue
        self._deciding = Deciding(store=store, organisation=organisation)

    async def declare(self, declaration: Declaration, *, by: str, delivery: Delivery) -> Incident:
        """A new incident, and the run of its severity's playbook: the steps of the first phase are begun at once."""
        async with self._store.decide(delivery) as unit:
            return await self.declare_within(unit, declaration, by=by)

    async def declare_within(self, unit: UnitOfWork, declaration: Declaration, *, by: str) -> Incident:
        """The same as part of a unit of work under way; `by` is empty when a rule declares."""
        title = " ".join(declaration.title.split())
        if is_blank(title):
            raise Refused("Say in a few words what is wrong.", field="title")
        playbook = self._playbook(declaration.severity)
        number = await unit.incidents.next_number()
        incident = _declared(declaration, self._organisation, number=number, title=title, by=by, now=unit.now)
        run = Run(id=1, incident=number, playbook=playbook, started_at=unit.now)
        decision = Decision(unit=unit, organisation=self._organisation, incident=incident, run=run, seen={})
        if declaration.origin:
            decision.entries.append(declaration.origin.entry(number))
        told = f"{incident.severity}: {title}" + (f" (rule {declaration.rule})" if declaration.rule else "")
        decision.tell(Happening.DECLARED, told, by=by)
        follow_lent(decision)
        await conclude(decision, {})
        await refresh(unit)
        await offer_merging(unit, incident, self._organisation)
        return incident

    async def acknowledge(self, number: int, *, by: str, delivery: Delivery) -> Incident:
        """Somebody is on it; the first one commands, and PagerDuty wakes nobody else."""
        async with self._deciding.about(number, delivery) as decision:
            incident = decision.incident
            if incident.acknowledged_at and incident.acknowledged_by:
                raise Refused(Person(user=incident.acknowledged_by), f" has acknowledged {incident.key} already.")
            if not incident.open:
                raise Refused(f"{incident.key} is {incident.status}; there is nothing to acknowledge any more.")
            if not incident.acknowledge(by, decision.now):
                raise Refused(f"{incident.key} is acknowledged already.")
            decision.tell(Happening.ACKNOWLEDGED, "Acknowledged.", by=by)
            _stand_down(decision)
        return incident

    async def post_update(
        self, number: int, text: str, audiences: frozenset[Audience], *, by: str, delivery: Delivery
    ) -> Incident:
        """A status update, said wherever it is meant to be; the next one is promised from now on."""
        text = text.strip()
        if not text:
            raise Refused("Say where it stands, in a sentence or two.", field="text")
        async with self._deciding.about(number, delivery) as decision:
            incident = decision.incident
            update = Update(at=decision.now, by=by, text=text)
            announced = Audience.ANNOUNCEMENT in audiences
            due = decision.policy.update_due(decision.now)
            counts = resets_timer(audiences, incident, decision.policy)
            incident.post_update(update, due if counts else None, announced=announced)
            decision.tell(Happening.UPDATE, text, by=by)
            if Audience.STATUS_PAGE in audiences:
                await approve(decision, Words(text=text), by=by)
            _pass_on(decision, audiences)
        return incident

    async def no_change(self, number: int, *, by: str, delivery: Delivery) -> Incident:
        """Nothing new to say: the next update is asked for after the usual time."""
        async with self._deciding.about(number, delivery) as decision:
            decision.incident.ask_again(decision.policy.update_due(decision.now))
            decision.tell(Happening.UPDATE, "No change since the last update.", by=by)
        return decision.incident

    async def snooze(self, number: int, minutes: int, *, by: str, delivery: Delivery) -> Incident:
        """The update is asked for again in so many minutes."""
        if not 0 < minutes <= LONGEST_SNOOZE:
            raise Refused(f"A reminder can be put off by up to {LONGEST_SNOOZE} minutes.")
        async with self._deciding.about(number, delivery) as decision:
            decision.incident.ask_again(decision.now + timedelta(minutes=minutes))
            decision.tell(Happening.UPDATE, f"The next update was put off by {minutes} minutes.", by=by)
        return decision.incident

    async def take_role(
        self, number: int, duty: Duty, *, user: str, by: str, held_by: str | None, delivery: Delivery
    ) -> Incident:
        """Gives a role to somebody; refused when it is not with `held_by` any more, whom the asker saw it with."""
        async with self._deciding.about(number, delivery) as decision:
            incident = decision.incident
            acknowledged = incident.acknowledged_at
            holder = incident.duties.get(duty)
            if holder not in {held_by, user}:
                raise _superseded(duty, holder)
            before = incident.take(duty, user, decision.now)
            receive(decision, duty, user, before, by=by)
            decision.tell(Happening.ROLE, f"{duty}: @{user}" + (f", after @{before}" if before else ""), by=by)
            decision.say(
                f"post/role-{duty}-{incident.version}",
                news.role_taken(incident, duty, user, before, decision.organisation),
            )
            if incident.acknowledged_at and not acknowledged:
                _stand_down(decision)
        return incident

    async def note(
        self, number: int, text: str, *, by: str, delivery: Delivery, at: datetime | None = None
    ) -> Incident:
        """A line on the timeline, of now or of an earlier time."""
        if not text.strip():
            raise Refused("Say what is to be noted.", field="text")
        async with self._deciding.about(number, delivery) as decision:
            refuse_ahead(at, decision.now)
            decision.tell(Happening.NOTE, text.strip(), by=by, at=at)
        return decision.incident

    async def change_severity(
        self, number: int, severity: Severity, *, by: str, reason: str, delivery: Delivery
    ) -> Incident:
        """Makes it better or worse, with all that follows: clocks, playbook, announcement, people."""
        playbook = self._playbook(severity)
        async with self._deciding.about(number, delivery) as decision:
            change_severity(decision, severity, playbook, by=by, reason=reason.strip())
        return decision.incident

    async def mitigate(self, number: int, *, by: str, delivery: Delivery) -> Incident:
        """The damage has stopped; from now on the fix is watched."""
        async with self._deciding.about(number, delivery) as decision:
            decision.incident.mitigate(decision.now, decision.organisation.watch)
            watch(decision)
            decision.tell(Happening.STATUS, "Mitigated; the fix is being watched.", by=by)
            decision.say("post/mitigated", news.mitigated(decision.incident, by, decision.organisation))
        return decision.incident

    async def resolve(
        self, number: int, resolution: str, *, by: str, delivery: Delivery, tell_customers: bool = False
    ) -> Incident:
        """It is over: what is left of the phases so far is skipped, and the work after it begins.

        With `tell_customers` the status page says so too, if it speaks of the incident.
        """
        if not resolution.strip():
            raise Refused("Say in a sentence what resolved it.", field="resolution")
        async with self._deciding.about(number, delivery) as decision:
            public = decision.incident.public
            if tell_customers and public and public.down:
                await approve(decision, Words(stage=Stage.RESOLVED), by=by)
            _resolve(decision, resolution.strip(), by=by)
        return decision.incident

    async def close(self, number: int, *, by: str, delivery: Delivery, without_report: str | None = None) -> Incident:
        """It is put away; steps that are still open are skipped.

        While its report is owed it is not, unless somebody says to do `without_report`, perhaps why.
        """
        async with self._deciding.about(number, delivery) as decision:
            if without_report is None:
                refuse_unreported(decision)
            await refuse_unreviewed(decision)
            decision.incident.close(by, decision.now)
            decision.tell(Happening.CLOSED, closed_words(decision.incident, without_report), by=by)
            decision.say("post/closed", news.closed(decision.incident, by, decision.organisation))
            skip_rest(decision, "The incident was closed.", by=by)
            stop_beside(decision, by=by)
            await put_away(decision)
        return decision.incident

    def _playbook(self, severity: Severity) -> Playbook:
        """What the operator chose for a severity; the library's own when that cannot be used, because one is needed."""
        chosen = self._organisation.severity(severity).playbook
        return self._catalogue.playbooks.get(chosen) or self._catalogue.find(f"{severity}-incident")


def _declared(
    declaration: Declaration, organisation: Organisation, *, number: int, title: str, by: str, now: datetime
) -> Incident:
    severity, policy = declaration.severity, organisation.severity(declaration.severity)
    incident = Incident(
        number=number,
        title=title,
        severity=severity,
        severity_since=now,
        declared_by=by,
        rule=declaration.rule,
        declared_at=now,
        declared_in=declaration.channel,
        private=declaration.private,
        drill=declaration.drill,
        services=declaration.services,
        alert=f"opsbot-inc-{number}-{now:%Y%m%dT%H%M%SZ}",
        page=Page() if declaration.drill else declaration.page,
        update_due=policy.update_due(now),
    )
    if declaration.impact.strip():
        incident.answer("impact", declaration.impact.strip())
    if declaration.services:
        incident.answer("affected-services", ", ".join(declaration.services))
    incident.response_due = next_response(incident, policy, now)
    return incident


def _superseded(duty: Duty, holder: str | None) -> Refused:
    """The button was drawn when somebody else had the role."""
    if holder is None:
        return Refused(f"That button is out of date: nobody is {duty} any more. Press again on the latest message.")
    return Refused(
        "That button is out of date: ", Person(user=holder), f" is {duty} now. Press again on the latest message."
    )


def _stand_down(decision: Decision) -> None:
    """PagerDuty need not wake anybody any more."""
    decision.incident.paging_due = None
    acknowledge_pages(decision)


def _pass_on(decision: Decision, audiences: frozenset[Audience]) -> None:
    """The announcement is edited by itself, because it reads differently now."""
    incident, organisation = decision.incident, decision.organisation
    name = f"update-{incident.updates}"
    if Audience.ROOM in audiences:
        decision.say(f"post/{name}", news.update_posted(incident, audiences, organisation))
    if Audience.STAKEHOLDERS in audiences:
        _inform(decision, name, inform.update_told(incident, organisation))


def _inform(decision: Decision, name: str, message: Message) -> None:
    """Tell everybody who was informed of the incident so far."""
    for user in decision.incident.informed:
        decision.say(f"inform/{user}/{name}", message, place=direct(user), urgency=Priority.UPDATE)


def _resolve(decision: Decision, resolution: str, *, by: str) -> None:
    """The phases that were never opened are passed over, up to those that belong to the time after."""
    incident, organisation = decision.incident, decision.organisation
    incident.resolve(by, resolution, decision.now)
    decision.tell(Happening.RESOLVED, f"Resolved: {resolution}", by=by)
    owe_report(decision)
    tick(decision)
    note = "The incident was resolved."
    skip_rest(decision, note, by=by)
    while (following := decision.run.following) and not follows_resolving(following):
        decision.run.open_next(decision.now)
        skip_rest(decision, note, by=by)
    resolve_pages(decision)
    decision.say("post/resolved", news.resolved(incident, organisation))
    _inform(decision, "resolved", inform.resolved_told(incident, organisation))
