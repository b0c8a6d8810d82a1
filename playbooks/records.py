"""The record of an incident, put right by people: its notes, the messages of its room, and when things really were."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.domain.impact import REVENUE, Impact
from bot.domain.incident import Incident
from bot.domain.marked import ReadMessage
from bot.domain.message import Code, Moment
from bot.domain.milestone import Milestone
from bot.domain.timeline import Entry, Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.deciding import Deciding
from playbooks.decision import Decision
from playbooks.messages.wording import local_time
from playbooks.questions.impact import keeps_revenue
from playbooks.reading import incident_in


class Records:
    """What people put on the record, and put right there."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation
        self._deciding = Deciding(store=store, organisation=organisation)

    async def correct_note(
        self, number: int, note: int, text: str, *, by: str, delivery: Delivery, at: datetime | None = None
    ) -> Incident:
        """A note says something else from now on, or belongs to another time."""
        async with self._deciding.about(number, delivery) as decision:
            entry = await _note(decision, note)
            refuse_ahead(at, decision.now)
            changed = replace(entry, text=text.strip() or entry.text, at=at or entry.at, corrected_by=by)
            await decision.unit.timeline.change(changed)
        return decision.incident

    async def withdraw_note(self, number: int, note: int, *, by: str, delivery: Delivery) -> Incident:
        """A note is taken back; that there was one stays on the timeline."""
        async with self._deciding.about(number, delivery) as decision:
            entry = await _note(decision, note)
            await decision.unit.timeline.remove(note)
            whose = "a note" if entry.by == by else f"a note of @{entry.by}"
            told = f"Withdrew {whose} of {local_time(entry.at, self._organisation.timezone)}."
            decision.tell(Happening.CORRECTION, told, by=by)
        return decision.incident

    async def correct_times(
        self, number: int, times: Mapping[Milestone, datetime], *, reason: str, by: str, delivery: Delivery
    ) -> Incident:
        """Says when things really were; metrics follow. Refused without a reason, or when they are out of order."""
        reason = " ".join(reason.split())
        if not reason:
            words = Code(text="/incident times mitigated 14:12 because it was rolled back by hand")
            raise Refused("Say why, so that the record can be trusted: ", words, ".", field="reason")
        async with self._deciding.about(number, delivery) as decision:
            before = decision.incident.correct(times, decision.now)
            if not before:
                raise Refused("Nothing to do: these are the times on record already.")
            for milestone, at in before.items():
                decision.tell(Happening.CORRECTION, self._corrected(milestone, at, times[milestone], reason), by=by)
        return decision.incident

    async def describe(self, number: int, impact: Impact, *, by: str, delivery: Delivery) -> Incident:
        """Says what it does to people; shown wherever the incident is, what it costs on the card of a private room alone."""
        async with self._deciding.about(number, delivery) as decision:
            incident = decision.incident
            if impact.revenue and not keeps_revenue(incident, self._organisation):
                raise Refused("What it costs is kept in private rooms only; leave it out here.", field="revenue")
            if not impact.answers:
                raise Refused("Say who is affected, and how.", field="scope")
            for name, words in impact.answers.items():
                incident.answer(name, words)
            incident.services = impact.services or incident.services
            open_to_all = [words for name, words in impact.answers.items() if name != REVENUE]
            told = "; ".join(open_to_all) or "what it costs was noted"
            decision.tell(Happening.ANSWER, f"Impact: {told}", by=by)
        return decision.incident

    async def heed(self, channel: str, ts: str, *, delivery: Delivery, is_marked: bool) -> None:
        """Something became of a message; in a war room it is read anew if it is, or was, on the timeline.

        What is read then decides, so it does not matter in which order the news of it come.
        """
        async with self._store.look() as unit:
            incident = await incident_in(unit, channel)
            if incident is None:
                return
            effect = ReadMessage(
                incident=incident.number, channel=channel, ts=ts, emoji=self._organisation.timeline_emoji
            )
            known = is_marked or await unit.timeline.from_source(incident.number, effect.source)
        if known:
            async with self._store.decide(delivery) as unit:
                await unit.outbox.put(effect)

    def _corrected(self, milestone: Milestone, before: datetime | None, after: datetime, reason: str) -> str:
        zone = self._organisation.timezone
        was = local_time(before, zone, with_date=True) if before else "not known"
        return f"{milestone.capitalize()}: {local_time(after, zone, with_date=True)}, was {was}, because {reason}"


async def _note(decision: Decision, serial: int) -> Entry:
    entry = await decision.unit.timeline.get(decision.incident.number, serial)
    if entry is None:
        raise Refused(f"There is no note {serial} here. See them with ", Code(text="/incident timeline"), ".")
    if entry.happening is Happening.MESSAGE:
        raise Refused("That line follows a message of the room: edit the message, or take its reaction away.")
    if entry.happening is not Happening.NOTE:
        raise Refused("Opsbot recorded that line when it happened; only notes can be changed.")
    return entry


def refuse_ahead(at: datetime | None, now: datetime) -> None:
    """A note tells what has happened."""
    if at and at > now:
        raise Refused(Moment(at=at, with_date=True), " lies ahead; a note tells what has happened.", field="at")
