"""Where in Slack an effect takes place, and what it means when that is not there any more."""

from dataclasses import dataclass

from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Waiting
from bot.slack.client import Declined

_GONE = {
    "is_archived": "its channel is archived; unarchive it and invite opsbot again",
    "is_inactive": "its channel is archived; unarchive it and invite opsbot again",
    "channel_not_found": "its channel is deleted, or private without opsbot in it",
    "not_in_channel": "opsbot was removed from its channel; invite it again",
    "thread_not_found": "the message it belongs to is deleted",
    "message_not_found": "its message is deleted",
}
"""The channel or message is not there for the bot any more, by Slack's word for it."""


class PlaceGone(GiveUp):
    """The channel, thread or message an effect is about is not there for the bot any more."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """A channel by id, perhaps a thread of it, perhaps a message."""

    channel: str
    thread: str = ""
    ts: str = ""


def address_of(attempt: Attempt, name: str) -> Address:
    """The address of a place or slot; one that was unbound, because it moves, is waited for."""
    bound = attempt.bound.get(name)
    if bound is None:
        raise Waiting(f"{name} is being opened anew.", after=2)
    return Address(channel=bound["channel"], thread=bound.get("thread", ""), ts=bound.get("ts", ""))


def gone(declined: Declined) -> GiveUp:
    """What to raise for a refusal: words that follow "could not …:" if the place is gone, else the refusal itself."""
    reason = _GONE.get(declined.code)
    return PlaceGone(f"{reason}.") if reason else declined
