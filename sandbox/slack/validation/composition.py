"""Composition objects: texts, options, confirmations, filters; source: docs.slack.dev, Block Kit reference."""

from sandbox.slack.validation.shape import (
    Check,
    among,
    anything,
    at_least_one,
    boolean,
    exactly_one,
    items,
    kind,
    record,
    string,
    typed,
    union,
    url,
)


def plain(high: int) -> Check:
    """A plain_text object."""
    return typed({"plain_text": kind({"text": string(high=high)}, {"emoji": boolean})})


def text(high: int) -> Check:
    """A plain_text or mrkdwn object."""
    words = {"text": string(high=high)}
    return union(typed({"plain_text": kind(words, {"emoji": boolean}), "mrkdwn": kind(words, {"verbatim": boolean})}))


def option(label: Check, *, with_url: bool = False) -> Check:
    extra = {"url": url()} if with_url else {}
    return record({"text": label, "value": string(high=150)}, {"description": plain(75), **extra})


OPTION = option(plain(75))
RICH_OPTION = option(text(75))
OPTIONS = items(OPTION, high=100)
GROUPS = items(record({"label": plain(75), "options": OPTIONS}), high=100)

CONFIRM = record(
    {"title": plain(100), "text": text(300)},
    {"confirm": plain(30), "deny": plain(30), "style": among("primary", "danger")},
)

FILTER = at_least_one(
    record(
        {},
        {
            "include": items(among("im", "mpim", "private", "public"), high=4),
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        },
    ),
    "include",
    "exclude_external_shared_channels",
    "exclude_bot_users",
)

DISPATCH = record({}, {"trigger_actions_on": items(among("on_enter_pressed", "on_character_entered"), high=2)})

SLACK_FILE = exactly_one(record({}, {"id": string(high=255), "url": anything}), "id", "url")
