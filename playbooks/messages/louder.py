"""What an hourly check says aloud: what has become worse, since when, whose it is, and what to do; and that it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.evidence import Advice, Evidence, Finding
from bot.domain.message import Bold, Button, Controls, Line, Message, Person, Text
from bot.domain.outlook import SuggestedPlaybook
from bot.domain.run import Run
from playbooks.messages import controls
from playbooks.messages.evidence import LONGEST, finding_line
from playbooks.messages.wording import moment, short


@dataclass(frozen=True, kw_only=True)
class Worse:
    """Something that is worse than it was, and since when it is not well."""

    evidence: Evidence
    since: datetime


def louder_message(
    run: Run, worse: Sequence[Worse], treats: SuggestedPlaybook | None, people: Sequence[str]
) -> Message:
    """Only what changed; everything else stands in the day's thread."""
    lines: list[Line] = [(Bold(text=f"{short(run.playbook.title, 80)}: this has become worse"),)]
    for each in worse:
        bad = [
            found for found in each.evidence.findings if found.verdict is each.evidence.verdict and not found.private
        ]
        lines += [(*finding_line(found), *_since(found, each.since)) for found in bad[:2]]
    if advice := max((advice for each in worse for advice in each.evidence.advice), key=_strength, default=None):
        lines.append(("👉 ", short(advice.says, LONGEST)))
    if people:
        lines.append(("For ", *_named(people)))
    start = (_start(treats),) if treats else ()
    presses = (controls.declare(), *start)
    return Message(
        summary=f"{short(run.playbook.title, 80)}: something has become worse",
        parts=(Text(lines=tuple(lines)), Controls(controls=presses)),
    )


def over_message(run: Run, well: Sequence[Evidence], since: datetime) -> Message:
    """What had become worse is well again; it was so the time before, too."""
    lines: list[Line] = [(Bold(text=f"{short(run.playbook.title, 80)}: well again"), " since ", moment(since))]
    lines += [finding_line(each.findings[0]) for each in well if each.findings]
    return Message(summary=f"{short(run.playbook.title, 80)}: well again", parts=(Text(lines=tuple(lines)),))


def _since(found: Finding, checked: datetime) -> Line:
    """When a check first saw it, unless it says itself since when it is so."""
    return () if found.since else (" (not well since ", moment(checked), ")")


def _strength(advice: Advice) -> float:
    return advice.strength


def _named(people: Sequence[str]) -> Line:
    return tuple(span for user in people for span in (Person(user=user), " "))[:-1]


def _start(treats: SuggestedPlaybook) -> Button:
    return Button(action="start-playbook", label=f"Start {short(treats.title, 50)}", value=f"{treats.name}/")
