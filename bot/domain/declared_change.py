"""Changes that an operator declares: what to set off, with which parameters, how dangerous it is, and what tells if it helped."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.plan import Risk

LONGEST_ANSWER = 200
"""Characters of a parameter."""
NUMBER = re.compile(r"-?\d{1,9}")


class ParameterType(StrEnum):
    """What a parameter may be."""

    TEXT = "text"
    NUMBER = "number"
    SERVICE = "service"
    CHOICE = "choice"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One thing that a declared change has to know; without a default it must be told."""

    name: str
    type: ParameterType = ParameterType.TEXT
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    default: str | None = None

    def complaint(self, written: str, services: Mapping[str, object]) -> str:
        """Why something is no value of it, as the rest of a sentence; empty when it is one."""
        match self.type:
            case ParameterType.NUMBER:
                return self._of_number(written)
            case ParameterType.SERVICE:
                return "" if written in services else f"must be a service: {', '.join(services)}."
            case ParameterType.CHOICE:
                return "" if written in self.choices else f"must be one of: {', '.join(self.choices)}."
            case ParameterType.TEXT:
                good = 0 < len(written) <= LONGEST_ANSWER and written.isprintable()
                return "" if good else f"must be one line of at most {LONGEST_ANSWER} characters."

    def _of_number(self, written: str) -> str:
        if not NUMBER.fullmatch(written):
            return "must be a whole number, like 100."
        if self.least is not None and int(written) < self.least:
            return f"must be at least {self.least}."
        return f"must be at most {self.most}." if self.most is not None and int(written) > self.most else ""


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A workflow of GitHub Actions that can be dispatched; `file` is its name below .github/workflows."""

    repository: str
    file: str
    ref: str = "main"


@dataclass(frozen=True, kw_only=True)
class Job:
    """A Cloud Run job; parameters arrive as its environment variables."""

    name: str
    region: str


@dataclass(frozen=True, kw_only=True)
class Hook:
    """An address that is told, with a signature."""

    url: str


Means = Workflow | Job | Hook


@dataclass(frozen=True, kw_only=True)
class DeclaredChange:
    """A change of the operator's own."""

    key: str
    title: str
    sentence: str
    risk: Risk
    means: Means
    parameters: tuple[Parameter, ...] = ()
    service: str | None = None
    """Which service it is about: a freeze of that holds for it, and the evidence is that one's."""
    evidence: tuple[str, ...] = ()
    """What is looked at afterwards; with none nobody can tell whether it helped."""
    undo: str | None = None
    """The declared change that takes it back, asked for with the same parameters."""
    repeatable: bool = False
    """Whether setting it off twice does no harm, so that it is done again when nobody knows whether it happened."""

    def parameter(self, name: str) -> Parameter | None:
        """A parameter by its name."""
        return next((each for each in self.parameters if each.name == name), None)


Declared = Mapping[str, DeclaredChange]


@dataclass(frozen=True, kw_only=True)
class Errand:
    """How far something has got that was set off elsewhere."""

    url: str
    done: bool
    failure: str = ""
    """How it ended, when it is done and did not succeed."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What an address is told; `mark` is the same in every attempt, so that the other side can tell them apart."""

    name: str
    mark: str
    parameters: Mapping[str, str] = field(default_factory=dict)
