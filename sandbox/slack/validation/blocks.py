"""Blocks, by surface; source: docs.slack.dev, Block Kit reference, and the limits of `@slack/types`."""

from functools import cache

from sandbox.payload import JsonObject
from sandbox.slack.message import elements_of
from sandbox.slack.validation import elements
from sandbox.slack.validation.composition import SLACK_FILE, plain, text
from sandbox.slack.validation.rich_text import RICH_TEXT
from sandbox.slack.validation.shape import (
    Check,
    Fields,
    anything,
    at,
    at_least_one,
    boolean,
    exactly_one,
    items,
    kind,
    repeated,
    string,
    typed,
    url,
)

MOST = {"message": 50, "modal": 100, "home": 100}
NAMED: Fields = {"block_id": string(high=255)}
CELL = typed(
    {
        "rich_text": kind({"elements": RICH_TEXT}, NAMED),
        "raw_text": kind({"text": string(high=3000)}),
        "raw_number": kind({"value": anything}, {"text": string(high=3000)}),
    }
)

SECTION = at_least_one(
    kind(
        {},
        {
            **NAMED,
            "text": text(3000),
            "fields": items(text(2000), high=10),
            "accessory": elements.ACCESSORY,
            "expand": boolean,
        },
    ),
    "text",
    "fields",
)


@cache
def blocks_of(surface: str) -> Check:
    """The shape of a list of blocks on a surface: message, modal or home."""
    kinds = {
        "divider": kind({}, NAMED),
        "header": kind({"text": plain(150)}, NAMED),
        "section": SECTION,
        "context": kind({"elements": items(elements.CONTEXT, high=10)}, NAMED),
        "actions": kind({"elements": items(elements.action(surface), high=25)}, NAMED),
        "image": _image(),
        "input": _input(surface),
        "rich_text": kind({"elements": RICH_TEXT}, NAMED),
        "video": _video(),
    }
    return items(typed(kinds | (_message_only() if surface == "message" else {})), high=MOST[surface], low=0)


def _image() -> Check:
    shape = kind(
        {"alt_text": string(high=2000, low=0)},
        {**NAMED, "title": plain(2000), "image_url": url(), "slack_file": SLACK_FILE},
    )
    return exactly_one(shape, "image_url", "slack_file")


def _input(surface: str) -> Check:
    return kind(
        {"label": plain(2000), "element": elements.answer(surface)},
        {**NAMED, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    )


def _video() -> Check:
    words = {"alt_text": string(high=2000), "title": plain(199), "video_url": url(), "thumbnail_url": url()}
    more = {"title_url": url(), "author_name": string(high=49), "provider_name": string(high=255)}
    return kind(words, {**NAMED, **more, "provider_icon_url": url(), "description": plain(200)})


def _message_only() -> dict[str, Check]:
    rows = items(items(CELL, high=20), high=100)
    return {
        "markdown": kind({"text": string(high=12_000)}, NAMED),
        "table": kind({"rows": rows}, {**NAMED, "column_settings": anything}),
    }


def wrong_blocks(blocks: object, *, surface: str, pointer: str = "/blocks") -> list[str]:
    """What Slack would say is wrong with the blocks of a message, modal or Home."""
    wrong = blocks_of(surface)(blocks, pointer)
    return wrong or _repeats(list(blocks) if isinstance(blocks, list) else [], pointer)


def _repeats(blocks: list[JsonObject], pointer: str) -> list[str]:
    """Names that stand for two things at once."""
    wrong = [at(f"block_id already exists: {name}", pointer) for name in repeated(blocks, "block_id")]
    for place, block in enumerate(blocks):
        actions = [element for _, element in elements_of([block])]
        wrong += [
            at(f"action_id already exists: {name}", f"{pointer}/{place}/elements")
            for name in repeated(actions, "action_id")
        ]
    return wrong
