"""A section of a playbook while it is read: a heading, what stands below it, and the steps among that."""

from dataclasses import dataclass, field

from bot.domain.message import Line
from bot.domain.playbook import Directive, Phase, Step, Window


@dataclass(kw_only=True)
class Draft:
    """A step before it has its key."""

    text: str
    line: Line
    directives: list[Directive] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Section:
    """What stands below one heading; it becomes a phase when it has steps.

    `level` is the heading's, 7 for a line in bold that serves as one; 0 is the text above the first heading. `line`
    is counted from 1.
    """

    title: str
    level: int
    line: int
    parent: "Section | None" = None
    window: Window | None = None
    status: str | None = None
    prose: list[str] = field(default_factory=list)
    steps: list[Draft] = field(default_factory=list)
    has_code: bool = False
    has_directives: bool = False

    def add_prose(self, text: str) -> None:
        """Keep text that is no step: with the step above it, else with the section."""
        (self.steps[-1].prose if self.steps else self.prose).append(text)

    def full_title(self) -> str:
        """The title, with the parent's before it, because "Diagnosis" alone says little."""
        parent = self.parent
        return f"{parent.title}: {self.title}" if parent and parent.level > 1 and self.level > 2 else self.title

    def with_heading(self) -> str:
        """The section's prose below its heading, as Markdown."""
        heading = f"{'#' * min(self.level, 6)} {self.title}" if self.level > 1 else ""
        return "\n\n".join(part for part in (heading, *self.prose) if part) if self.prose else ""

    def as_step(self) -> Draft:
        """The section as one step: its title is what to do, its text how."""
        return Draft(text=self.title, line=(self.title,), prose=self.prose)

    def phase(self, slug: str) -> Phase:
        """The section as a phase."""
        return Phase(
            slug=slug,
            title=self.full_title(),
            steps=tuple(_step(f"{slug}/{ordinal}", draft) for ordinal, draft in enumerate(self.steps, start=1)),
            window=self.window,
            status=self.status,
            prose="\n\n".join(self.prose),
        )


def _step(key: str, draft: Draft) -> Step:
    return Step(
        key=key,
        text=draft.text,
        line=draft.line,
        directives=tuple(draft.directives),
        prose="\n\n".join(draft.prose),
    )
