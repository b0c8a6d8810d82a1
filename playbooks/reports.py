"""The report of an incident and what belongs to it, as people deal with them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.delivery import Delivery
from bot.domain.document import KeepReport, ShareFile
from bot.domain.effect import Priority, room
from bot.domain.errors import Refused
from bot.domain.incident import REOPEN, Incident
from bot.domain.message import Code
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.calendar_file import Meeting, calendar_file
from playbooks.dates import appointment_first
from playbooks.deciding import Deciding, no_incident
from playbooks.decision import Decision
from playbooks.messages.report import meeting_arranged
from playbooks.messages.wording import local_time, name_of, title_of
from playbooks.reading import joined_timeline
from playbooks.report import Record, report_markdown
from playbooks.tasks import follow_up

SECTIONS = ("summary", "impact", "went-well", "went-badly", "root-cause", "preventive-measures")
"""What people write of a report, by the names of the answers it is kept under."""
MEETING = timedelta(minutes=45)
LONGEST_MEETING = timedelta(hours=8)


class Reports:
    """Reports, as people write and read them."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation
        self._deciding = Deciding(store=store, organisation=organisation)

    async def text(self, number: int) -> str:
        """The report as it would be now, as Markdown; refused when there is no such incident."""
        async with self._store.look() as unit:
            incident = await unit.incidents.get(number)
            if incident is None:
                raise no_incident(number)
            return report_markdown(await record_of(unit, incident), self._organisation)

    async def publish(self, number: int, written: Mapping[str, str], *, by: str, delivery: Delivery) -> Incident:
        """Shares the report in the room and keeps it on disk; `written` are those of `SECTIONS` that somebody wrote."""
        async with self._deciding.about(number, delivery) as decision:
            incident = decision.incident
            _refuse_early_or_late(incident)
            for name in SECTIONS:
                if (text := written.get(name, "").strip()) and text != incident.answers.get(name):
                    incident.answer(name, text)
                    after_answer(decision, name, text, by=by)
            version = incident.report(decision.now, by=by)
            decision.tell(Happening.REPORT, f"Published the report, version {version}.", by=by)
            await _share(decision, version)
        return incident

    async def meet(
        self, number: int, start: datetime, place: str, *, by: str, delivery: Delivery, length: timedelta = MEETING
    ) -> Incident:
        """Arranges the follow-up meeting: the room gets a calendar file, the playbook's question its answer."""
        if not timedelta() < length <= LONGEST_MEETING:
            raise Refused("A meeting lasts up to 8 hours.", field="length")
        async with self._deciding.about(number, delivery) as decision:
            if start <= decision.now:
                raise Refused("Choose a time that lies ahead.", field="when")
            where = f", {place.strip()}" if place.strip() else ""
            told = f"{local_time(start, self._organisation.timezone, with_date=True)}{where}"
            decision.incident.answer("follow-up-meeting", told)
            arrange(decision, start, place.strip(), by=by, length=length)
        return decision.incident


def after_answer(decision: Decision, question: str, text: str, *, by: str) -> None:
    """What follows from an answer: measures become follow-ups, a meeting gets its calendar file."""
    if question == "preventive-measures":
        follow_up(decision, text, by=by)
    if question == "follow-up-meeting":
        start, rest = appointment_first(text, now=decision.now, timezone=decision.organisation.timezone)
        if start:
            arrange(decision, start, rest.strip(" ,;"), by=by)


def arrange(decision: Decision, start: datetime, place: str, *, by: str, length: timedelta = MEETING) -> None:
    """The follow-up meeting, as part of a decision; arranged again, calendars move it."""
    incident, organisation = decision.incident, decision.organisation
    incident.meetings += 1
    involved = {*incident.duties.values(), incident.declared_by, incident.resolved_by, by}
    people = [member for member in organisation.people.values() if member.slack in involved]
    # A calendar is read by more people than a private incident's room.
    title = f"{incident.key} follow-up" if incident.private else f"{incident.key} follow-up: {title_of(incident)}"
    meeting = Meeting(
        key=f"{incident.alert}-follow-up@opsbot",
        title=title,
        start=start,
        length=length,
        made_at=decision.now,
        place=place,
        notes="Find the root cause, blame nobody, and agree on measures with owners and dates.",
        attendees=people,
        version=incident.meetings - 1,
    )
    decision.tell(Happening.REPORT, f"Follow-up meeting: {start:%Y-%m-%d %H:%M} UTC.", by=by)
    decision.say(f"post/meeting-{incident.meetings}", meeting_arranged(incident, start, place, by, organisation))
    name = f"{incident.key}-follow-up-{incident.meetings}.ics"
    _put_file(decision, name, title, calendar_file(meeting))


async def _share(decision: Decision, version: int) -> None:
    incident = decision.incident
    record = await record_of(decision.unit, incident)
    added = [*record.entries, *decision.entries]
    record = Record(incident=incident, runs=record.runs, entries=sorted(added, key=lambda entry: entry.at))
    content = report_markdown(record, decision.organisation)
    name = f"{incident.key}-report-{version}.md"
    if "card" in incident.shown:
        incident.shown.discard(f"report/{version - 1}")
        decision.show(f"report/{version}", room(incident.number), Priority.ANSWER)
    _put_file(decision, name, f"Report of {name_of(incident)}", content)
    decision.put(KeepReport(incident=incident.number, name=name, content=content), key=f"report/{name}")


def _put_file(decision: Decision, name: str, title: str, content: str) -> None:
    """Share a file in the room, where there is one."""
    number = decision.incident.number
    if "card" in decision.incident.shown:
        effect = ShareFile(incident=number, place=room(number), name=name, title=title, content=content)
        decision.put(effect, key=f"file/{name}")


async def record_of(unit: UnitOfWork, incident: Incident) -> Record:
    """All that is known of an incident, for its report."""
    runs = await unit.runs.of(incident.number)
    return Record(incident=incident, runs=runs, entries=await joined_timeline(unit, incident.number))


def _refuse_early_or_late(incident: Incident) -> None:
    if incident.open:
        line = Code(text="/incident timeline")
        raise Refused(f"{incident.key} is not resolved; its report comes after that. What happened so far: ", line, ".")
    if incident.closed_at:
        raise Refused(f"{incident.key} is closed; reopen it to publish another report: ", REOPEN, ".")
