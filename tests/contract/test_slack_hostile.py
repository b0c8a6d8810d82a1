"""Whatever a method is given, it answers as Slack answers: with ok, or with an error it documents."""

import json
from pathlib import Path

import pytest

from sandbox.slack.api import METHODS
from sandbox.slack.api.method import Method
from tests.slack_on_loopback import ANA, SlackOnLoopback

DOCUMENTED = json.loads(Path("tests/fixtures/slack_methods.json").read_text(encoding="utf-8"))
HOSTILE = [
    10**30,
    True,
    [],
    {},
    [None],
    [{}],
    "[",
    "é\0",
    [{"type": ["section"]}],
    [{"type": "section", "text": [], "fields": {}}],
    [{"type": "actions", "elements": [{"type": "static_select", "options": 5}]}],
    [{"blocks": 5}],
    {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [{"type": "input", "block_id": {}}]},
    {"type": "home", "blocks": {"type": "divider"}},
    {"event_type": 5, "event_payload": {}},
]


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
async def test_a_hostile_argument_is_answered(slack: SlackOnLoopback, method: Method) -> None:
    token = slack.desk.app.credentials.app_token if method.is_for_app_token else None
    room = await slack.room()
    right = {"channel": room, "channel_id": room, "ts": slack.says(ANA, room, "x").ts, "user": ANA, "user_id": ANA}
    for name in DOCUMENTED[method.name]["arguments"]:
        for value in HOSTILE:
            trigger = slack.desk.triggers.issue(ANA)
            body = {**right, "text": "x", "trigger_id": trigger, "timestamp": right["ts"], name: value}
            answer = await slack.raw(method.name, token=token, body=body)
            assert answer["ok"] or answer["error"]
