"""What is said of playbooks as such, and of their runs: listed, found, shown page by page, started, in trouble."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.domain.message import (
    Bold,
    Button,
    Code,
    Controls,
    Heading,
    Italic,
    Line,
    Message,
    Part,
    Small,
    Span,
    Style,
    Text,
    paragraph,
    sentence,
)
from bot.domain.outlook import SuggestedPlaybook
from bot.domain.playbook import ASK_FIELDS, Kind, Mistake, Phase, Playbook, Step, Weight
from bot.domain.run import Run
from playbooks import Catalogue
from playbooks.finding import Match
from playbooks.lint import window_words
from playbooks.messages import controls
from playbooks.messages.step import short_line
from playbooks.messages.wording import SEPARATOR, day_and_time, short, step_count, who

STEPS_ON_A_PAGE = 20
MOST_OF_A_KIND = 25
MOST_MISTAKES = 3
MOST_UNDER_WAY = 5
LONGEST_PROSE = 600
KINDS = {
    Kind.SCENARIO: "When something breaks",
    Kind.PROCEDURE: "To do something safely",
    Kind.CHECKLIST: "To look after things",
    Kind.MAINTENANCE: "Maintenance",
    Kind.HANDOFF: "Handing over",
    Kind.INCIDENT: "Incidents (these begin by declaring)",
}
"""The kinds, in the order in which somebody in a hurry looks for them."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some phases of a playbook, or parts of them: the steps that fit on one page, each with its number."""

    number: int
    of: int
    phases: tuple[tuple[Phase, tuple[tuple[int, Step], ...]], ...]


def listing_message(
    catalogue: Catalogue, *, suggested: Sequence[SuggestedPlaybook] = (), under_way: Sequence[Run] = ()
) -> Message:
    """All playbooks, by what they are for, what is suggested first; and those that are left out because they are broken."""
    playbooks = catalogue.playbooks.values()
    parts: list[Part] = [*_suggested(suggested), *_under_way(under_way)]
    for kind, title in KINDS.items():
        names = sorted((each for each in playbooks if each.kind is kind), key=lambda each: each.name)
        if names:
            parts.append(Text(lines=((Bold(text=title),), *map(_row, names[:MOST_OF_A_KIND]), *_more(names))))
    parts += [*_broken(catalogue.mistakes), Small(line=("Find one by what you see: ", Code(text="/runbook slow api")))]
    return Message(summary=f"{len(catalogue.playbooks)} playbooks", parts=tuple(parts))


def found_message(words: str, found: Sequence[Match], *, thread: str) -> Message:
    """Several that may be meant, the likeliest first, each to be read."""
    parts: list[Part] = [paragraph(f"For “{short(words, 60)}”:")]
    for match in found:
        lines: tuple[Line, ...] = ((Bold(text=short(match.playbook.title, 80)),), _small_print(match.playbook))
        parts.append(Text(lines=lines, beside=controls.show_playbook(match.playbook, 1, thread)))
    return Message(summary=f"{len(found)} playbooks for {short(words, 60)}", parts=tuple(parts))


def playbook_message(playbook: Playbook, page: int, *, thread: str) -> Message:
    """One page of a playbook, with the press that starts it."""
    shown = page_of(playbook, page)
    page_line = f"{SEPARATOR}page {shown.number} of {shown.of}" if shown.of > 1 else ""
    small = Small(line=(*_small_print(playbook), page_line))
    head = (Heading(text=short(playbook.title, 140)), small, *_prose(playbook, shown))
    summary = f"{short(playbook.title, 80)}, page {shown.number} of {shown.of}"
    parts = (*head, *_phases(shown), Controls(controls=_presses(playbook, shown, thread)))
    return Message(summary=summary, parts=parts)


