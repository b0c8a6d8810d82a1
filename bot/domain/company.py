"""Who is with an incident: invited into its room, seen in it, kept informed."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(kw_only=True)
class Company:
    """People around an incident, by Slack id."""

    informed: tuple[str, ...] = ()
    """Who was told by direct message, and is told of updates and of the end."""
    invited: tuple[str, ...] = ()
    """Who was invited into the war room; user groups too."""
    members: tuple[str, ...] = ()
    """Who came into the war room."""

    called: tuple[str, ...] = ()
    """Who was only told that there is a private incident which nobody has answered, and may take it."""

    def call(self, user: str) -> None:
        """Somebody who may not know of it is asked to take it."""
        if user not in self.called:
            self.called = (*self.called, user)

    def inform(self, users: Iterable[str]) -> tuple[str, ...]:
        """Counts people among those who are kept informed, and returns those who were not yet."""
        new = tuple(dict.fromkeys(user for user in users if user not in self.informed))
        self.informed = (*self.informed, *new)
        return new

    def invite(self, users: Iterable[str]) -> tuple[str, ...]:
        """Counts people among those who were invited, and returns those who were not yet."""
        new = tuple(dict.fromkeys(user for user in users if user not in self.invited))
        self.invited = (*self.invited, *new)
        return new

    def join(self, user: str) -> bool:
        """Somebody came into the room; says whether they are new there."""
        if user in self.members:
            return False
        self.members = (*self.members, user)
        return True

    def part(self, user: str) -> None:
        """Somebody is not in the room any more, and can be invited again."""
        self.members = tuple(each for each in self.members if each != user)
        self.invited = tuple(each for each in self.invited if each != user)
