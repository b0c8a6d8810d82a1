"""A message that waits for its time."""

from dataclasses import dataclass, field

from sandbox.payload import JsonObject


@dataclass(kw_only=True)
class ScheduledMessage:
    """A message of the app's to be posted at `post_at`, in seconds."""

    id: str
    channel: str
    post_at: int
    created: int
    text: str
    thread_ts: str = ""
    blocks: list[JsonObject] = field(default_factory=list)
    attachments: list[JsonObject] = field(default_factory=list)
    metadata: JsonObject | None = None

    def shown(self) -> JsonObject:
        """The message as chat.scheduledMessages.list gives it."""
        return {
            "id": self.id,
            "channel_id": self.channel,
            "post_at": self.post_at,
            "date_created": self.created,
            "text": self.text,
        }
