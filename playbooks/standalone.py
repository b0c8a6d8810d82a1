"""A run that stands alone, held for one unit of work: its messages, what is late of it, and when it has ended."""

from collections.abc import Mapping, MutableSet, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.effect import Delete, Edit, Post, Priority, direct
from bot.domain.evidence import Evidence, Verdict
from bot.domain.incident import Incident
from bot.domain.message import Message
from bot.domain.playbook import Phase
from bot.domain.run import Run, State
from bot.domain.start import Sheet, Start
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import UnitOfWork
from playbooks.advance import advance
from playbooks.decision import Decision, RunDecision
from playbooks.due_now import Late, late_steps, next_box
from playbooks.handing_over import next_nudge
from playbooks.known_trouble import settled, troubles
from playbooks.messages.glance import glance_message
from playbooks.messages.late import late_message
from playbooks.messages.phase import phase_message
from playbooks.messages.sheet import sheet_message
from playbooks.messages.trouble_seen import trouble_message
from playbooks.sight import Sight, seen_for
from playbooks.timetable import owners

Picture = Mapping[str, Message | None]
SHEET = "sheet"
"""The slot of the one message of a run that the clock started."""
THREAD = "thread"
"""The slot of the message whose thread a run stands in."""


class Standalone(RunDecision):
    """A standalone run; `about` is the incident that it runs beside, held by the same unit of work."""

    def __init__(
        self,
        *,
        unit: UnitOfWork,
        organisation: Organisation,
        run: Run,
        seen: Mapping[str, Evidence],
        about: Decision | None = None,
    ) -> None:
        super().__init__(unit=unit, organisation=organisation, run=run, seen=seen)
        self._about = about
        self.before = self.picture()
        self.open_before = self._open()

    @property
    def about(self) -> Decision | None:
        return self._about

    @property
    def over(self) -> bool:
        return self.run.ended_at is not None

    @property
    def shown(self) -> MutableSet[str]:
        return self.run.shown

    @property
    def start(self) -> Start:
        """How it began: every standalone run has one."""
        assert self.run.start
        return self.run.start

    @property
    def sight(self) -> Sight:
        """Of an incident that it is about, what was seen for that, unless it looks at something of its own."""
        if self._about is None:
            return Sight(evidence=self.seen, private=self.start.private)
        return self._about.sight if seen_for(self.run).incident else replace(self._about.sight, evidence=self.seen)

    @property
    def _incident(self) -> Incident | None:
        return self._about.incident if self._about else None

    def tell(self, happening: Happening, text: str, *, by: str = "", at: datetime | None = None) -> None:
        if self._about:
            self._about.tell(happening, f"{text} ({self.run.playbook.title})", by=by, at=at)

    def picture(self) -> Picture:
        """What its messages say as things stand."""
        return {name: message_of(self.run, name, self._incident, self.sight, self.now) for name in self.run.shown}

    @property
    def news(self) -> bool:
        """Whether its open steps are others than before."""
        return self._open() != self.open_before

    def conclude(self) -> None:
        """Draw the consequences of what was decided: steps tick, phases open, messages are redrawn, it ends."""
        advance(self)
        if self.run.finished and not self.over:
            self.run.ended_at = self.now
        self.run.due_at = None if self.over else _next_due(self.run, self.now)
        self._show()
        now = self.picture()
        for name in sorted(self.before):
            if name in now and now[name] != self.before[name]:
                self.put(Edit(place=self.start.place, slot=self.slot(name)))
        if self.start.sheet and self.start.sheet.thread and now != self.before:
            self.put(Edit(place=self.start.place, slot=self.start.sheet.thread))
        if self._about and self.over:
            self._about.incident.beside.discard(self.run.id)

    def _show(self) -> None:
        """Its phases, and in the thread of each what is late of it; those of a sheet are one message."""
        thread = self.slot(THREAD) if self.start.threaded else None
        if sheet := self.start.sheet:
            if sheet.only_trouble and SHEET not in self.shown and not self._speaks_up(sheet):
                return
            self.show(SHEET, self.start.place, Priority.ANSWER, thread=sheet.thread or None)
            for phase in self.run.phases:
                self._show_late(phase, sheet.thread or self.slot(SHEET))
            return
        for phase in self.run.phases:
            name = f"phase/{phase.slug}"
            if not self.run.ended(phase):
                self.show(name, self.start.place, Priority.ANSWER, thread=thread)
            self._show_late(phase, thread or self.slot(name))

    def _speaks_up(self, sheet: Sheet) -> bool:
        """Whether anything is not as it should be that was not known, or could not be done; of what is red its owner hears."""
        news = troubles(settled(self.seen, self.run.started_at), sheet.known)
        for member in owners(self.run.playbook, self.organisation) if news and news[0].verdict is Verdict.RED else ():
            slot = self.slot(f"trouble/{member.slack}")
            message = trouble_message(self.run, news)
            self.put(Post(place=direct(member.slack), slot=slot, message=message, urgency=Priority.REMINDER), key=slot)
        return bool(news) or any(self.run.progress(step.key).state is State.FAILED for step in self.run.open_steps())

    def _show_late(self, phase: Phase, thread: str) -> None:
        name = f"late/{phase.slug}"
        if late_of(self.run, phase, self.now):
            self.show(name, self.start.place, Priority.REMINDER, thread=thread)
        elif name in self.run.shown:
            self.run.shown.discard(name)
            self.put(Delete(place=self.start.place, slot=self.slot(name)))

    def _once(self, name: str) -> str:
        """In another room it is posted again."""
        return f"{self.slot(name)}/round-{self.run.round}" if self.run.round else self.slot(name)

    def _open(self) -> Sequence[object]:
        return [(step.key, self.run.progress(step.key)) for step in self.run.open_steps()]


def message_of(run: Run, name: str, incident: Incident | None, sight: Sight, now: datetime) -> Message | None:
    """What one of a standalone run's messages says at a moment; None when it says nothing any more."""
    kind, _, slug = name.partition("/")
    phase = next((each for each in run.phases if each.slug == slug), None)
    match kind:
        case "phase" if phase and run.start and run.start.glance:
            return glance_message(run, phase, sight)
        case "sheet" if run.start and run.start.sheet:
            return sheet_message(run, run.start.sheet, sight)
        case "phase" if phase:
            return phase_message(incident, run, phase, sight)
        case "late" if phase:
            late = late_of(run, phase, now)
            return late_message(incident, run, late) if late else None
        case _:
            return None


def _next_due(run: Run, now: datetime) -> datetime | None:
    """When the next steps are late, or somebody is asked again to accept a handoff."""
    return min(filter(None, (next_box(run, now), next_nudge(run))), default=None)


def late_of(run: Run, phase: Phase, now: datetime) -> tuple[Late, ...]:
    """The open steps of a phase whose time is over."""
    return () if run.ended_at else tuple(each for each in late_steps(run, now) if each.step in phase.steps)
