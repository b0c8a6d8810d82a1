"""A playbook: one file of the runbook as data; phases of steps, and what the bot may do about each step.

The words of the grammar that are the same everywhere (kinds, roles, facts, statuses, answers) stand here. Words
that belong to other parts (what the bot can do, look at and change) reach the reader as a `Vocabulary`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.auto_effect import AUTO_EFFECTS
from bot.domain.errors import Refused
from bot.domain.message import Line


class Kind(StrEnum):
    """What a playbook is for."""

    INCIDENT = "incident"
    SCENARIO = "scenario"
    CHECKLIST = "checklist"
    PROCEDURE = "procedure"
    MAINTENANCE = "maintenance"
    HANDOFF = "handoff"


class Role(StrEnum):
    """Whose step it is; a step without a role is anyone's."""

    COMMANDER = "commander"
    COMMUNICATIONS = "communications"
    SCRIBE = "scribe"
    ON_CALL = "on-call"
    ANYONE = "anyone"


class Fact(StrEnum):
    """What the bot can see for itself and so tick a step (`done_when:`); `FACTS` says when each one is so."""

    ACKNOWLEDGED = "acknowledged"
    COMMANDER = "commander"
    COMMUNICATIONS = "communications"
    SCRIBE = "scribe"
    UPDATED = "updated"
    MITIGATED = "mitigated"
    VERIFIED = "verified"
    WATCHED = "watched"
    RESOLVED = "resolved"
    REPORTED = "reported"
    CLOSED = "closed"
    ACCEPTED = "accepted"


FACTS: Mapping[Fact, str] = {
    Fact.ACKNOWLEDGED: "Somebody has acknowledged the page or the incident.",
    Fact.COMMANDER: "Somebody is the incident's commander.",
    Fact.COMMUNICATIONS: "Somebody is responsible for communications.",
    Fact.SCRIBE: "Somebody is the scribe.",
    Fact.UPDATED: "A status update was posted after the step opened.",
    Fact.MITIGATED: "The incident has been marked as mitigated.",
    Fact.VERIFIED: "The last change made for the incident was looked at afterwards and found to have worked.",
    Fact.WATCHED: "The watch that follows mitigation has run its full time.",
    Fact.RESOLVED: "The incident is resolved.",
    Fact.REPORTED: "The incident's report has been published.",
    Fact.CLOSED: "The incident is closed.",
    Fact.ACCEPTED: "Whoever takes over has accepted the handoff.",
}

STATUSES = ("declared", "acknowledged", "investigating", "mitigating", "monitoring", "resolved", "closed")
"""The statuses of an incident, in order; a phase's `status:` moves the incident to one when it opens."""


@dataclass(frozen=True, kw_only=True)
class AskField:
    """Something that an `ask:` step asks in a form and keeps on the incident under `name`."""

    name: str
    label: str
    hint: str
    multiline: bool = True


