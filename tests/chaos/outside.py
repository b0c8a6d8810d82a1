"""What Slack and PagerDuty must look like after incidents were declared and phase 1 was worked through, each thing once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sandbox.pagerduty.incident import Incident
from sandbox.server import Sandbox
from sandbox.slack.channel import Channel
from sandbox.slack.message import Message
from tests.as_seen import words_of

INVITED = frozenset({"ana", "ben", "dee"})
"""Who declares critical incidents here, and their responders in opsbot.example.yaml."""
INFORMED = "cho"
PHASES = ("Declare", "Assess")


class Outside:
    """The practice ground, looked at with a list of the incidents that were declared in it."""

    def __init__(self, ground: Sandbox, titles: Sequence[str]) -> None:
        self.ground = ground
        self.titles = titles

    def rooms(self, title: str) -> list[Channel]:
        """The war rooms of an incident."""
        slug = title.lower().replace(" ", "-")
        return [each for each in self.ground.workspace.channels if each.name.endswith(f"-{slug}")]

    def said(self, channel: str | None = None) -> list[Message]:
        """What the bot said, in a channel or anywhere."""
        bot = self.ground.app.bot_id
        found = [each for each in self.ground.workspace.messages if each.bot_id == bot and not each.subtype]
        return [each for each in found if channel in {None, each.channel}]

    def pages(self, title: str) -> list[Incident]:
        """What PagerDuty woke somebody for, about an incident."""
        return [each for each in self.ground.pagerduty.incidents if title in each.title]

    def wrongs(self) -> list[str]:
        """Everything that is missing, there twice or otherwise wrong; empty when all is well."""
        return [
            *self._repeated_keys(),
            *self._strays(),
            *self._told(),
            *self._pages(),
            *(wrong for title in self.titles for wrong in self._of_incident(title)),
        ]

    def _of_incident(self, title: str) -> Iterator[str]:
        rooms = self.rooms(title)
        yield from _just_one("room", title, rooms)
        announcements = self.ground.workspace.channel("critical-incidents")
        assert announcements
        about = [each for each in self.said(announcements.id) if title in _words(each)]
        yield from _just_one("announcement", title, about)
        for room in rooms[:1]:
            yield from self._in_room(title, room)

    def _in_room(self, title: str, room: Channel) -> Iterator[str]:
        said = self.said(room.id)
        pinned = [each for each in said if each.ts in room.pins]
        yield from _just_one("pin", title, list(room.pins))
        yield from _just_one("pinned card", title, [each for each in pinned if title in _words(each)])
        yield from _just_one("bookmark", title, room.bookmarks)
        for phase in PHASES:
            yield from _just_one(f"message of phase {phase}", title, [each for each in said if _is_of(phase, each)])
        names = {user.name for user in self.ground.workspace.users if user.id in room.members and not user.is_bot}
        if names != INVITED:
            yield f"wrong: in the room of {title} are {sorted(names)}"
        if "ana" not in str(room.topic["value"]).lower():
            yield f"lost: the topic of {title} does not name its commander: {room.topic['value']!r}"

    def _repeated_keys(self) -> Iterator[str]:
        """Every message carries the key of the one effect that it is."""
        keys = Counter(str((each.metadata or {}).get("event_payload", {}).get("key")) for each in self.said())
        yield from (f"twice: {count} messages of effect {key}" for key, count in keys.items() if count > 1)

    def _strays(self) -> Iterator[str]:
        """Nothing is opened or paged that nobody asked for."""
        bot = self.ground.app.bot_user
        rooms = [each.name for each in self.ground.workspace.channels if each.creator == bot and not each.is_direct]
        if len(rooms) > len(self.titles):
            yield f"twice: the rooms are {rooms}"

    def _told(self) -> Iterator[str]:
        """The stakeholder heard of each incident once, and nobody else of any."""
        for user in self.ground.workspace.users:
            direct = self.ground.workspace.direct([user.id, self.ground.app.bot_user])
            heard = self.said(direct.id) if direct else []
            for title in self.titles if user.name == INFORMED else ():
                yield from _just_one(f"message to {user.name}", title, [m for m in heard if title in _words(m)])
            if heard and user.name != INFORMED:
                yield f"wrong: {user.name} was told {[_words(each) for each in heard]}"

    def _pages(self) -> Iterator[str]:
        for title in self.titles:
            alerts = [each for each in self.ground.pagerduty.alerts if title in each.summary]
            yield from _just_one("alert", title, alerts)
            yield from _just_one("page", title, self.pages(title))
        if len(self.ground.pagerduty.incidents) > len(self.titles):
            yield "twice: PagerDuty has more incidents than were declared"


def _is_of(phase: str, message: Message) -> bool:
    """Whether a message is that of a phase: below the likeliest next thing it begins with its title."""
    return any(line.split("·")[0].strip() == phase for line in _words(message).splitlines())


def _just_one(what: str, title: str, found: Sequence[object] | Iterable[object]) -> Iterator[str]:
    count = len(list(found))
    if count != 1:
        yield f"{'twice' if count else 'lost'}: {count} × {what} of {title}"


def _words(message: Message) -> str:
    return words_of({"blocks": message.blocks, "text": message.text})
