"""A message as Slack keeps it, and as it shows it."""

from dataclasses import dataclass, field
from uuid import uuid4

from sandbox.payload import JsonObject


@dataclass(kw_only=True)
class Message:
    """A message in a channel; `ts` is its name there."""

    ts: str
    channel: str
    user: str
    text: str
    bot_id: str = ""
    subtype: str = ""
    thread_ts: str = ""
    is_broadcast: bool = False
    blocks: list[JsonObject] = field(default_factory=list)
    attachments: list[JsonObject] = field(default_factory=list)
    metadata: JsonObject | None = None
    files: list[JsonObject] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: JsonObject | None = None
    extra: JsonObject = field(default_factory=dict)
    """What only some subtypes have: a topic, an inviter, a posting app's name."""

    @property
    def is_reply(self) -> bool:
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def is_top_level(self) -> bool:
        """Whether it stands in the channel itself, not only in a thread."""
        return not self.is_reply or self.is_broadcast

    def shown(self, *, team: str, app: str) -> JsonObject:
        """The message with all that everybody may see; its metadata is whole."""
        shown: JsonObject = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": team}
        optional = {
            "subtype": self._subtype(),
            "thread_ts": self.thread_ts,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "metadata": self.metadata,
            "files": self.files,
            "edited": self.edited,
            "reactions": self._reactions(),
            **self.extra,
        }
        if self.bot_id:
            optional |= {"bot_id": self.bot_id, "app_id": app}
        return shown | {key: value for key, value in optional.items() if value}

    def react(self, name: str, user: str) -> None:
        self.reactions.setdefault(name, []).append(user)

    def unreact(self, name: str, user: str) -> None:
        self.reactions[name].remove(user)
        if not self.reactions[name]:
            del self.reactions[name]

    def _subtype(self) -> str:
        return self.subtype or ("thread_broadcast" if self.is_broadcast else "")

    def _reactions(self) -> list[JsonObject]:
        return [{"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()]


def with_ids(blocks: list[JsonObject]) -> list[JsonObject]:
    """Blocks with the block and action ids that Slack makes up where the app gave none."""
    return [_identified(block) for block in blocks]


def _identified(block: JsonObject) -> JsonObject:
    named = {**block, "block_id": block.get("block_id") or uuid4().hex[:5]}
    if block.get("type") == "actions":
        named["elements"] = [_named(element) for element in block["elements"]]
    for part in ("accessory", "element"):
        if part in block:
            named[part] = _named(block[part])
    return named


def _named(element: JsonObject) -> JsonObject:
    if element.get("type") == "image" or element.get("action_id"):
        return element
    return {**element, "action_id": uuid4().hex[:5]}


def elements_of(blocks: list[JsonObject]) -> list[tuple[JsonObject, JsonObject]]:
    """Every interactive element with the block it stands in."""
    found = []
    for block in blocks:
        elements = block.get("elements", []) if block.get("type") == "actions" else []
        for element in [*elements, block.get("accessory"), block.get("element")]:
            if element and element.get("action_id"):
                found.append((block, element))
    return found
