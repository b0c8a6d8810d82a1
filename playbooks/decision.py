"""One decision about one run: what changes here, what is remembered of it, and what is to be done outside."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, MutableSet, Sequence
from datetime import datetime

from bot.domain.effect import Effect, Post, Priority, room
from bot.domain.evidence import Evidence
from bot.domain.incident import Incident, Status
from bot.domain.message import Message
from bot.domain.run import Run, RunKey
from bot.domain.timeline import Entry, Happening
from bot.organisation import Organisation, SeverityPolicy
from bot.store.unit_of_work import UnitOfWork
from playbooks.sight import Sight, seen_for, sight_of


class RunDecision(ABC):
    """A run, held for one unit of work: an incident's, or one that stands alone.

    Whoever decides changes it through its own methods, and collects here the lines of the timeline and the effects.
    `playbooks.deciding` concludes it: steps tick, phases open, messages are redrawn, everything is saved.
    """

    def __init__(self, *, unit: UnitOfWork, organisation: Organisation, run: Run, seen: Mapping[str, Evidence]) -> None:
        self.unit = unit
        self.now = unit.now
        self.organisation = organisation
        self.run = run
        self.seen = seen
        """The latest evidence, by name: of the incident that the run is of or beside, else of the run."""
        self.effects: list[tuple[Effect, str | None]] = []

    @property
    @abstractmethod
    def about(self) -> "Decision | None":
        """The decision about the incident that the run is of, or beside; None when it is about none."""

    @property
    @abstractmethod
    def over(self) -> bool:
        """Whether nothing opens any more."""

    @property
    @abstractmethod
    def shown(self) -> MutableSet[str]:
        """The names of the messages that are kept up to date."""

    @abstractmethod
    def tell(self, happening: Happening, text: str, *, by: str = "", at: datetime | None = None) -> None:
        """Put a line on the timeline, of now or of an earlier time, where there is one."""

    @property
    def services(self) -> tuple[str, ...]:
        """The services that evidence is gathered of."""
        if self.about and seen_for(self.run).incident:
            return self.about.incident.services
        return self.run.start.services if self.run.start else ()

    @property
    @abstractmethod
    def sight(self) -> Sight:
        """What was seen, as its messages show it."""

    def see(self, seen: Evidence) -> None:
        """Something was looked at."""
        self.seen = {**self.seen, seen.name: seen}

    def put(self, effect: Effect, *, key: str | None = None) -> None:
        """Have something done outside; under the same key it is done once, for ever."""
        self.effects.append((effect, key))

    def slot(self, name: str) -> str:
        """The slot of one of its messages, such as "card" or "phase/assess"."""
        return self.run.key.slot(name)

    def show(self, name: str, place: str, urgency: Priority, *, thread: str | None = None) -> None:
        """Post one of the messages that are kept up to date, once; it is rendered when it is sent."""
        if name not in self.shown:
            self.shown.add(name)
            self.put(Post(place=place, slot=self.slot(name), urgency=urgency, thread=thread), key=self._once(name))

    def _once(self, name: str) -> str:
        """The key of something posted once."""
        return self.slot(name)


class Decision(RunDecision):
    """An incident and its run, held for one unit of work."""

    def __init__(
        self,
        *,
        unit: UnitOfWork,
        organisation: Organisation,
        incident: Incident,
        run: Run,
        seen: Mapping[str, Evidence],
    ) -> None:
        super().__init__(unit=unit, organisation=organisation, run=run, seen=seen)
        self.incident = incident
        self.newly_late = incident.late_at is not None and incident.late_at <= unit.now
        """Whether steps have become late since the last decision: time alone changes what is due then."""
        self.notify = False
        """Whether somebody has to be notified of what is due, though it is shown already."""
        self.entries: list[Entry] = []
        self.beside: Mapping[int, RunDecision] = {}
        """The standalone runs about it that are under way, by number: what it becomes may tick their steps."""

    @property
    def about(self) -> "Decision":
        return self

    @property
    def over(self) -> bool:
        return self.incident.status is Status.CLOSED

    @property
    def shown(self) -> MutableSet[str]:
        return self.incident.shown

    @property
    def sight(self) -> Sight:
        return sight_of(self.incident, self.organisation, self.seen)

    @property
    def policy(self) -> SeverityPolicy:
        """What the incident's severity means here."""
        return self.organisation.severity(self.incident.severity)

    def tell(self, happening: Happening, text: str, *, by: str = "", at: datetime | None = None) -> None:
        """Put a line on the timeline, of now or of an earlier time."""
        entry = Entry(incident=self.incident.number, at=at or self.now, happening=happening, text=text, by=by)
        self.entries.append(entry)

    def say(
        self,
        name: str,
        message: Message,
        *,
        place: str = "",
        urgency: Priority = Priority.ANSWER,
        neutral: bool = False,
    ) -> None:
        """Post something once, into the war room unless told otherwise; without a war room it is not said.

        Whoever does not know of a private incident is told only what is `neutral`: nothing of what it is about.
        """
        place = place or room(self.incident.number)
        if not neutral and self._strange(place):
            return
        if place != room(self.incident.number) or "card" in self.incident.shown:
            slot = self._once(name)
            self.put(Post(place=place, slot=slot, message=message, urgency=urgency), key=slot)

    def _strange(self, place: str) -> bool:
        """Whether a place is the direct message of somebody who may not know of the incident."""
        kind, _, user = place.partition("/")
        return kind == "dm" and self.incident.private and not self.incident.knows(user)

    def _once(self, name: str) -> str:
        return once(self.incident, name)


def once(incident: Incident, name: str) -> str:
    """The key of something posted once for an incident: when it begins anew, or its room does, it is posted again."""
    return in_each_round(incident, name)[-1]


def in_each_round(incident: Incident, name: str) -> Sequence[str]:
    """All such keys, of the round that goes on last."""
    slot = RunKey(incident=incident.number).slot(name)
    return [slot, *(f"{slot}/round-{again}" for again in range(1, incident.round + 1))]
