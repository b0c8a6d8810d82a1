"""Block Kit: what Slack takes and what it refuses, by surface; the real models agree on what is right."""

import pytest
from slack_sdk.models import blocks as models

from sandbox.payload import JsonObject
from sandbox.slack.validation.blocks import wrong_blocks
from tests.slack_on_loopback import SlackOnLoopback, error_of


def plain(text: str = "Go") -> JsonObject:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "*Go*") -> JsonObject:
    return {"type": "mrkdwn", "text": text}


def section(**parts: object) -> JsonObject:
    return {"type": "section", **parts}


def actions(*elements: JsonObject) -> JsonObject:
    return {"type": "actions", "elements": list(elements)}


def button(**parts: object) -> JsonObject:
    return {"type": "button", "text": plain(), **parts}


def option(text: str = "One", value: str = "1") -> JsonObject:
    return {"text": plain(text), "value": value}


def select(**parts: object) -> JsonObject:
    return {"type": "static_select", "action_id": "pick", "options": [option()], **parts}


def asked(element: JsonObject, **parts: object) -> JsonObject:
    return {"type": "input", "label": plain("Label"), "element": element, **parts}


LINE = {"type": "plain_text_input", "action_id": "line", "multiline": True, "max_length": 3000}
CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain("Yes"), "deny": plain("No"), "style": "danger"}

RIGHT = [
    {"type": "divider"},
    {"type": "header", "text": plain("x" * 150)},
    section(
        text=mrkdwn("x" * 3000), accessory=button(action_id="a", value="x" * 2000, style="danger", confirm=CONFIRM)
    ),
    section(fields=[mrkdwn("x" * 2000)] * 10),
    {
        "type": "context",
        "elements": [mrkdwn(), plain(), {"type": "image", "image_url": "https://a/b.png", "alt_text": ""}],
    },
    actions(button(), select(), {"type": "users_select", "action_id": "u"}, {"type": "datepicker", "action_id": "d"}),
    actions({"type": "external_select", "action_id": "e", "min_query_length": 0, "placeholder": plain("Pick")}),
    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "chart"},
    asked(LINE, hint=plain("hint"), optional=True),
    asked(select(option_groups=[{"label": plain(), "options": [option()]}], options=None)),
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [{"type": "text", "text": "a", "style": {"bold": True}}, {"type": "user", "user_id": "U1"}],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "link", "url": "https://a"}]}],
            },
        ],
    },
]

WRONG = [
    (section(), "must define either text or fields [json-pointer:/blocks/0]"),
    (section(text=plain("")), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (section(fields=[mrkdwn("x" * 2001)]), "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"),
    (section(fields=[plain()] * 11), "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    (section(text=mrkdwn(), extra=1), "invalid additional property: extra [json-pointer:/blocks/0]"),
    ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
    (
        {"type": "header", "text": plain("x" * 151)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        {"type": "context", "elements": [plain()] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (actions(*[button()] * 26), "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    (actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    (actions(LINE), "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"),
    (
        actions(button(action_id="a"), button(action_id="a")),
        "action_id already exists: a [json-pointer:/blocks/0/elements]",
    ),
    (
        actions(button(text=plain("x" * 76))),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (actions(button(value="x" * 2001)), "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"),
    (actions(button(style="blue")), "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]"),
    (
        actions(button(action_id="x" * 256)),
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    (
        actions(select(options=[option()] * 101)),
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions(select(options=None)),
        "must define exactly one of: options, option_groups [json-pointer:/blocks/0/elements/0]",
    ),
    (
        actions(select(options=[option("x" * 76)])),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
    ),
    (
        actions(select(options=[option(value="x" * 151)])),
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    (
        actions({"type": "overflow", "action_id": "o", "options": [option()] * 6}),
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions({"type": "checkboxes", "action_id": "c", "options": [option()] * 11}),
        "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions({"type": "datepicker", "action_id": "d", "initial_date": "tomorrow"}),
        "must be a valid date [json-pointer:/blocks/0/elements/0/initial_date]",
    ),
    ({"type": "image", "image_url": "https://a/b"}, "missing required field: alt_text [json-pointer:/blocks/0]"),
    ({"text": plain()}, "missing required field: type [json-pointer:/blocks/0]"),
    (
        {"type": "divider", "block_id": "x" * 256},
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters [json-pointer:/blocks/0/text]"),
    ("divider", "must be an object [json-pointer:/blocks/0]"),
]


@pytest.mark.parametrize("block", RIGHT, ids=lambda block: block["type"])
@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_what_is_right_is_taken(block: JsonObject, surface: str) -> None:
    assert wrong_blocks([block], surface=surface) == []
    parsed = models.Block.parse(block)
    assert parsed is not None
    assert parsed.to_dict()["type"] == block["type"]


@pytest.mark.parametrize(("block", "message"), WRONG)
def test_what_is_wrong_is_pointed_at(block: JsonObject, message: str) -> None:
    assert message in wrong_blocks([block], surface="message")


@pytest.mark.parametrize(
    ("surface", "block", "is_taken"),
    [
        ("message", {"type": "markdown", "text": "# x"}, True),
        ("modal", {"type": "markdown", "text": "# x"}, False),
        ("message", asked({"type": "email_text_input", "action_id": "m"}), False),
        ("modal", asked({"type": "email_text_input", "action_id": "m"}), True),
        ("home", actions({"type": "datetimepicker", "action_id": "d"}), False),
        ("modal", asked({"type": "datetimepicker", "action_id": "d"}), True),
        ("message", {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}, True),
        ("home", {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}, False),
    ],
)
def test_some_things_stand_on_some_surfaces_only(surface: str, block: JsonObject, *, is_taken: bool) -> None:
    assert (wrong_blocks([block], surface=surface) == []) is is_taken


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_a_surface_holds_so_many_blocks(surface: str, most: int) -> None:
    assert wrong_blocks([{"type": "divider"}] * most, surface=surface) == []
    assert wrong_blocks([{"type": "divider"}] * (most + 1), surface=surface) == [
        f"no more than {most} items allowed [json-pointer:/blocks]"
    ]


def test_a_block_id_stands_for_one_block() -> None:
    twice = [{"type": "divider", "block_id": "a"}] * 2
    assert wrong_blocks(twice, surface="message") == ["block_id already exists: a [json-pointer:/blocks]"]


async def test_blocks_can_be_tried_without_posting_them(slack: SlackOnLoopback) -> None:
    assert (await slack.raw("blocks.validate", body={"blocks": [{"type": "divider"}]}))["ok"]
    assert (await slack.raw("blocks.validate", body={"message": {"blocks": [{"type": "x"}]}}))["error"] == (
        "invalid_message"
    )
    answer = await slack.raw("blocks.validate", body={"view": {"type": "modal", "blocks": []}})
    assert answer["errors"] == ["missing required field: title [json-pointer:/view]"]
    assert await error_of(slack.client.api_call("blocks.validate")) == "invalid_arguments"
