"""A conversation: a public or private channel, or a direct message; and the messages in it."""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from typing import Literal

from sandbox.payload import JsonObject
from sandbox.slack.message import Message

Kind = Literal["public", "private", "im", "mpim"]
EVENT_KINDS: dict[Kind, str] = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
LIST_KINDS: dict[Kind, str] = {"public": "public_channel", "private": "private_channel", "im": "im", "mpim": "mpim"}


def _unset() -> JsonObject:
    return {"value": "", "creator": "", "last_set": 0}


@dataclass(kw_only=True)
class Channel:
    """A conversation and what hangs on it, its messages excepted."""

    id: str
    name: str
    creator: str
    created: int
    kind: Kind = "public"
    members: list[str] = field(default_factory=list)
    topic: JsonObject = field(default_factory=_unset)
    purpose: JsonObject = field(default_factory=_unset)
    is_general: bool = False
    is_archived: bool = False
    previous_names: list[str] = field(default_factory=list)
    pins: dict[str, JsonObject] = field(default_factory=dict)
    """By the message's ts: when and by whom."""
    bookmarks: list[JsonObject] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)

    @property
    def is_direct(self) -> bool:
        return self.kind in {"im", "mpim"}

    def shown(self, team: str, viewer: str) -> JsonObject:
        """The conversation as conversations.info gives it to `viewer`."""
        if self.kind == "im":
            return self._direct(viewer)
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": False,
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "public",
            "created": self.created,
            "updated": self.created * 1000,
            "creator": self.creator,
            "is_archived": self.is_archived,
            "is_general": self.is_general,
            "is_member": viewer in self.members,
            "is_shared": False,
            "is_ext_shared": False,
            "is_org_shared": False,
            "unlinked": 0,
            "context_team_id": team,
            "shared_team_ids": [team],
            "topic": dict(self.topic),
            "purpose": dict(self.purpose),
            "previous_names": list(self.previous_names),
        }

    def _direct(self, viewer: str) -> JsonObject:
        return {
            "id": self.id,
            "created": self.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "user": self.other(viewer),
            "is_user_deleted": False,
            "priority": 0,
        }

    def other(self, viewer: str) -> str:
        """The other person of a direct message."""
        return next((member for member in self.members if member != viewer), viewer)


class Timeline:
    """The messages of one conversation, in order; looking one up or adding one is cheap however many there are."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.top: list[str] = []
        self.threads: dict[str, list[str]] = {}

    def add(self, message: Message) -> None:
        self.messages[message.ts] = message
        if message.is_top_level:
            insort(self.top, message.ts)
        if message.is_reply:
            insort(self.threads.setdefault(message.thread_ts, []), message.ts)

    def remove(self, message: Message) -> None:
        del self.messages[message.ts]
        _without(self.top, message.ts)
        if message.is_reply:
            _without(self.threads[message.thread_ts], message.ts)

    def between(self, oldest: str, latest: str, *, inclusive: bool) -> list[str]:
        """The ts of top-level messages in a span, oldest first; an empty bound is open."""
        return _between(self.top, oldest, latest, inclusive=inclusive)

    def replies(self, parent: str, oldest: str, latest: str, *, inclusive: bool) -> list[str]:
        return _between(self.threads.get(parent, []), oldest, latest, inclusive=inclusive)

    def thread_facts(self, ts: str) -> JsonObject:
        """What a parent says of its replies."""
        replies = self.threads.get(ts)
        if not replies:
            return {}
        users = list(dict.fromkeys(self.messages[reply].user for reply in replies))
        return {
            "thread_ts": ts,
            "reply_count": len(replies),
            "reply_users": users,
            "reply_users_count": len(users),
            "latest_reply": replies[-1],
        }


def _without(ordered: list[str], ts: str) -> None:
    at = bisect_left(ordered, ts)
    if at < len(ordered) and ordered[at] == ts:
        del ordered[at]


def _between(ordered: list[str], oldest: str, latest: str, *, inclusive: bool) -> list[str]:
    before, after = (bisect_left, bisect_right) if inclusive else (bisect_right, bisect_left)
    first = before(ordered, oldest) if oldest else 0
    last = after(ordered, latest) if latest else len(ordered)
    return ordered[first:last]
