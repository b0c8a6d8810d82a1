"""What an hourly check says aloud: what has become worse, since when, whose it is, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.evidence import Evidence
from bot.domain.message import Bold, Button, Controls, Line, Message, Person, Text
from bot.domain.outlook import SuggestedPlaybook
from bot.domain.run import Run
from playbooks.messages import controls
from playbooks.messages.evidence import finding_line
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
        lines += [(*finding_line(found), " (not well since ", moment(each.since), ")") for found in bad[:2]]
    if people:
        lines.append(("For ", *_named(people)))
    start = (_start(treats),) if treats else ()
    presses = (controls.declare(), *start)
    return Message(
        summary=f"{short(run.playbook.title, 80)}: something has become worse",
        parts=(Text(lines=tuple(lines)), Controls(controls=presses)),
    )


def _named(people: Sequence[str]) -> Line:
    return tuple(span for user in people for span in (Person(user=user), " "))[:-1]


def _start(treats: SuggestedPlaybook) -> Button:
    return Button(action="start-playbook", label=f"Start {short(treats.title, 50)}", value=f"{treats.name}/")
