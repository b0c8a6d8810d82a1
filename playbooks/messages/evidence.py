"""What was seen, in messages: a mark and a sentence for each finding, worst first; never green what nobody could see."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.domain.evidence import Finding, Verdict
from bot.domain.incident import Incident
from bot.domain.message import Bold, Button, Code, Line, Link, Message, Part, Small, Style, Text
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
MOST_OF_ALL = 100
"""Findings that whoever asks for all of them is shown; a message of Slack's holds no more."""
TOGETHER = 5
"""Of these, so many stand in one section."""
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
    told = _told(findings, private=private)
    if all(each.verdict is Verdict.NOT_CONFIGURED for each in told):
        most = 1
    for finding in told[:most]:
        yield (INDENT, *finding_line(finding))
    if len(told) > most:
        yield (f"{INDENT}… and {len(told) - most} more",)


def _told(findings: Iterable[Finding], *, private: bool) -> Sequence[Finding]:
    """What may be said there, each once, the worst first."""
    shown = {each.says: each for each in findings if private or not each.private}.values()
    return sorted(shown, key=lambda each: -each.verdict.weight)


def shows_all(steps: Iterable[Step], sight: Sight, *, most: int = MOST) -> bool:
    """Whether the lines below these steps say all that was seen for them."""
    return all(len(_told(_findings(step, sight), private=sight.private)) <= most for step in steps)


def all_seen(phase: Phase, sight: Sight) -> Message:
    """All that was seen for a phase, the worst first, for whoever wants more than the worst of it."""
    told = _told((finding for step in phase.steps for finding in _findings(step, sight)), private=sight.private)
    lines: list[Line] = [finding_line(each) for each in told[:MOST_OF_ALL]]
    heading = Bold(text=f"{short(phase.title, 80)}: all that was seen, the worst first")
    sections = (Text(lines=tuple(lines[at : at + TOGETHER])) for at in range(0, len(lines), TOGETHER))
    rest = len(told) - len(lines)
    more = (Small(line=(f"And {rest:,} more, none of them worse.",)),) if rest > 0 else ()
    return Message(summary=f"{len(told):,} findings", parts=(Text(lines=((heading,),)), *sections, *more))


def _findings(step: Step, sight: Sight) -> Iterator[Finding]:
    return (finding for each in sight.of(step) for finding in each.findings)


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
        button = controls.ask_change(kind, advice.target, *advice.words, style=Style.PRIMARY)
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


def at_a_glance(names: Collection[str], sight: Sight, *, again: datetime | None = None) -> Iterator[Small]:
    """Whether anything is wrong, where a message shows none of the evidence itself; `again` is when it is looked next.

    The cloud's numbers come minutes late: what is well so far may only not be seen yet.
    """
    seen = [sight.evidence[name] for name in names if name in sight.evidence]
    verdicts = {each.verdict for each in seen}
    if not names or verdicts == {Verdict.NOT_CONFIGURED}:
        return
    if len(seen) < len(names) and not any(verdict.unhealthy for verdict in verdicts):
        yield Small(line=("👀 Looking …",))
        return
    blind = sum(each.verdict is Verdict.COULD_NOT_LOOK for each in seen)
    when: Line = ("Looked at ", moment(max(each.looked_at for each in seen)), ": ")
    if any(verdict.unhealthy for verdict in verdicts):
        yield Small(line=(*when, *_wrong(sight)))
    elif verdicts & {Verdict.GREEN}:
        unseen = f" ({blind:,} could not be looked at)" if blind else ""
        if again:
            yield Small(line=(*when, f"nothing wrong is seen yet{unseen}. The next look is at ", moment(again), "."))
        else:
            yield Small(line=(*when, f"nothing is wrong{unseen}."))
    else:
        yield Small(line=(*when, "nothing could be seen."))


def _wrong(sight: Sight) -> Line:
    """How much is wrong, and the worst of it where that may be said."""
    wrong = _told(sight.unhealthy, private=sight.private)
    if not wrong:
        return ("not all is well.",)
    rest = f" … and {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
    return (*finding_line(wrong[0]), rest)


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
