"""The workspace as it is at first: the people of the organisation, and the channels they and the bot share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sandbox.slack.app import App
from sandbox.slack.people import COLOURS, User
from sandbox.slack.workspace import Workspace

TEAM = "T0SANDBOX"
NAME = "Agent Marketplace Platform"

ZONES: Mapping[str, str] = MappingProxyType(
    {
        "ana": "Europe/Lisbon",
        "ben": "Africa/Lagos",
        "cho": "Asia/Taipei",
        "dee": "America/New_York",
        "eli": "America/Los_Angeles",
        "fay": "Europe/Paris",
        "gus": "America/Mexico_City",
    }
)
"""Where the people of opsbot.example.yaml live; everybody else lives in New York."""
ADMIN = "gus"

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "general": "For everybody",
        "critical-incidents": "Every announced incident, one message each",
        "alerts": "Checks and what they found",
        "on-call": "Handoffs",
        "announcements": "Maintenance",
        "support": "What customers ask and report",
    }
)
"""Names and purposes."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody to be there from the start."""

    id: str
    name: str
    real_name: str
    email: str
    tz: str = "America/New_York"


def people_from(people: Mapping[str, Mapping[str, object]]) -> list[Person]:
    """The people of an opsbot.yaml, by their names in it, each with `name`, `slack` and `email`."""
    return [
        Person(
            id=str(facts.get("slack") or f"U0{name.upper().replace('-', '')}"),
            name=name,
            real_name=str(facts.get("name") or name),
            email=str(facts.get("email") or f"{name}@example.com"),
            tz=ZONES.get(name, Person.tz),
        )
        for name, facts in people.items()
    ]


EXAMPLE = people_from(
    {
        "ana": {"name": "Ana Silva", "slack": "U0ANA", "email": "ana@example.com"},
        "ben": {"name": "Ben Okafor", "slack": "U0BEN", "email": "ben@example.com"},
        "cho": {"name": "Cho Lin", "slack": "U0CHO", "email": "cho@example.com"},
        "dee": {"name": "Dee Park", "slack": "U0DEE", "email": "dee@example.com"},
        "eli": {"name": "Eli Stern", "slack": "U0ELI", "email": "eli@example.com"},
        "fay": {"name": "Fay Moreau", "slack": "U0FAY", "email": "fay@example.com"},
        "gus": {"name": "Gus Reyes", "slack": "U0GUS", "email": "gus@example.com"},
    }
)
"""The people of opsbot.example.yaml."""


VISITORS = (
    User(id="U0HAL", name="hal", real_name="Hal Ng (guest)", color=COLOURS[7], is_restricted=True),
    User(id="U0IVY", name="ivy", real_name="Ivy Roth (Northwind)", color=COLOURS[8], home_team="T0NORTHWIND"),
)
"""A guest, and somebody of another workspace; they are in the channel that is shared with them."""
SHARED = "support"


def furnish(workspace: Workspace, app: App, people: Sequence[Person], channels: Mapping[str, str] = CHANNELS) -> None:
    """Puts people and channels where there are none yet; a workspace that was kept stays as it is."""
    if len(workspace.channels):
        return
    for index, person in enumerate(people):
        workspace.users.put(person.id, _user(person, COLOURS[index % len(COLOURS)]))
    for visitor in VISITORS:
        workspace.users.put(visitor.id, replace(visitor))
    everybody = [person.id for person in people]
    for name, purpose in channels.items():
        channel = workspace.open_channel(name, creator=everybody[0], kind="public", members=[*everybody, app.bot_user])
        channel.members += [visitor.id for visitor in VISITORS if name == SHARED]
        channel.purpose = {"value": purpose, "creator": everybody[0], "last_set": channel.created}
        channel.is_general = name == "general"
        workspace.put_channel(channel)


def _user(person: Person, colour: str) -> User:
    return User(
        id=person.id,
        name=person.name,
        real_name=person.real_name,
        email=person.email.lower(),
        tz=person.tz,
        color=colour,
        is_admin=person.name == ADMIN,
    )
