"""A run: one playbook on its way, with its own copy of the playbook; of an incident, or standalone anywhere in Slack."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import Refused
from bot.domain.handoff import Handoff
from bot.domain.message import Person
from bot.domain.playbook import Phase, Playbook, Since, Step
from bot.domain.start import Start


class State(StrEnum):
    """How far a step is."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    """The bot could not do it (`auto:`); a person does, or has it tried again."""

    @property
    def ended(self) -> bool:
        return self in {State.DONE, State.SKIPPED}


Due = Callable[[datetime, timedelta], datetime]
"""When a wait is over that began at a moment."""


def elapsed(start: datetime, wait: timedelta) -> datetime:
    """The wait of a clock that runs day and night."""
    return start + wait


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What became of one step. `by` is a Slack user id, or empty when the bot did or saw it; `note` says more.

    `awaits` are the errands that a step of the bot's still waits for, `buried` the serial numbers of those effects
    that could not be carried out and can be tried again.
    """

    state: State = State.OPEN
    by: str = ""
    at: datetime | None = None
    note: str = ""
    assignee: str = ""
    awaits: tuple[str, ...] = ()
    buried: tuple[int, ...] = ()

    @property
    def effect(self) -> int | None:
        """An effect to try again; all of the step's are tried with it."""
        return next(iter(self.buried), None)


@dataclass(frozen=True, kw_only=True)
class RunKey:
    """Which run: the one under way of an incident (`42`), or a standalone one by its own number (`run-7`)."""

    incident: int = 0
    run: int = 0

    def __str__(self) -> str:
        return str(self.incident) if self.incident else f"run-{self.run}"

    @staticmethod
    def read(text: str) -> "RunKey | None":
        """The key that was written so; None when it is none."""
        found = _KEY.fullmatch(text)
        if found is None:
            return None
        return RunKey(run=int(found[2])) if found[1] else RunKey(incident=int(found[2]))

    def slot(self, name: str) -> str:
        """The slot of one of its messages, such as "phase/assess"."""
        return f"incident/{self.incident}/{name}" if self.incident else f"run/{self.run}/{name}"


_KEY = re.compile(r"(run-)?([0-9]{1,9})")


