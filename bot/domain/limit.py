"""How often outside systems let themselves be called: a steady rate, and how much of it may come at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.domain.effect import Effect, Post


@dataclass(frozen=True, kw_only=True)
class Limit:
    """`per_minute` calls in the long run, `burst` at once. Slack counts by windows of a minute.

    `reserve` is the part of the burst that is kept for what is urgent, where a method does both.
    """

    per_minute: float
    burst: int
    reserve: float = 0.0


TIER_2 = Limit(per_minute=20, burst=20)
TIER_3 = Limit(per_minute=50, burst=50)
TIER_4 = Limit(per_minute=100, burst=100)
"""Slack's tiers per method, workspace and app; source: docs.slack.dev, Web API rate limits."""

POSTS_OF_A_CHANNEL = Limit(per_minute=60, burst=4)
"""One message a second per channel, "short bursts" allowed; what is above may be dropped without a word."""

LIMITS: Mapping[str, Limit] = MappingProxyType(
    {
        "bookmarks.add": TIER_2,
        "chat.delete": TIER_3,
        "chat.postEphemeral": TIER_4,
        # "Several hundred messages per minute" per workspace: never more than 300 within one.
        "chat.postMessage": Limit(per_minute=150, burst=150, reserve=0.3),
        "chat.update": TIER_3,
        "conversations.archive": TIER_2,
        "conversations.create": TIER_2,
        "conversations.history": TIER_3,
        "conversations.invite": TIER_3,
        "conversations.kick": TIER_3,
        "conversations.open": TIER_3,
        "conversations.setTopic": TIER_2,
        "files.completeUploadExternal": TIER_4,
        "github.content": Limit(per_minute=20, burst=5),  # up to four calls a report; GitHub takes 80 a minute
        "pagerduty.enqueue": Limit(
            per_minute=120, burst=60
        ),  # per integration key; source: developer-docs, Events API v2
        "pagerduty.rest": Limit(per_minute=960, burst=120),
        "pins.add": TIER_2,
        "statuspage.incidents": Limit(per_minute=15, burst=5),  # 60 requests a minute per key, up to four for a notice
        "users.conversations": TIER_3,
        "users.info": TIER_4,
        "views.publish": TIER_4,
    }
)


def lane_limit(effect: Effect) -> Limit | None:
    """The limit that effects of one lane share besides that of their method."""
    return POSTS_OF_A_CHANNEL if isinstance(effect, Post) else None
