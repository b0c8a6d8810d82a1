"""Several playbooks that start at the same minute in the same channel, as one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.domain.playbook import Phase, Playbook


def composed(playbooks: Sequence[Playbook]) -> Playbook:
    """The phases of all of them, in order, each under the name of its playbook; one alone stays as it is."""
    first = playbooks[0]
    if len(playbooks) == 1:
        return first
    return replace(
        first,
        name="+".join(each.name for each in playbooks),
        title=" and ".join(each.title for each in playbooks),
        phases=tuple(phase for each in playbooks for phase in _phases(each)),
    )


def _phases(playbook: Playbook) -> Iterator[Phase]:
    """Two playbooks may call their phases alike, and steps are told apart by the names of their phases."""
    for phase in playbook.phases:
        slug = f"{playbook.name}-{phase.slug}"
        steps = tuple(replace(step, key=f"{slug}/{step.key.rpartition('/')[2]}") for step in phase.steps)
        yield replace(phase, slug=slug, title=f"{playbook.title}: {phase.title}", steps=steps)
