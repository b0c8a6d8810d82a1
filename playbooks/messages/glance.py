"""A glance: what somebody asked to see, in one message that says first what is looked at, and then what was found."""

from collections.abc import Iterator

from bot.domain.message import Bold, Button, Code, Controls, Line, Message, Part, Small, Text, sentence
from bot.domain.playbook import Kind, Phase, Step
from bot.domain.run import Run
from playbooks import Catalogue
from playbooks.evidence import EVIDENCE
from playbooks.messages import controls
from playbooks.messages.evidence import INDENT, finding_lines, likeliest, mark_of, shows_all
from playbooks.messages.wording import moment, short, who
from playbooks.sight import Sight

MOST_FINDINGS = 10
"""Of one piece of evidence; nobody reads more, and the systems themselves have all of it."""


def glance_message(run: Run, phase: Phase, sight: Sight) -> Message:
    """All that was found so far, the evidence in the order in which it was asked for."""
    seen = [each for step in phase.steps for each in sight.of(step)]
    looking = len(seen) < len(phase.steps)
    title = short(phase.title, 150)
    parts = (
        Text(lines=((Bold(text=title), " …" if looking else ""),)),
        *likeliest(sight),
        *(part for step in phase.steps for part in _evidence(step, sight, alone=len(phase.steps) == 1)),
        Controls(controls=tuple(_presses(run, phase, sight))),
        Small(line=_small_print(run, sight)),
    )
    marks = "".join(mark_of(step, sight) for step in phase.steps)
    return Message(summary=f"Looking: {title}" if looking else f"{marks} {title}", parts=parts)


def _evidence(step: Step, sight: Sight, *, alone: bool) -> Iterator[Part]:
    """Several have a heading each; one alone has that of the message."""
    seen = sight.of(step)
    findings = [finding for each in seen for finding in each.findings]
    lines = list(finding_lines(findings, private=sight.private, most=MOST_FINDINGS))
    if not lines:
        lines = [(f"{INDENT}Nothing to say.",) if seen else (f"{INDENT}👀 looking …",)]
    yield Text(lines=tuple(lines if alone else [(Bold(text=step.text),), *lines]))


def _presses(run: Run, phase: Phase, sight: Sight) -> Iterator[Button]:
    """Look again; and declare, where what was seen is not as it should be."""
    yield controls.look_again(run, phase)
    if not shows_all(phase.steps, sight, most=MOST_FINDINGS):
        yield controls.show_all(run, phase)
    if sight.unhealthy:
        yield controls.declare()


def _small_print(run: Run, sight: Sight) -> Line:
    asked: Line = ("Asked by ", who(run.start.by if run.start else ""))
    return (*asked, " · looked at ", moment(sight.looked_at)) if sight.looked_at else asked


def looking(title: str) -> Message:
    """For whoever typed it; what is found shows by itself."""
    return sentence(f"Looking: {short(title, 150)}. It shows here in a moment.")


def checks_message(catalogue: Catalogue) -> Message:
    """What can be checked: the checklists, and every single thing that can be looked at."""
    lists = sorted(
        (each for each in catalogue.playbooks.values() if each.kind is Kind.CHECKLIST), key=lambda each: each.name
    )
    checklists: tuple[Line, ...] = tuple((Code(text=each.name), f"  {short(each.title, 80)}") for each in lists)
    single: tuple[Line, ...] = tuple((Code(text=name), f"  {kind.sentence}") for name, kind in EVIDENCE.items())
    parts = (
        *((Text(lines=((Bold(text="Checklists"),), *checklists)),) if checklists else ()),
        Text(lines=((Bold(text="Single looks"),), *single)),
        Small(line=("For example ", Code(text="/ops check latency control-plane"))),
    )
    return Message(summary="What can be checked", parts=parts)
