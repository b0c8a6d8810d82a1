"""The state of the workspace: people, conversations, messages, files; it knows no rules, only where things are."""

from uuid import uuid4

from bot.domain.clock import Clock
from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf
from sandbox.slack.channel import Channel, Kind, Timeline
from sandbox.slack.file import File
from sandbox.slack.message import Message
from sandbox.slack.people import User, UserGroup
from sandbox.slack.scheduled_message import ScheduledMessage


def new_id(prefix: str) -> str:
    """An id no other thing has."""
    return f"{prefix}{uuid4().hex[:10].upper()}"


class Workspace:
    """Everything there is; whoever changes a thing puts it back on its shelf, so that it is kept."""

    def __init__(self, clock: Clock, archive: Archive, *, team: str, name: str) -> None:
        self.clock = clock
        self.team = team
        self.name = name
        self.users = Shelf[User](archive, "user", _frozen, lambda record: User(**record))
        self.groups = Shelf[UserGroup](archive, "group", _frozen, lambda record: UserGroup(**record))
        self.channels = Shelf[Channel](archive, "channel", _frozen, lambda record: Channel(**record))
        self.messages = Shelf[Message](archive, "message", _frozen, lambda record: Message(**record))
        self.files = Shelf[File](archive, "file", File.frozen, File.thawed)
        self.homes = Shelf[JsonObject](archive, "home", dict, dict)
        self.scheduled = Shelf[ScheduledMessage](archive, "scheduled", _frozen, lambda rec: ScheduledMessage(**rec))
        self._timelines: dict[str, Timeline] = {}
        self._names: dict[str, str] = {}
        self._joined: dict[str, dict[str, None]] = {}
        self._last_ts = 0
        self._index()

    def _index(self) -> None:
        for channel in self.channels:
            self._know(channel)
        for message in self.messages:
            self.timeline(message.channel).add(message)
            self._last_ts = max(self._last_ts, int(message.ts.replace(".", "")))

    def _know(self, channel: Channel) -> None:
        if not channel.is_direct:
            self._names[channel.name] = channel.id
        for member in channel.members:
            self._joined.setdefault(member, {})[channel.id] = None

    def next_ts(self) -> str:
        """A message's ts: now, and later than every other."""
        moment = self.clock.now()
        self._last_ts = max(self._last_ts + 1, int(moment.timestamp()) * 1_000_000 + moment.microsecond)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def seconds(self) -> int:
        """Now, in whole seconds."""
        return int(self.clock.now().timestamp())

    def user(self, reference: str) -> User | None:
        """Somebody by id or by name."""
        return self.users.get(reference) or next((user for user in self.users if user.name == reference), None)

    def user_by_email(self, email: str) -> User | None:
        return next((user for user in self.users if user.email == email.lower() and not user.deleted), None)

    def channel(self, reference: str) -> Channel | None:
        """A conversation by id or by name, with or without #."""
        return self.channels.get(reference) or self.channels.get(self._names.get(reference.lstrip("#"), ""))

    def named(self, name: str) -> Channel | None:
        """The channel that holds a name, archived or not."""
        return self.channels.get(self._names.get(name, ""))

    def joined(self, user: str) -> list[Channel]:
        """The conversations somebody is in, in the order in which they joined."""
        return [self.channels[channel] for channel in self._joined.get(user, {})]

    def direct(self, members: list[str]) -> Channel | None:
        """The direct message of exactly these people."""
        return next(
            (each for each in self.joined(members[0]) if each.is_direct and set(each.members) == set(members)), None
        )

    def open_channel(self, name: str, *, creator: str, kind: Kind, members: list[str]) -> Channel:
        prefix = {"public": "C", "private": "C", "im": "D", "mpim": "G"}[kind]
        channel = Channel(id=new_id(prefix), name=name, creator=creator, created=self.seconds(), kind=kind)
        channel.members = list(members)
        self.put_channel(channel)
        return channel

    def put_channel(self, channel: Channel) -> None:
        """A channel that is new or changed; names and members are found anew."""
        for name in channel.previous_names:
            if self._names.get(name) == channel.id:
                del self._names[name]
        self._know(channel)
        self.channels.put(channel.id, channel)

    def leave(self, channel: Channel, user: str) -> None:
        channel.members.remove(user)
        self._joined[user].pop(channel.id, None)
        self.channels.put(channel.id, channel)

    def timeline(self, channel: str) -> Timeline:
        if channel not in self._timelines:
            self._timelines[channel] = Timeline()
        return self._timelines[channel]

    def message(self, channel: str, ts: str) -> Message | None:
        return self.timeline(channel).messages.get(ts)

    def add_message(self, message: Message) -> None:
        self.timeline(message.channel).add(message)
        self.keep_message(message)

    def keep_message(self, message: Message) -> None:
        """Says that a message has changed."""
        self.messages.put(f"{message.channel}:{message.ts}", message)

    def remove_message(self, message: Message) -> None:
        self.timeline(message.channel).remove(message)
        self.messages.remove(f"{message.channel}:{message.ts}")


def _frozen(thing: User | UserGroup | Channel | Message | ScheduledMessage) -> JsonObject:
    return dict(vars(thing))