@dataclass(kw_only=True)
class Run:
    """A playbook under way. `opened` tells when each phase was opened, in order.

    `id` counts the runs of one incident; a standalone run has no incident (0), a number of its own and a `start`.
    """

    id: int
    incident: int
    playbook: Playbook
    started_at: datetime
    """When the windows that count from declaring begin to count."""
    opened: list[datetime] = field(default_factory=list)
    late: list[datetime | None] = field(default_factory=list)
    """From when on the open steps of each opened phase are late."""
    steps: dict[str, Progress] = field(default_factory=dict)
    start: Start | None = None
    shown: set[str] = field(default_factory=set)
    """The messages that a standalone run keeps up to date, by name; an incident knows those of its own runs."""
    ended_at: datetime | None = None
    """When a standalone run came to its end, or was stopped."""
    stopped_by: str = ""
    round: int = 0
    """How often the messages of a standalone run had to be posted anew, because its room was lost."""
    handoff: Handoff | None = None
    due_at: datetime | None = None
    """When the clock next has something to do about a standalone run; about an incident's own it is the incident's."""
    version: int = 0

    @property
    def key(self) -> RunKey:
        return RunKey(incident=self.incident) if self.incident else RunKey(run=self.id)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that are or were open."""
        return self.playbook.phases[: len(self.opened)]

    @property
    def current(self) -> Phase | None:
        """The phase that was opened last."""
        return self.phases[-1] if self.opened else None

    @property
    def following(self) -> Phase | None:
        """The phase that would open next."""
        return next(iter(self.playbook.phases[len(self.opened) :]), None)

    @property
    def finished(self) -> bool:
        """Whether every step of every phase has ended."""
        return self.following is None and not any(self.open_steps())

    def progress(self, key: str) -> Progress:
        return self.steps.get(key, Progress())

    def step(self, key: str) -> Step:
        """An opened step by its key; refused when there is none."""
        for phase in self.phases:
            for step in phase.steps:
                if step.key == key:
                    return step
        raise Refused("That step is not open; look at the latest message of its phase.")

    def open_steps(self) -> Iterator[Step]:
        """The steps that are open, of all opened phases."""
        return (step for phase in self.phases for step in phase.steps if not self.progress(step.key).state.ended)

    def opened_at(self, phase: Phase) -> datetime:
        """When an open phase was opened."""
        return self.opened[self.playbook.phases.index(phase)]

    def ended(self, phase: Phase) -> bool:
        """Whether all steps of a phase have ended."""
        return all(self.progress(step.key).state.ended for step in phase.steps)

    def open_next(self, now: datetime, *, resolved: datetime | None = None, due: Due = elapsed) -> Phase | None:
        """Opens the next phase, if there is one; `due` says when a wait is over, in business hours perhaps."""
        phase = self.following
        if phase:
            self.opened.append(now)
            self.late.append(self._late_from(phase, now, resolved, due))
        return phase

    def end(self, key: str, state: State, *, by: str, now: datetime, note: str = "") -> Progress:
        """Ends an open step as done or skipped; refused when it has ended already."""
        before = self.progress(self.step(key).key)
        if before.state.ended:
            who = Person(user=before.by) if before.by else "opsbot"
            raise Refused("Nothing to do: ", who, f" has {_participle(before.state)} that step already.")
        self.steps[key] = replace(before, state=state, by=by, at=now, note=note, awaits=(), buried=())
        return self.steps[key]

    def explain(self, key: str, note: str) -> None:
        """Says afterwards why a step was skipped."""
        self.steps[key] = replace(self.progress(key), note=note)

    def undertake(self, key: str, errands: Iterable[str]) -> None:
        """The bot sets about a step, or about more of it; it is done once all errands are."""
        before = self.progress(key)
        awaits = tuple(dict.fromkeys((*before.awaits, *errands)))
        state = State.FAILED if before.buried else State.OPEN
        self.steps[key] = replace(before, state=state, awaits=awaits)

    def stop(self, by: str, now: datetime) -> None:
        """Ends a standalone run before its end: what is still open is skipped."""
        if self.ended_at:
            raise Refused(f"Nothing to do: run {self.id} has ended already.")
        for step in list(self.open_steps()):
            self.end(step.key, State.SKIPPED, by=by, now=now)
        self.stopped_by, self.ended_at = by, now

    def move(self) -> None:
        """The room of a standalone run is another one: what is to be done is posted there anew."""
        self.shown.clear()
        self.round += 1

    def accomplish(self, errand: str, now: datetime) -> list[Step]:
        """An errand was carried out; returns the steps that are done with it."""
        done = []
        for step in list(self.open_steps()):
            before = self.progress(step.key)
            if errand in before.awaits:
                left = tuple(each for each in before.awaits if each != errand)
                self.steps[step.key] = replace(before, awaits=left)
                if not left:
                    self.end(step.key, State.DONE, by="", now=now)
                    done.append(step)
        return done

    def fail(self, errand: str, *, reason: str, effect: int | None) -> list[Step]:
        """An errand could not be carried out; returns the steps that fail with it, for people to see why."""
        failed = [step for step in self.open_steps() if errand in self.progress(step.key).awaits]
        for step in failed:
            before = self.progress(step.key)
            buried = tuple(dict.fromkeys((*before.buried, *((effect,) if effect else ()))))
            self.steps[step.key] = replace(before, state=State.FAILED, note=reason, buried=buried)
        return failed

    def is_held(self, errand: str, note: str) -> bool:
        """Whether a step waits for an errand and does not say so yet."""
        return any(errand in each.awaits and each.note != note and not each.buried for each in self.steps.values())

    def hold(self, errand: str, note: str) -> None:
        """The steps that wait for an errand say what that waits for."""
        for key, progress in self.steps.items():
            if errand in progress.awaits and not progress.buried:
                self.steps[key] = replace(progress, note=note)

    def retry(self, key: str) -> tuple[int, ...]:
        """A failed step is tried again; returns the effects to revive."""
        before = self.progress(key)
        self.steps[key] = replace(before, state=State.OPEN, note="", buried=())
        return before.buried

    def assign(self, key: str, user: str) -> None:
        """Says whose step it is."""
        if self.progress(self.step(key).key).state.ended:
            raise Refused("That step has ended; there is nothing left to assign.")
        self.steps[key] = replace(self.progress(key), assignee=user)

    def late_from(self, phase: Phase) -> datetime | None:
        """From when on an open phase's steps are late, if it has a time box that has begun to count."""
        return self.late[self.playbook.phases.index(phase)]

    def _late_from(self, phase: Phase, now: datetime, resolved: datetime | None, due: Due) -> datetime | None:
        """A phase that opens late still gets the length of its box."""
        if phase.window is None or phase.window.end is None:
            return None
        start = self.started_at if phase.window.since is Since.DECLARED else resolved
        if start is None:
            return None
        return max(due(start, phase.window.end), due(now, phase.window.end - phase.window.start))


def _participle(state: State) -> str:
    return "skipped" if state is State.SKIPPED else "done"
