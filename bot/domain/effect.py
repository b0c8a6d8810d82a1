"""Effects: outward steps, decided in a transaction and carried out later by the relay.

An effect says what shall be so in the world outside. Where it is carried out in order (`lane`), what must exist
before it can be (`awaits`), what it makes superfluous (`replaces`), how urgent it is and how long it stays worth
doing are facts of its kind and stand here, in one place. Names such as a place ("room/42", "channel/#alerts",
"dm/U1") and a slot ("incident/42/card", a message the bot keeps) are bound to Slack's ids by receipts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import ClassVar

from bot.domain.message import Message


class Priority(IntEnum):
    """Higher goes first, within a lane and between lanes."""

    DECLARE = 9
    ANSWER = 8
    UPDATE = 6
    REMINDER = 4
    HOUSEKEEPING = 2


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One outward step."""

    rank: ClassVar[Priority] = Priority.UPDATE
    lifetime: ClassVar[timedelta | None] = None
    """How long it is worth doing, counted from when it may first be done; None is for ever."""
    method: ClassVar[str] = ""
    """The outside method it calls, whose limit it shares with others that do; see `bot.domain.limit`."""

    @property
    def priority(self) -> Priority:
        return self.rank

    @property
    def lane(self) -> str:
        """Effects of one lane are carried out one at a time, in order within a priority."""
        raise NotImplementedError

    @property
    def awaits(self) -> str | None:
        """The place or slot that must be bound before this can be carried out."""
        return None

    @property
    def replaces(self) -> str | None:
        """A pending effect with the same value makes this one superfluous: it is rendered when it is sent."""
        return None

    @property
    def names(self) -> tuple[str, ...]:
        """The places and slots whose bindings its executor needs to know."""
        return (self.awaits,) if self.awaits else ()

    @property
    def concerns(self) -> tuple[str, ...]:
        """The places and slots that it is about, with or without their bindings."""
        return self.names


def room(incident: int) -> str:
    """The place that is the war room of an incident."""
    return f"room/{incident}"


def channel(name: str) -> str:
    """The place that is a channel of the operator's, by name or id ("#alerts", "C012345")."""
    return f"channel/{name}"


def direct(user: str) -> str:
    """The place that is the conversation between the bot and one person."""
    return f"dm/{user}"


@dataclass(frozen=True, kw_only=True)
class FindChannel(Effect):
    """Find the id of a channel the bot is a member of, once."""

    name: str
    method = "users.conversations"

    @property
    def lane(self) -> str:
        return f"find/{self.name}"


@dataclass(frozen=True, kw_only=True)
class OpenDirect(Effect):
    """Open the conversation between the bot and a person."""

    user: str
    rank = Priority.ANSWER
    method = "conversations.open"

    @property
    def lane(self) -> str:
        return f"open/{self.user}"


@dataclass(frozen=True, kw_only=True)
class OpenRoom(Effect):
    """Create the war room's channel, or adopt it when the bot itself already did."""

    incident: int
    name: str
    private: bool
    rank = Priority.DECLARE
    method = "conversations.create"

    @property
    def lane(self) -> str:
        return f"create/{self.incident}"


@dataclass(frozen=True, kw_only=True)
class InPlace(Effect):
    """Whatever happens in a place once it is there, in the order in which it is said there."""

    place: str

    @property
    def lane(self) -> str:
        return f"messages/{self.place}"

    @property
    def awaits(self) -> str:
        return self.place


@dataclass(frozen=True, kw_only=True)
class Post(InPlace):
    """Post a new message, keep it under a slot, perhaps in another's thread; without `message` it is rendered like an edit."""

    slot: str
    message: Message | None = None
    thread: str | None = None
    urgency: Priority = Priority.UPDATE
    method = "chat.postMessage"

    @property
    def priority(self) -> Priority:
        return self.urgency

    @property
    def awaits(self) -> str:
        return self.thread or self.place

    @property
    def names(self) -> tuple[str, ...]:
        return (self.place, self.thread) if self.thread else (self.place,)

    @property
    def concerns(self) -> tuple[str, ...]:
        return *self.names, self.slot


@dataclass(frozen=True, kw_only=True)
class Touch(InPlace):
    """Whatever is done to a message that the bot keeps."""

    slot: str

    @property
    def awaits(self) -> str:
        return self.slot

    @property
    def concerns(self) -> tuple[str, ...]:
        return self.place, self.slot


@dataclass(frozen=True, kw_only=True)
class Edit(Touch):
    """Bring a message up to date; rendered when it is sent, so the last state wins."""

    method = "chat.update"

    @property
    def replaces(self) -> str:
        return f"edit/{self.slot}"


@dataclass(frozen=True, kw_only=True)
class Delete(Touch):
    """Take a message back, if it is still there."""

    rank = Priority.HOUSEKEEPING
    method = "chat.delete"


@dataclass(frozen=True, kw_only=True)
class Whisper(Effect):
    """Show something to one person only, where they are, in no channel by direct message; at most once, no state."""

    channel: str
    user: str
    message: Message
    thread_ts: str | None = None
    rank = Priority.ANSWER
    lifetime = timedelta(minutes=5)
    method = "chat.postEphemeral"

    @property
    def lane(self) -> str:
        return f"whisper/{self.channel}/{self.user}"


@dataclass(frozen=True, kw_only=True)
class Pin(Effect):
    """Pin a message that the bot keeps: by its pin people find the card."""

    slot: str
    rank = Priority.ANSWER
    method = "pins.add"

    @property
    def lane(self) -> str:
        return f"pin/{self.slot}"

    @property
    def awaits(self) -> str:
        return self.slot


@dataclass(frozen=True, kw_only=True)
class SetTopic(Effect):
    """Bring the topic of an incident's room up to date; rendered when it is sent."""

    incident: int
    method = "conversations.setTopic"

    @property
    def lane(self) -> str:
        return f"topic/{self.awaits}"

    @property
    def awaits(self) -> str:
        return room(self.incident)

    @property
    def replaces(self) -> str:
        return f"topic/{self.incident}"


@dataclass(frozen=True, kw_only=True)
class Invite(InPlace):
    """Invite people into a place; those who are in already, or cannot come, do not hold up the others."""

    users: tuple[str, ...]
    method = "conversations.invite"

    @property
    def lane(self) -> str:
        return f"invite/{self.place}"


@dataclass(frozen=True, kw_only=True)
class AddBookmark(InPlace):
    """Put a link into a place's bookmark bar, once."""

    title: str
    url: str
    method = "bookmarks.add"

    @property
    def lane(self) -> str:
        return f"bookmark/{self.place}/{self.title}"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What carrying an effect out brought: names to bind (`binds`), and facts for the playbooks (`facts`)."""

    binds: dict[str, dict[str, str]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What the relay tells an executor about this attempt.

    `key` is the effect's own, the same in every attempt. `look` says that an earlier attempt may have taken effect
    unseen, `first_at` when the first began. `note` is what the last `Retry` left. `bound` holds the bindings of the
    effect's place, slot and thread (`{"channel": "C1", "ts": "1.2"}`), `serial` the effect's number, for the record.
    """

    key: str
    serial: int
    first_at: datetime
    look: bool = False
    note: Mapping[str, str] = field(default_factory=dict)
    bound: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
