"""How a playbook will read in Slack when it is run, as text: each phase as it opens, with what can be pressed."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.message import Control, Controls, Message, Part, PersonPicker, Quote, Small, Text, plain
from bot.domain.playbook import Phase, Playbook
from bot.domain.run import Run
from playbooks.messages.phase import phase_message

INDENT = "     "


def preview(playbook: Playbook, now: datetime) -> str:
    """Every phase, each as if those before it had just ended."""
    run = Run(id=1, incident=0, playbook=playbook, started_at=now)
    return "\n\n".join(_opened(run, phase, now) for phase in playbook.phases)


def _opened(run: Run, phase: Phase, now: datetime) -> str:
    run.open_next(now)
    return "\n".join(_lines(phase_message(None, run, phase)))


def _lines(message: Message) -> Iterator[str]:
    for part in message.parts:
        yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    match part:
        case Text():
            yield from map(plain, part.lines)
        case Small():
            yield plain(part.line)
        case Quote():
            yield from (f"{INDENT}| {line}" for line in part.text.splitlines())
        case Controls():
            yield INDENT + " ".join(f"[{_label(each)}]" for each in part.controls)
        case _:
            pass


def _label(control: Control) -> str:
    return control.placeholder if isinstance(control, PersonPicker) else control.label
