"""What changes while people look, told to their pages."""

from collections.abc import Callable

from aiohttp import web

from sandbox.client.screen import Screen
from sandbox.payload import JsonObject
from sandbox.slack.desk import Desk
from sandbox.slack.news import News
from sandbox.slack.views import ViewNews
from sandbox.stream import Listeners


class Live:
    """The streams of the pages that are open, one per person and page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._screen = Screen(desk)
        self._pages = Listeners()
        self._tellers: dict[str, Callable[[News], None]] = {
            "message": self._message,
            "reaction_added": self._reaction,
            "reaction_removed": self._reaction,
            "channel_changed": self._channel,
            "member_left_channel": self._left,
            "ephemeral": self._to_one,
            "ephemeral_deleted": self._ephemeral_deleted,
            "command_failed": self._to_one,
        }
        desk.noticeboard.subscribe(self._hear)
        desk.views.subscribe(self._view)

    async def serve(self, request: web.Request, user: str, *, first: list[JsonObject]) -> web.StreamResponse:
        return await self._pages.serve(request, key=user, first=first)

    def tell_all(self, event: JsonObject) -> None:
        """Tells every page, such as that the clock jumped."""
        self._pages.tell(event)

    def close(self) -> None:
        self._pages.close()

    def _hear(self, news: News) -> None:
        if news.type in self._tellers:
            self._tellers[news.type](news)

    def _message(self, news: News) -> None:
        match news.event.get("subtype"):
            case "message_deleted":
                self._tell(news, {"type": "message_deleted", "ts": news.event["deleted_ts"]})
            case "message_changed":
                self._changed(news, news.event["message"]["ts"])
            case _:
                self._fresh(news)

    def _fresh(self, news: News) -> None:
        message = self._desk.workspace.message(news.channel, news.event["ts"])
        if message is None:
            return
        channel = self._desk.workspace.channels[news.channel]
        # Whoever only looks in is shown it without its being announced to them.
        kinds = {user: "message" if user in channel.members else "message_changed" for user in self._viewers(news)}
        for user, kind in kinds.items():
            event = {"type": kind, "channel": channel.id, "message": self._screen.message(message)}
            self._pages.tell(event, to=user)
        if message.is_reply:
            self._changed(news, message.thread_ts)
        self._channel(news)

    def _reaction(self, news: News) -> None:
        self._changed(news, news.event["item"]["ts"])

    def _changed(self, news: News, ts: str) -> None:
        message = self._desk.workspace.message(news.channel, ts)
        if message is not None:
            self._tell(news, {"type": "message_changed", "message": self._screen.message(message)})

    def _channel(self, news: News) -> None:
        channel = self._desk.workspace.channels[news.channel]
        for user in self._viewers(news):
            self._pages.tell({"type": "channel", "channel": self._screen.channel(channel, user)}, to=user)

    def _left(self, news: News) -> None:
        user = news.event["user"]
        if user not in self._viewers(news):
            self._pages.tell({"type": "channel_left", "channel": news.channel}, to=user)

    def _to_one(self, news: News) -> None:
        self._pages.tell({"type": news.type, **news.event}, to=news.event["user"])

    def _ephemeral_deleted(self, news: News) -> None:
        event = {"type": "message_deleted", "channel": news.channel, "ts": news.event["ts"]}
        self._pages.tell(event, to=news.event["user"])

    def _view(self, news: ViewNews) -> None:
        self._pages.tell({"type": news.type, "view": news.view}, to=news.user)

    def _tell(self, news: News, event: JsonObject) -> None:
        for user in self._viewers(news):
            self._pages.tell({**event, "channel": news.channel}, to=user)

    def _viewers(self, news: News) -> set[str]:
        channel = self._desk.workspace.channels[news.channel]
        return {user for user in self._pages.present() if self._screen.sees(channel, user)}
