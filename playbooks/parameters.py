"""What a playbook is told when it starts: the services it is about, and the values of its other `parameters`."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.playbook import Playbook
from bot.organisation import Organisation
from playbooks.mistakes import shortened
from playbooks.service_words import services_named
from playbooks.stretch import ends_in_stretch

SERVICE = "service"
"""The parameter that names services of the organisation's file."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """`words` are the values of the parameters that are no service, in their order."""

    services: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def lacks(self, playbook: Playbook) -> bool:
        """Whether the playbook has to know more before it starts."""
        wants_service = SERVICE in playbook.parameters and not self.services
        return wants_service or len(self.words) < len(others(playbook))


NOTHING_TOLD = Told()


def others(playbook: Playbook) -> tuple[str, ...]:
    """The parameters that are no service."""
    return tuple(each for each in playbook.parameters if each != SERVICE)


def told_in(playbook: Playbook, line: str, organisation: Organisation) -> Told:
    """What a line tells a playbook, its services first; refused when it names a service that there is not.

    A playbook without parameters takes the services that it looks at.
    """
    wanted = others(playbook)
    if not wanted:
        _refuse_time(playbook, line)
        return Told(services=services_named(line, organisation))
    words = line.replace(",", " ").split()
    count = max(0, len(words) - len(wanted))
    if SERVICE not in playbook.parameters:
        _refuse_more(playbook, words[len(wanted) :])
        return Told(words=tuple(words))
    named = " ".join(words[: max(count, 1)])
    return Told(services=services_named(named, organisation), words=tuple(words[max(count, 1) :]))


def _refuse_time(playbook: Playbook, line: str) -> None:
    if ends_in_stretch(line):
        raise Refused(f"{playbook.title} says itself how far back it looks; leave the time out.")


def _refuse_more(playbook: Playbook, words: Sequence[str]) -> None:
    if words:
        asked = ", ".join(others(playbook))
        raise Refused(f"`{shortened(' '.join(words))}` is not understood. {playbook.title} only asks for: {asked}.")
