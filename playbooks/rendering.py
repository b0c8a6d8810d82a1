"""What each message that the bot keeps says at this moment: from its slot to the message, read anew at every sending."""

import re

from bot.domain.chart import Chart
from bot.domain.incident import Incident
from bot.domain.looking import ShareChart
from bot.domain.message import Message
from bot.domain.playbook import Phase
from bot.domain.run import Run
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks import change_decision
from playbooks.alert_looks import sight_of_alerts
from playbooks.alike import alike
from playbooks.due_now import due_now
from playbooks.maintenance_news import against
from playbooks.messages.alert import suggestion_message
from playbooks.messages.announcement import announcement_message
from playbooks.messages.card import card_message
from playbooks.messages.day import Hour, day_message
from playbooks.messages.due import due_message
from playbooks.messages.inform import declared, room_failed
from playbooks.messages.maintenance import card_message as card_of
from playbooks.messages.page import page_message, paged_message
from playbooks.messages.phase import phase_message
from playbooks.messages.topic import topic
from playbooks.reading import may_know
from playbooks.redraw import TOLD, buried_page
from playbooks.sight import Sight, seen_for, sight_of
from playbooks.standalone import message_of

SLOT = re.compile(r"incident/(?P<number>\d{1,9})/(?P<kind>[a-z]+)(?:/(?P<rest>.+))?")

RUN = re.compile(r"run/(?P<number>\d{1,9})/(?P<name>.+)")
ALERT = re.compile(r"alert/(?P<number>\d{1,9})")
DAY = re.compile(r"day/(?P<playbook>[a-z0-9-]+)/(?P<day>\d{4}-\d\d-\d\d)")
MAINTENANCE = re.compile(r"maintenance/(?P<number>\d{1,9})/card")
CHANGE = re.compile(r"change/(?P<number>\d{1,9})/(?P<name>.+)")


