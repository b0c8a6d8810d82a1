"""Response URLs: where the app may answer an interaction, five times within half an hour."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from bot.domain.clock import Clock
from sandbox.slack.errors import SlackError

USES = 5
LIFETIME = timedelta(minutes=30)

Origin = Literal["command", "action", "shortcut", "view"]


@dataclass(kw_only=True)
class ResponseUrl:
    """What an answer under one URL refers to; `message_ts` is the message of the button that was pressed."""

    channel: str
    user: str
    origin: Origin
    expires_at: datetime
    message_ts: str = ""
    thread_ts: str = ""
    uses: int = 0


class ResponseUrls:
    """Every response URL that was given out."""

    def __init__(self, clock: Clock, address: Callable[[], str]) -> None:
        self._clock = clock
        self._address = address
        self._urls: dict[str, ResponseUrl] = {}

    def issue(self, *, channel: str, user: str, origin: Origin, message_ts: str = "", thread_ts: str = "") -> str:
        """A fresh URL for what `user` just did in `channel`; `message_ts` also names an ephemeral message."""
        key = uuid4().hex
        self._urls[key] = ResponseUrl(
            channel=channel,
            user=user,
            origin=origin,
            expires_at=self._clock.now() + LIFETIME,
            message_ts=message_ts,
            thread_ts=thread_ts,
        )
        return f"{self._address()}/respond/{key}"

    def use(self, key: str) -> ResponseUrl:
        """Counts a use; raises SlackError used_url or expired_url once there are none left, no_such_url for others."""
        found = self._urls.get(key)
        if found is None:
            raise SlackError("no_such_url")
        if found.uses >= USES:
            raise SlackError("used_url")
        if self._clock.now() > found.expires_at:
            raise SlackError("expired_url")
        found.uses += 1
        return found
