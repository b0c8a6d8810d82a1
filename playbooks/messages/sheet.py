"""A sheet: what the clock had looked at, in one message, with what is left for people to press."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.domain.evidence import Evidence, Verdict
from bot.domain.message import Bold, Code, Controls, Line, Message, Part, Small, Text
from bot.domain.playbook import Kind, Phase, Step
from bot.domain.run import Run
from bot.domain.start import Sheet
from playbooks.evidence import title_of
from playbooks.messages import controls
from playbooks.messages.evidence import INDENT, MARKS, evidence_lines, likeliest, mark_of
from playbooks.messages.step import ordinal, run_time, short_line, step_controls, step_line
from playbooks.messages.wording import SEPARATOR, between, day_and_time, moment, short, who
from playbooks.sight import Sight, is_only_looked_at

MOST_WITH_BUTTONS = 10
MOST_UNSEEN = 6
LONGEST_SEEN = 140
"""Characters of what was seen and is well."""


def sheet_message(run: Run, sheet: Sheet, sight: Sight) -> Message:
    """All phases of it, with what was found so far; what is not configured takes one line at the end."""
    unset = _unset(sight)
    mark, sight = verdict(run, sight), _without(unset, sight)
    pressable = () if run.ended_at else tuple(run.open_steps())
    pressed = [step for step in pressable if not is_only_looked_at(step)][:MOST_WITH_BUTTONS]
    parts = (
        Text(lines=(_title(run, sheet),)),
        *_unseen(sight),
        *likeliest(sight),
        *(part for phase in run.phases for part in _phase(run, phase, sight, unset, pressed)),
        *_presses(run, sight),
        *_left_out(unset),
        Small(line=_small_print(run, sheet, sight)),
    )
    return Message(summary=f"{mark} {short(run.playbook.title, 150)}", parts=parts)


def verdict(run: Run, sight: Sight) -> str:
    """The mark of the worst that was seen; eyes, while something is still looked at."""
    if any(is_only_looked_at(step) for step in run.open_steps()):
        return "👀"
    seen = [each.verdict for each in _without(_unset(sight), sight).evidence.values()]
    if seen:
        return MARKS[max(seen, key=lambda each: each.weight)]
    return MARKS[Verdict.NOT_CONFIGURED] if sight.evidence else "☐"


def _title(run: Run, sheet: Sheet) -> Line:
    late: Line = ("late: opsbot was not running then",) if sheet.late else ()
    return between(SEPARATOR, ((Bold(text=short(run.playbook.title, 120)),), (day_and_time(sheet.due),), late))


def _unset(sight: Sight) -> Sequence[str]:
    """The names of what cannot be looked at, or not be said there, because nobody has set it up."""
    return [name for name, each in sight.evidence.items() if _is_all(Verdict.NOT_CONFIGURED, each)]


def _without(unset: Sequence[str], sight: Sight) -> Sight:
    return replace(sight, evidence={name: each for name, each in sight.evidence.items() if name not in unset})


def _left_out(unset: Sequence[str]) -> Iterator[Part]:
    """It is the same every day, so that it takes one line, and is never taken for well."""
    if unset:
        titles = f"{MARKS[Verdict.NOT_CONFIGURED]} Not configured here: {', '.join(map(title_of, unset))}; "
        yield Small(line=(titles, Code(text="/ops check NAME"), " says what to set."))


def _phase(run: Run, phase: Phase, sight: Sight, unset: Sequence[str], pressed: list[Step]) -> Iterator[Part]:
    steps = [step for step in phase.steps if not (is_only_looked_at(step) and set(step.evidence) <= set(unset))]
    lines: list[Line] = [(Bold(text=short(phase.title, 120)),)] if steps else []
    for step in steps:
        if _is_one_line(step, sight):
            lines.append(_one_line(step, sight))
        elif is_only_looked_at(step) and sight.of(step):
            lines.append((f"{mark_of(step, sight)} {ordinal(step)}. ", *short_line(step.line)))
            if not all(map(_blind, sight.of(step))):
                lines += evidence_lines(step, sight, open_yet=not run.progress(step.key).state.ended)
        else:
            lines.append(step_line(None, run, step, sight))
            lines += evidence_lines(step, sight, open_yet=not run.progress(step.key).state.ended)
        if presses := step_controls(None, run, step, sight, first=False) if step in pressed else ():
            yield Text(lines=tuple(lines))
            lines = []
            yield Controls(controls=presses)
    if lines:
        yield Text(lines=tuple(lines))


def _unseen(sight: Sight) -> Iterator[Part]:
    """What could not be looked at at all, and the first reason; all the rest was."""
    blind = [each for each in sight.evidence.values() if _blind(each)]
    if not blind:
        return
    titles = [title_of(each.name) for each in blind]
    more = f" and {len(titles) - MOST_UNSEEN} more" if len(titles) > MOST_UNSEEN else ""
    mark = MARKS[Verdict.COULD_NOT_LOOK]
    yield Text(
        lines=(
            (f"{mark} ", Bold(text="Not seen:"), f" {', '.join(titles[:MOST_UNSEEN])}{more}."),
            (INDENT, short(blind[0].findings[0].says, LONGEST_SEEN)),
        )
    )


def _blind(seen: Evidence) -> bool:
    return _is_all(Verdict.COULD_NOT_LOOK, seen)


def _is_all(verdict: Verdict, seen: Evidence) -> bool:
    return bool(seen.findings) and all(each.verdict is verdict for each in seen.findings)


def _is_one_line(step: Step, sight: Sight) -> bool:
    """Whether a step is well, or all there is to say is why nothing was seen."""
    if not is_only_looked_at(step) or not sight.of(step):
        return False
    found = [each for seen in sight.of(step) for each in seen.findings]
    well = mark_of(step, sight) == MARKS[Verdict.GREEN]
    return well or (len(found) == 1 and found[0].verdict is Verdict.NO_DATA)


def _one_line(step: Step, sight: Sight) -> Line:
    """The step with the first thing that was seen."""
    findings = [found.says for each in sight.of(step) for found in each.findings if sight.private or not found.private]
    seen: Line = (" — ", short(findings[0], LONGEST_SEEN)) if findings else ()
    return (f"{mark_of(step, sight)} {ordinal(step)}. ", *short_line(step.line), *seen)


def _presses(run: Run, sight: Sight) -> Iterator[Part]:
    """For a maintenance nobody is asked to declare: what is not well speaks against beginning it."""
    stop = () if run.ended_at else (controls.stop_run(run),)
    declare = (controls.declare(),) if sight.unhealthy and run.playbook.kind is not Kind.MAINTENANCE else ()
    if buttons := (*declare, *stop):
        yield Controls(controls=buttons)


def _small_print(run: Run, sheet: Sheet, sight: Sight) -> Line:
    by: Line = ("for ", who(run.start.by)) if run.start and run.start.by else ("by the clock",)
    began: Line = (f"Run {run.id}, ", *by, SEPARATOR, "since ", day_and_time(sheet.since))
    if sight.looked_at:
        began = (*began, SEPARATOR, "looked at ", moment(sight.looked_at))
    if run.stopped_by and run.ended_at:
        return (*began, SEPARATOR, "stopped by ", who(run.stopped_by), " ", run_time(run, run.ended_at))
    return began
