"""What the evidence suggests for an incident: playbooks that treat what was seen."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SuggestedPlaybook:
    """A playbook, and what was seen that it treats."""

    name: str
    title: str
    why: str


@dataclass(kw_only=True)
class Outlook:
    """What is suggested by what was last seen."""

    suggested: tuple[SuggestedPlaybook, ...] = ()

    def take_up(self, playbook: str) -> None:
        """A playbook has been started, and need not be suggested."""
        self.suggested = tuple(each for each in self.suggested if each.name != playbook)
