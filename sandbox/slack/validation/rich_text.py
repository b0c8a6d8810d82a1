"""Rich text, as people type it and as apps may post it."""

from sandbox.slack.validation.shape import (
    Check,
    Fields,
    among,
    anything,
    boolean,
    items,
    kind,
    number,
    string,
    typed,
    url,
)

STYLE: Fields = {"style": anything}
LONG = string(high=40_000, low=0)

INLINE: Check = typed(
    {
        "text": kind({"text": LONG}, STYLE),
        "link": kind({"url": url(high=40_000)}, {**STYLE, "text": LONG, "unsafe": boolean}),
        "user": kind({"user_id": string(high=255)}, STYLE),
        "usergroup": kind({"usergroup_id": string(high=255)}, STYLE),
        "channel": kind({"channel_id": string(high=255)}, STYLE),
        "emoji": kind({"name": string(high=255)}, {**STYLE, "unicode": anything, "skin_tone": anything}),
        "broadcast": kind({"range": among("here", "channel", "everyone")}, STYLE),
        "color": kind({"value": string(high=255)}, STYLE),
        "date": kind(
            {"timestamp": number(low=0, high=9_999_999_999), "format": string(high=255)},
            {**STYLE, "url": url(), "fallback": LONG},
        ),
    }
)
INLINES = items(INLINE, high=10_000, low=0)
SECTION = kind({"elements": INLINES})

RICH_TEXT: Check = items(
    typed(
        {
            "rich_text_section": SECTION,
            "rich_text_preformatted": kind({"elements": INLINES}, {"border": anything, "language": anything}),
            "rich_text_quote": kind({"elements": INLINES}, {"border": anything}),
            "rich_text_list": kind(
                {
                    "style": among("bullet", "ordered"),
                    "elements": items(typed({"rich_text_section": SECTION}), high=1000),
                },
                {"indent": number(low=0, high=8), "offset": number(low=0, high=100_000), "border": anything},
            ),
        }
    ),
    high=1000,
    low=0,
)
