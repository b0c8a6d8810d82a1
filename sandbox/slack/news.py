"""What happens in the workspace, and who hears of it."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.payload import JsonObject


@dataclass(frozen=True, kw_only=True)
class News:
    """Something that happened.

    `type` and `event` are Slack's own inner event, such as message, app_mention or reaction_added. Types that the app
    never hears are `ephemeral` (event: channel, user who sees it, message), `ephemeral_deleted` (channel, user, ts) and
    `channel_changed` (channel: its id; name, topic, members, pins or bookmarks are different now).
    """

    type: str
    event: JsonObject
    channel: str = ""
    """The conversation it belongs to; the app hears of it only if it may."""


Listener = Callable[[News], None]

UNHEARD = frozenset({"ephemeral", "ephemeral_deleted", "channel_changed"})
"""What only the people's clients are told."""


class Noticeboard:
    """Tells everybody who asked, in the order in which they asked."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def publish(self, news: News) -> None:
        for listener in self._listeners:
            listener(news)
