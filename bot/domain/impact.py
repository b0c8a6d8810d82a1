"""What an incident does to people: which services, which users, in what way, and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass

SCOPE, USERS, REVENUE, SERVICES = "impact", "affected-users", "revenue", "affected-services"
"""The names under which an incident keeps it, among the answers to its playbook's questions."""


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What somebody says of it; what they leave out stays as it is. `services` are names of the organisation's file."""

    scope: str = ""
    users: str = ""
    services: tuple[str, ...] = ()
    revenue: str = ""

    @property
    def answers(self) -> Mapping[str, str]:
        """What was said, by name."""
        said = {SCOPE: self.scope, USERS: self.users, SERVICES: ", ".join(self.services), REVENUE: self.revenue}
        return {name: " ".join(words.split()) for name, words in said.items() if words.strip()}