def page_of(playbook: Playbook, number: int) -> Page:
    """A page of its steps; there is always one, and one too far is the last."""
    numbered = [(phase, each) for phase in playbook.phases for each in enumerate(phase.steps, start=1)]
    last = max(1, -(-len(numbered) // STEPS_ON_A_PAGE))
    number = min(max(1, number), last)
    rows = numbered[(number - 1) * STEPS_ON_A_PAGE : number * STEPS_ON_A_PAGE]
    phases = tuple((phase, tuple(step for _, step in each)) for phase, each in groupby(rows, key=lambda row: row[0]))
    return Page(number=number, of=last, phases=phases)


def run_started(run: Run) -> Message:
    """For whoever typed it; the steps show by themselves."""
    return sentence(f"Started run {run.id}: {short(run.playbook.title)}. Its steps show here in a moment.")


def run_stopped(run: Run) -> Message:
    """For whoever typed it."""
    return sentence(f"Stopped run {run.id}: {short(run.playbook.title)}.")


def run_failed(run: Run, why: str, *, again: int) -> Message:
    """Something of a run could not be shown."""
    told = f"{short(run.playbook.title)} (run {run.id}): opsbot {short(why, 300).rstrip('.')}."
    return Message(summary=told, parts=(paragraph(told), Controls(controls=(controls.try_again(again),))))


def _suggested(suggested: Sequence[SuggestedPlaybook]) -> Iterator[Part]:
    for each in suggested:
        line: Line = (Bold(text=short(each.title, 80)), f" treats this: {short(each.why, 150)}")
        yield Text(lines=(line,), beside=controls.start_playbook(each.name))


def _under_way(runs: Sequence[Run]) -> Iterator[Part]:
    """Those of this place and those that somebody began, the newest first."""
    if runs:
        newest = sorted(runs, key=lambda run: -run.id)[:MOST_UNDER_WAY]
        rest = len(runs) - len(newest)
        more: tuple[Line, ...] = ((f"… and {rest} more.",),) if rest else ()
        yield Text(lines=((Bold(text="Under way"),), *map(_run, newest), *more))


def _run(run: Run) -> Line:
    left = step_count(len(list(run.open_steps())), "open")
    began: Line = (", started by ", who(run.start.by), " ", day_and_time(run.started_at)) if run.start else ()
    return (f"Run {run.id}: {short(run.playbook.title, 80)}, {left}", *began)


def _row(playbook: Playbook) -> Line:
    return Code(text=playbook.name), f"  {short(playbook.title, 80)}"


def _more(playbooks: Sequence[Playbook]) -> tuple[Line, ...]:
    rest = len(playbooks) - MOST_OF_A_KIND
    return ((f"… and {rest} more; find them by words.",),) if rest > 0 else ()


def _broken(mistakes: Sequence[Mistake]) -> Iterator[Part]:
    """A broken playbook is missing above, and somebody may look for it."""
    errors = [mistake for mistake in mistakes if mistake.weight is Weight.ERROR]
    if errors:
        lines = tuple((short(str(mistake), 300),) for mistake in errors[:MOST_MISTAKES])
        rest = len(errors) - MOST_MISTAKES
        more: tuple[Line, ...] = ((f"… and {rest} more; see ", Code(text="opsbot playbook lint")),) if rest > 0 else ()
        yield Text(lines=((Bold(text="Left out until it is put right"),), *lines, *more))


def _small_print(playbook: Playbook) -> Line:
    owner = f"{SEPARATOR}{short(playbook.owner, 60)}" if playbook.owner else ""
    symptom = f"{SEPARATOR}suggested by {playbook.suggest_when}" if playbook.suggest_when else ""
    return Code(text=playbook.name), f"{SEPARATOR}{step_count(len(list(playbook.steps())))}{owner}{symptom}"


def _prose(playbook: Playbook, page: Page) -> Iterator[Part]:
    if playbook.prose and page.number == 1:
        yield Text(lines=((short(playbook.prose, LONGEST_PROSE),),))


def _phases(page: Page) -> Iterator[Part]:
    for phase, steps in page.phases:
        window = f"{SEPARATOR}{window_words(phase.window)}" if phase.window else ""
        title: Line = (Bold(text=short(phase.title, 100)), window)
        yield Text(lines=(title, *(_step(number, step) for number, step in steps)))


def _step(number: int, step: Step) -> Line:
    helps = ", ".join(_helps(step))
    more: tuple[Span, ...] = (" — ", Italic(text=helps)) if helps else ()
    return (f"{number}. ", *short_line(step.line), *more)


def _helps(step: Step) -> Iterator[str]:
    """What opsbot does about a step."""
    if step.auto:
        yield "opsbot does it"
    if step.evidence:
        yield f"looks at {', '.join(step.evidence)}"
    if step.offers:
        yield f"offers {', '.join(step.offers)}"
    if step.ask:
        yield f"asks for {ASK_FIELDS[step.ask].label.lower()}"
    if step.done_when:
        yield "ticks itself"


def _presses(playbook: Playbook, page: Page, thread: str) -> tuple[Button, ...]:
    back = (controls.show_playbook(playbook, page.number - 1, thread, label="Back"),) if page.number > 1 else ()
    on = (controls.show_playbook(playbook, page.number + 1, thread, label="More"),) if page.number < page.of else ()
    start = (
        () if playbook.kind is Kind.INCIDENT else (controls.start_playbook(playbook.name, thread, style=Style.PRIMARY),)
    )
    return (*(start or (controls.declare(),)), *back, *on)
