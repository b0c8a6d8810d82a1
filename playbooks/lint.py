"""What `opsbot playbook` prints: the mistakes in playbooks, the list of them, and one of them step by step."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from bot.domain.playbook import Mistake, Phase, Playbook, Since, Step, Vocabulary, Window
from playbooks import Catalogue
from playbooks.source import study_path


def lint(paths: Iterable[Path], vocabulary: Vocabulary) -> tuple[Mistake, ...]:
    """All that is wrong in the given files and folders."""
    return tuple(mistake for path in paths for each in study_path(path, vocabulary) for mistake in each.mistakes)


def listing(catalogue: Catalogue) -> str:
    """One line for each playbook: name, kind, number of steps, title."""
    rows = [(each.name, each.kind, len(list(each.steps())), each.title) for each in catalogue.playbooks.values()]
    width = max((len(name) for name, _, _, _ in rows), default=0)
    return "\n".join(
        f"{name:{width}}  {kind:11}  {steps:3} steps  {title}" for name, kind, steps, title in sorted(rows)
    )


def shown(playbook: Playbook) -> str:
    """The whole playbook in a few words a step, as the bot understood it."""
    head = f"{playbook.title} ({playbook.name}, {playbook.kind})"
    return "\n\n".join([head, *map(_phase, playbook.phases)])


def window_words(window: Window) -> str:
    """A window for people: `within 5 min`, `5 min to 15 min`, `from 1 h`, `within 24 h after resolving`."""
    after = " after resolving" if window.since is Since.RESOLVED else ""
    if window.end is None:
        return f"from {_length(window.start)}{after}"
    if not window.start:
        return f"within {_length(window.end)}{after}"
    return f"{_length(window.start)} to {_length(window.end)}{after}"


def _phase(phase: Phase) -> str:
    facts = [window_words(phase.window)] if phase.window else []
    facts += [f"moves the incident to {phase.status}"] if phase.status else []
    head = " · ".join([phase.title, *facts])
    return "\n".join([head, *(_step(number, step) for number, step in enumerate(phase.steps, start=1))])


def _step(number: int, step: Step) -> str:
    directives = "".join(f"  [{directive.word}: {directive.value}]" for directive in step.directives)
    return f"{number:3}. {step.text}{directives}"


def _length(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60} h" if minutes and minutes % 60 == 0 else f"{minutes} min"
