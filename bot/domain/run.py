"""A run: one playbook on its way through an incident, with its own copy of the playbook."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import Refused
from bot.domain.message import Person
from bot.domain.playbook import Phase, Playbook, Since, Step


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


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What became of one step. `by` is a Slack user id, or empty when the bot did or saw it; `note` says more.

    `effect` is the serial number of a buried effect that can be tried again.
    """

    state: State = State.OPEN
    by: str = ""
    at: datetime | None = None
    note: str = ""
    assignee: str = ""
    effect: int | None = None


@dataclass(kw_only=True)
class Run:
    """A playbook under way. `opened` tells when each phase was opened, in the order of the playbook."""

    id: int
    incident: int
    playbook: Playbook
    opened: list[datetime] = field(default_factory=list)
    steps: dict[str, Progress] = field(default_factory=dict)
    version: int = 0

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

    def ended(self, phase: Phase) -> bool:
        """Whether all steps of a phase have ended."""
        return all(self.progress(step.key).state.ended for step in phase.steps)

    def open_next(self, now: datetime) -> Phase | None:
        """Opens the next phase, if there is one."""
        phase = self.following
        if phase:
            self.opened.append(now)
        return phase

    def end(self, key: str, state: State, *, by: str, now: datetime, note: str = "") -> Progress:
        """Ends an open step as done or skipped; refused when it has ended already."""
        before = self.progress(self.step(key).key)
        if before.state.ended:
            who = Person(user=before.by) if before.by else "opsbot"
            raise Refused("Nothing to do: ", who, f" has {before.state} that step already.")
        self.steps[key] = replace(before, state=state, by=by, at=now, note=note or before.note, effect=None)
        return self.steps[key]

    def fail(self, key: str, *, note: str, effect: int | None) -> None:
        """The bot could not do a step; people are told why."""
        self.steps[key] = replace(self.progress(key), state=State.FAILED, note=note, effect=effect)

    def retry(self, key: str) -> None:
        """A failed step is tried again."""
        self.steps[key] = replace(self.progress(key), state=State.OPEN, note="", effect=None)

    def assign(self, key: str, user: str) -> None:
        """Says whose step it is."""
        if self.progress(self.step(key).key).state.ended:
            raise Refused("That step has ended; there is nothing left to assign.")
        self.steps[key] = replace(self.progress(key), assignee=user)

    def window_end(self, phase: Phase, *, declared: datetime, resolved: datetime | None) -> datetime | None:
        """When a phase's time box ends, if it has one that has begun to count."""
        if phase.window is None or phase.window.end is None:
            return None
        start = declared if phase.window.since is Since.DECLARED else resolved
        return start + phase.window.end if start else None