class Rendering:
    """Renders slots and topics from what the store says when it is asked."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation

    async def message_of(self, slot: str) -> Message | None:
        """The message of a slot; None when it has nothing to say any more and should not stand there."""
        if alert := ALERT.fullmatch(slot):
            return await self._suggestion(int(alert["number"]))
        if run := RUN.fullmatch(slot):
            return await self._of_run(int(run["number"]), run["name"])
        if day := DAY.fullmatch(slot):
            return await self._of_day(day["playbook"], day["day"])
        if change := CHANGE.fullmatch(slot):
            return await self._of_change(int(change["number"]), change["name"])
        if maintenance := MAINTENANCE.fullmatch(slot):
            return await self._maintenance(int(maintenance["number"]))
        found = SLOT.fullmatch(slot)
        if not found:
            return None
        async with self._store.look() as unit:
            incident = await unit.incidents.get(int(found["number"]))
            return await self._message(unit, incident, found["kind"], found["rest"] or "") if incident else None

    async def _suggestion(self, number: int) -> Message | None:
        async with self._store.look() as unit:
            suggestion = await unit.alerts.get(number)
            if suggestion is None:
                return None
            open_ones = await unit.incidents.open() if suggestion.undecided else ()
            sight = await sight_of_alerts(unit, suggestion)
            similar = alike(suggestion.title, suggestion.services, open_ones, unit.now, self._organisation)
        return suggestion_message(suggestion, self._organisation, alike=similar, sight=sight)

    async def _of_run(self, number: int, name: str) -> Message | None:
        async with self._store.look() as unit:
            run = await unit.runs.get(number)
            if run is None or run.start is None:
                return None
            incident = await unit.incidents.get(run.start.beside) if run.start.beside else None
            key = seen_for(run)
            seen = await unit.evidence.of(incident=key.incident, run=key.run)
            alone = Sight(evidence=seen, private=run.start.private)
            sight = sight_of(incident, self._organisation, seen) if incident else alone
            return message_of(run, name, incident, sight, unit.now)

    async def _of_day(self, playbook: str, day: str) -> Message | None:
        async with self._store.look() as unit:
            hours = []
            for slot, number in await unit.slots.of_day(playbook, day):
                run = await unit.runs.get(number) if number else None
                seen = await unit.evidence.of(incident=0, run=number) if number else {}
                hours.append(Hour(slot=slot, run=run, sight=Sight(evidence=seen)))
        return day_message(hours)

    async def _of_change(self, number: int, name: str) -> Message | None:
        async with self._store.look() as unit:
            change = await unit.changes.get(number)
        return change_decision.message_of(change, name, self._organisation) if change else None

    async def _maintenance(self, number: int) -> Message | None:
        async with self._store.look() as unit:
            found = await unit.maintenances.get(number)
            return card_of(found, self._organisation, await against(unit, found)) if found else None

    async def _sight(self, unit: UnitOfWork, incident: Incident) -> Sight:
        return sight_of(incident, self._organisation, await unit.evidence.of(incident=incident.number, run=0))

    async def chart_of(self, effect: ShareChart) -> Chart | None:
        """A chart of what was seen; None when something else was seen since, or there is none of that number any more."""
        async with self._store.look() as unit:
            seen = (await unit.evidence.of(incident=effect.incident, run=effect.run)).get(effect.name)
            if seen is None or effect.looked_at not in {None, seen.looked_at}:
                return None
            charts = await unit.evidence.charts(effect.name, incident=effect.incident, run=effect.run)
        return charts[effect.number] if effect.number < len(charts) else None

    async def topic_of(self, number: int) -> str:
        """The topic of an incident's room."""
        async with self._store.look() as unit:
            incident = await unit.incidents.get(number)
            return topic(incident, self._organisation) if incident else ""

    async def _message(self, unit: UnitOfWork, incident: Incident, kind: str, rest: str) -> Message | None:
        if told := TOLD.get(kind):
            return told(incident, self._organisation)
        match kind:
            case "card":
                return card_message(incident, self._organisation, await self._sight(unit, incident))
            case "announcement":
                return self._announcement(incident)
            case "inform":
                return self._informed(incident, rest)
            case "paged":
                return paged_message(incident, rest, self._organisation)
            case "page":
                return await self._page(unit, incident)
            case "phase":
                return await _phase(unit, incident, rest, await self._sight(unit, incident))
            case "due":
                return await self._due(unit, incident, rest)
            case _:
                return None

    def _announcement(self, incident: Incident) -> Message | None:
        """Of a private incident nothing is announced, unless it was public before: then nothing is left of that."""
        if incident.private and "announcement" not in incident.shown:
            return None
        return announcement_message(incident, self._organisation, room=incident.room or None)

    def _informed(self, incident: Incident, rest: str) -> Message | None:
        """Whoever was told of it while it was public has nothing to read any more once it is private."""
        user, _, about = rest.partition("/")
        if about:
            is_told = about == "room" and may_know(incident, user)
            return room_failed(incident, self._organisation) if is_told else None
        if incident.private and user not in incident.informed:
            return None
        return declared(incident, self._organisation, room=incident.room or None)

    async def _page(self, unit: UnitOfWork, incident: Incident) -> Message:
        run = await unit.runs.current(incident.number)
        return page_message(incident, self._organisation, again=buried_page(run) if run else None)

    async def _due(self, unit: UnitOfWork, incident: Incident, number: str) -> Message | None:
        """An earlier "due now" message, and one with nothing due, is taken away."""
        run = await unit.runs.current(incident.number)
        if run is None or number != str(incident.due_message):
            return None
        due = due_now(incident, run, self._organisation.severity(incident.severity), unit.now)
        return due_message(incident, run, due, self._organisation) if due else None


async def _phase(unit: UnitOfWork, incident: Incident, slug: str, sight: Sight) -> Message | None:
    """The phase of the run under way, else of the last one that had it: then it is history."""
    runs = list(reversed(await unit.runs.of(incident.number)))
    for run in runs:
        if phase := _named(run, slug):
            return phase_message(incident, run, phase, sight, superseded=run is not runs[0])
    return None


def _named(run: Run, slug: str) -> Phase | None:
    return next((phase for phase in run.phases if phase.slug == slug), None)
