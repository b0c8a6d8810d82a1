"""Ephemeral messages: seen by one person, stored nowhere, gone with the process."""

from dataclasses import dataclass

from sandbox.slack.message import Message
from sandbox.slack.news import News, Noticeboard


@dataclass(frozen=True, kw_only=True)
class Ephemeral:
    """A message in a channel that only `user` sees."""

    user: str
    message: Message


class Ephemerals:
    """Those that are on somebody's screen."""

    def __init__(self, noticeboard: Noticeboard, *, team: str, app: str) -> None:
        self._noticeboard = noticeboard
        self._team = team
        self._app = app
        self._shown: dict[tuple[str, str], Ephemeral] = {}

    def show(self, user: str, message: Message) -> None:
        """Shows a message to one person; one of the same ts is replaced."""
        self._shown[message.channel, message.ts] = Ephemeral(user=user, message=message)
        shown = message.shown(team=self._team, app=self._app) | {"is_ephemeral": True}
        self._tell("ephemeral", message.channel, {"channel": message.channel, "user": user, "message": shown})

    def get(self, channel: str, ts: str) -> Ephemeral | None:
        return self._shown.get((channel, ts))

    def remove(self, channel: str, ts: str) -> None:
        """Takes it off the screen, if it is there."""
        found = self._shown.pop((channel, ts), None)
        if found:
            self._tell("ephemeral_deleted", channel, {"channel": channel, "user": found.user, "ts": ts})

    def _tell(self, kind: str, channel: str, event: dict[str, object]) -> None:
        self._noticeboard.publish(News(type=kind, channel=channel, event=event))
