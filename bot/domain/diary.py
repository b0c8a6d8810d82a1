"""What opsbot remembers of its own work, for whoever hands over: changes, checks, incidents' lessons, playbooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.evidence import Verdict


class Owing(StrEnum):
    """What a change waits for."""

    AGREEMENT = "agreement"
    CARRYING_OUT = "carrying out"
    HAND = "somebody's hand"
    RETURN = "return"
    FOLLOW_UP = "follow-up"
    REVIEW = "review"


@dataclass(frozen=True, kw_only=True)
class PendingChange:
    """A change of which something is still to become. `due` is until when, or since when where that is over."""

    key: str
    title: str
    owing: Owing
    requested_by: str
    due: datetime | None = None
    follow_up: str = ""
    """The command by which what has to follow is asked for."""
    private: bool = False


@dataclass(frozen=True, kw_only=True)
class PastCheck:
    """How a playbook that the clock starts went lately: when it was missed, and what it last found that is not well."""

    title: str
    missed: tuple[datetime, ...] = ()
    looked_at: datetime | None = None
    verdict: Verdict = Verdict.GREEN
    unwell: tuple[str, ...] = ()
    """The names of what was not well."""


@dataclass(frozen=True, kw_only=True)
class Silence:
    """Something that is not heard on purpose: a freeze, or an alert that somebody put aside."""

    what: str
    since: datetime
    by: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What an incident that is over taught; `cause` and `measures` are in the words of whoever wrote its report."""

    key: str
    title: str
    severity: str
    resolved_at: datetime
    cause: str = ""
    measures: int = 0
    open_measures: int = 0
    reported: bool = False


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A playbook of the runbook as it is now. `edited_at` is when this text was first seen in place of another."""

    name: str
    title: str
    owner: str
    review_by: date | None
    edited_at: datetime | None
    known_since: datetime
    exercised_at: datetime | None
    skipped: Mapping[str, str]
    """The steps that somebody left out lately, with why."""
