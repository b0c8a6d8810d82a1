"""Evidence: what was looked at, what was found there, and how it is judged.

Neither *not configured* nor *could not look* is ever good: both are verdicts of their own, and people see them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.chart import Chart
from bot.domain.errors import OpsbotError


class Verdict(StrEnum):
    """How a finding is judged. `NO_DATA` is an answer without numbers in it, such as a service nobody used."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NO_DATA = "no data"
    COULD_NOT_LOOK = "could not look"
    NOT_CONFIGURED = "not configured"

    @property
    def unhealthy(self) -> bool:
        """Whether something was seen that should be otherwise."""
        return self in {Verdict.AMBER, Verdict.RED}

    @property
    def weight(self) -> int:
        """What matters more to whoever has to act is higher."""
        return _WEIGHTS.index(self)


_WEIGHTS = (
    Verdict.GREEN,
    Verdict.NOT_CONFIGURED,
    Verdict.NO_DATA,
    Verdict.COULD_NOT_LOOK,
    Verdict.AMBER,
    Verdict.RED,
)


class NotConfigured(OpsbotError):
    """The operator has not said how to reach it; the sentence names what to set."""


class CouldNotLook(OpsbotError):
    """It is configured and did not answer so that it could be read; the sentence says why, for a person."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was found, in one short sentence: "p95 1,240 ms, usually 310 ms".

    `subject` is what it is about: a service of the organisation's file, a database instance, an agent, or nothing.
    `value` is the number behind it, in `unit`, where there is one. `since` is when it began, where that was seen.
    """

    verdict: Verdict
    says: str
    subject: str = ""
    value: float | None = None
    unit: str = ""
    since: datetime | None = None
    link: str = ""
    private: bool = False
    """Whether it may be shown in private channels only (revenue)."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What is likeliest to help, from the evidence: "00042 deployed 13:58, errors since 14:02".

    `change` is the change that is offered for it (such as "rollback"), or empty; `target` what it aims at, and `words`
    what else is known of it, as one would type it behind the target. Among advices the highest `strength` (0 to 1) is
    said first.
    """

    says: str
    strength: float
    change: str = ""
    target: str = ""
    words: tuple[str, ...] = ()
    playbook: str = ""
    command: str = ""
    """The exact command that does it by hand, where there is one."""
    aside: bool = False
    """Whether it was so long before the trouble began: worth doing, and not what helps where anything else is wrong."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What one look brought. `name` is what playbooks call it; `until` the end of the data that was looked at."""

    name: str
    findings: tuple[Finding, ...]
    looked_at: datetime
    until: datetime | None = None
    charts: tuple[Chart, ...] = ()
    advice: tuple[Advice, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The weightiest of its findings."""
        return max(
            (finding.verdict for finding in self.findings), key=lambda each: each.weight, default=Verdict.NO_DATA
        )


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is looked at: which services, and which stretch of time.

    `began` is when the trouble is thought to have begun, if there is any: what changed around then matters.
    `private` says that the answer is shown in a private channel, where revenue may be said.
    """

    services: tuple[str, ...]
    since: datetime
    until: datetime
    began: datetime | None = None
    private: bool = False
    words: tuple[str, ...] = field(default=())
    """What else was asked for on the line, such as a revision or a query's name."""
