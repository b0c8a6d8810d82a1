"""What was seen, in messages: a mark and a sentence for each finding, worst first; never green what nobody could see."""

from collections.abc import Iterable, Iterator, Mapping

from bot.domain.evidence import Finding, Verdict
from bot.domain.incident import Incident
from bot.domain.message import Bold, Button, Code, Line, Link, Part, Small, Style, Text
from bot.domain.playbook import Phase, Step
from playbooks.changes import CHANGES
from playbooks.messages import controls
from playbooks.messages.wording import moment, short
from playbooks.sight import Sight

MARKS: Mapping[Verdict, str] = {
    Verdict.GREEN: "✅",
    Verdict.AMBER: "🔶",
    Verdict.RED: "🔴",
    Verdict.NO_DATA: "⚪",
    Verdict.COULD_NOT_LOOK: "❓",
    Verdict.NOT_CONFIGURED: "⚙️",
}
"""Each has a shape of its own, for eyes that cannot tell red from green."""
BLIND: Mapping[Verdict, str] = {
    Verdict.NO_DATA: "no ",
    Verdict.COULD_NOT_LOOK: "could not",
    Verdict.NOT_CONFIGURED: "not configured",
}
"""Verdicts that say nothing about how things are; they are written out, where the sentence has no such words."""
MOST = 3
LONGEST = 200
INDENT = "\u2003"


def mark_of(step: Step, sight: Sight) -> str:
    """The mark of the worst that a step saw; empty when it saw nothing."""
    verdicts = [each.verdict for each in sight.of(step)]
    return MARKS[max(verdicts, key=lambda verdict: verdict.weight)] if verdicts else ""


def evidence_lines(step: Step, sight: Sight, *, open_yet: bool) -> Iterator[Line]:
    """What was seen for a step, below it; while it is being looked, that it is."""
    seen = sight.of(step)
    if not seen:
        if step.evidence and open_yet:
            yield (f"{INDENT}👀 looking …",)
        return
    yield from finding_lines([finding for each in seen for finding in each.findings], private=sight.private)


def finding_lines(findings: Iterable[Finding], *, private: bool, most: int = MOST) -> Iterator[Line]:
    """Findings, the worst first, and how many more there are."""
    shown = {each.says: each for each in findings if private or not each.private}.values()
    told = sorted(shown, key=lambda each: -each.verdict.weight)
    if all(each.verdict is Verdict.NOT_CONFIGURED for each in told):
        most = 1
    for finding in told[:most]:
        yield (INDENT, *finding_line(finding))
    if len(told) > most:
        yield (f"{INDENT}… and {len(told) - most} more",)


def finding_line(finding: Finding) -> Line:
    """One finding behind its mark."""
    says = short(finding.says, LONGEST)
    told = Link(url=finding.link, label=says) if finding.link.startswith(("https://", "http://")) else says
    said = BLIND.get(finding.verdict, "")
    word = "" if said in says.lower() else f"{finding.verdict}: "
    return f"{MARKS[finding.verdict]} {word}", told


def likeliest(sight: Sight) -> Iterator[Part]:
    """The likeliest next thing, with the press that asks for it, else the command; nothing where nothing is advised."""
    advice = sight.advice
    if advice is None:
        return
    if kind := CHANGES.get(advice.change):
        button = controls.ask_change(kind, advice.target, style=Style.PRIMARY)
        yield Text(lines=(("👉 ", short(advice.says, LONGEST)),), beside=button)
        return
    change: Line = (" → ", Bold(text=advice.change.replace("-", " ").capitalize())) if advice.change else ()
    lines: list[Line] = [("👉 ", short(advice.says, LONGEST), *change)]
    if advice.command:
        lines.append((INDENT, Code(text=short(advice.command, LONGEST))))
    yield Text(lines=tuple(lines))


def suggestions(incident: Incident) -> Iterator[Part]:
    """The playbooks that treat what was seen, each with its start."""
    for each in incident.suggested:
        line: Line = ("📖 ", Bold(text=short(each.title, 80)), f" treats this: {short(each.why, LONGEST)}")
        yield Text(lines=(line,), beside=Button(action="start-playbook", label="Start", value=f"{each.name}/"))


def looked_at(phase: Phase, sight: Sight) -> Iterator[Small]:
    """When what a phase shows was looked at."""
    times = [each.looked_at for step in phase.steps for each in sight.of(step)]
    if times:
        yield Small(line=("Looked at ", moment(max(times)), "."))


def watch_lines(incident: Incident, sight: Sight) -> Iterator[Line]:
    """While a fix is watched: whether it holds, and since when that is known."""
    sight = sight.now
    if not (incident.watch_until or incident.watched_at) or not sight.looked_at:
        return
    verdicts = [each.verdict for each in sight.evidence.values()]
    if any(verdict.unhealthy for verdict in verdicts):
        # What may be said in private places only is not well either.
        yield Bold(text="Not well yet"), ", looked at ", moment(sight.looked_at), ":" if sight.unhealthy else "."
        yield from finding_lines(sight.unhealthy, private=sight.private)
        return
    if set(verdicts) == {Verdict.NOT_CONFIGURED}:
        return
    known = [verdict for verdict in verdicts if verdict not in BLIND]
    says = (
        f"{MARKS[Verdict.GREEN]} All that could be seen is well"
        if known
        else f"{MARKS[Verdict.COULD_NOT_LOOK]} Nothing could be seen"
    )
    blind = len(verdicts) - len(known)
    rest = f" ({blind} could not be)" if known and blind else ""
    yield f"{says}{rest}, looked at ", moment(sight.looked_at), "."
