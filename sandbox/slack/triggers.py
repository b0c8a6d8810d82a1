"""Triggers: what an interaction hands the app so that it may open a modal, once and soon."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

from bot.domain.clock import Clock
from sandbox.slack.errors import SlackError

LIFETIME = timedelta(seconds=3)


@dataclass(kw_only=True)
class Trigger:
    """A trigger somebody's interaction gave; `is_used` once it opened something."""

    user: str
    issued_at: datetime
    is_used: bool = False


class Triggers:
    """Every trigger there was; each opens one modal, within three seconds of business time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._serials = count(1)
        self._triggers: dict[str, Trigger] = {}

    def issue(self, user: str) -> str:
        """A fresh trigger for what `user` just did."""
        now = self._clock.now()
        trigger_id = f"{next(self._serials)}.{int(now.timestamp())}.{uuid4().hex}"
        self._triggers[trigger_id] = Trigger(user=user, issued_at=now)
        return trigger_id

    def redeem(self, trigger_id: str) -> str:
        """Uses the trigger up and says whose it was.

        Raises SlackError: invalid_trigger_id, exchanged_trigger_id, expired_trigger_id.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() - trigger.issued_at > LIFETIME:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user