ASK_FIELDS: Mapping[str, AskField] = {
    asked.name: asked
    for asked in (
        AskField(name="impact", label="Impact", hint="How many users, what they cannot do, since when."),
        AskField(name="affected-services", label="Affected services", hint="Names with commas.", multiline=False),
        AskField(name="suspected-cause", label="Suspected cause", hint="Your best guess, and what speaks for it."),
        AskField(name="workaround", label="Workaround", hint="What you did, and how to undo it."),
        AskField(name="handover-notes", label="Notes", hint="What whoever takes over should know, one a line."),
        AskField(name="root-cause", label="Root cause", hint="What happened, why, and why it was not caught earlier."),
        AskField(name="preventive-measures", label="Preventive measures", hint="One a line: what, who, until when."),
        AskField(
            name="follow-up-meeting", label="Follow-up meeting", hint="When, where and with whom.", multiline=False
        ),
        AskField(
            name="customer-message", label="Message to customers", hint="What happened, and what you do about it."
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The names a playbook may use for what other parts of the bot know; each with a sentence about it.

    `auto` are the effects the bot can do by itself, `paging` those among them that wake somebody. `changes` are
    gated, so they can be offered and never done automatically.
    """

    auto: Mapping[str, str] = field(default_factory=lambda: AUTO_EFFECTS)
    paging: frozenset[str] = frozenset({"page-on-call"})
    ask: Mapping[str, AskField] = field(default_factory=lambda: ASK_FIELDS)
    evidence: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.paging, *map(frozenset, (self.auto, self.ask, self.evidence, self.changes))))


class Word(StrEnum):
    """The word of a directive on a step."""

    EVIDENCE = "evidence"
    OFFER = "offer"
    AUTO = "auto"
    ASK = "ask"
    DONE_WHEN = "done_when"
    ROLE = "role"


@dataclass(frozen=True, kw_only=True)
class Directive:
    """One `word: value` of a step; its value is known to be valid."""

    word: Word
    value: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do. `key` is "phase-slug/ordinal" and the same as long as the steps before it stay.

    `text` is plain, `line` the same with emphasis, code and links. `prose` is the Markdown that stands below it:
    commands, explanations, nested items. A step ends in at most one way of its own: `auto`, `ask` or `done_when`;
    without any of them a person presses Done or Skip.
    """

    key: str
    text: str
    line: Line
    directives: tuple[Directive, ...] = ()
    prose: str = ""

    def values(self, word: Word) -> tuple[str, ...]:
        """The values of all the step's directives with that word, in order."""
        return tuple(directive.value for directive in self.directives if directive.word is word)

    def value(self, word: Word) -> str | None:
        """The value of a directive that a step has at most once."""
        return next(iter(self.values(word)), None)

    @property
    def evidence(self) -> tuple[str, ...]:
        return self.values(Word.EVIDENCE)

    @property
    def offers(self) -> tuple[str, ...]:
        return self.values(Word.OFFER)

    @property
    def auto(self) -> str | None:
        return self.value(Word.AUTO)

    @property
    def ask(self) -> str | None:
        return self.value(Word.ASK)

    @property
    def done_when(self) -> Fact | None:
        value = self.value(Word.DONE_WHEN)
        return Fact(value) if value else None

    @property
    def role(self) -> Role:
        return Role(self.value(Word.ROLE) or Role.ANYONE)


class Since(StrEnum):
    """What a window is counted from."""

    DECLARED = "declared"
    RESOLVED = "resolved"


@dataclass(frozen=True, kw_only=True)
class Window:
    """A phase's time box; without `end` it has no late."""

    start: timedelta
    end: timedelta | None
    since: Since = Since.DECLARED


@dataclass(frozen=True, kw_only=True)
class Phase:
    """Steps that open together. `status` is where the incident moves when the phase opens."""

    slug: str
    title: str
    steps: tuple[Step, ...]
    window: Window | None = None
    status: str | None = None
    prose: str = ""


class Misfire(StrEnum):
    """What becomes of a scheduled start that was missed while the bot was down."""

    RUN = "run"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True)
class Playbook:
    """One file of the runbook. `name` is its file's name in kebab-case; `source` the whole file, `digest` its SHA-256.

    A run keeps `source` and `digest`, so that it goes on as it began whatever becomes of the file.
    """

    name: str
    file: str
    kind: Kind
    title: str
    phases: tuple[Phase, ...]
    source: str
    digest: str
    prose: str = ""
    owner: str | None = None
    channel: str | None = None
    schedule: str | None = None
    timezone: str | None = None
    holidays: str | None = None
    misfire: Misfire | None = None
    late_within: timedelta | None = None
    """How late a start that was missed is still made up for, where the file says so."""
    lasts: timedelta | None = None
    """How long a maintenance takes."""
    touches: tuple[str, ...] = ()
    """The services that a maintenance touches, `databases` for those that use one; empty for all."""
    only_trouble: bool = False
    """Whether a run that the clock starts says nothing as long as all is well."""
    parameters: tuple[str, ...] = ()
    suggest_when: str | None = None
    review_by: date | None = None

    def steps(self) -> Iterator[Step]:
        """All the steps, in order."""
        return (step for phase in self.phases for step in phase.steps)


class Weight(StrEnum):
    """How much a mistake matters: an error keeps the playbook from being used, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """What is wrong in a playbook, where, and what to do about it."""

    file: str
    line: int
    sentence: str
    weight: Weight = Weight.ERROR

    def __str__(self) -> str:
        warning = "warning: " if self.weight is Weight.WARNING else ""
        return f"{self.file}:{self.line}: {warning}{self.sentence}"


class PlaybookError(Refused):
    """A playbook cannot be used; `mistakes` are all that is wrong with it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes
