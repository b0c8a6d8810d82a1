"""Each method asks for the arguments, and answers with the errors, that Slack documents for it.

`tests/fixtures/slack_methods.json` is cut from github.com/slack-ruby/slack-api-ref (MIT), August 2026.
"""

import json
from pathlib import Path

import pytest

from sandbox.slack.api import METHODS
from sandbox.slack.api.method import EVERYWHERE, Method

DOCUMENTED = json.loads(Path("tests/fixtures/slack_methods.json").read_text(encoding="utf-8"))
TIERS = {"t1": 1, "t2": 2, "t3": 3, "t4": 4}
SEEN_IN_PRACTICE = {
    # A reply to a message that is gone: slackapi/bolt-js#2307.
    "chat.postMessage": {"thread_not_found", "invalid_attachments"},
    # Its content is that of chat.postMessage, whose page has these errors.
    "chat.postEphemeral": {
        "thread_not_found",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
    },
    "chat.scheduleMessage": {"thread_not_found", "invalid_attachments", "cannot_reply_to_message"},
    "files.completeUploadExternal": {"thread_not_found", "cannot_reply_to_message"},
    # As for conversations.history, whose page has it.
    "conversations.replies": {"not_in_channel"},
}
"""Errors that Slack answers with and does not document for that method."""

every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())


def test_every_documented_method_of_the_list_is_there() -> None:
    assert set(METHODS) == set(DOCUMENTED)


@every_method
def test_a_method_asks_for_the_documented_arguments(method: Method) -> None:
    assert set(method.required) == set(DOCUMENTED[method.name]["required"])
    assert {*method.absent, *method.may_be_empty} <= set(method.required)


@every_method
def test_a_method_answers_with_documented_errors_only(method: Method) -> None:
    documented = {*DOCUMENTED[method.name]["errors"], *SEEN_IN_PRACTICE.get(method.name, set())}
    assert set(method.errors) <= documented
    assert set(method.absent.values()) <= documented
    assert not EVERYWHERE.intersection(method.errors) or method.name == "blocks.validate"


@every_method
def test_a_method_has_the_documented_tier_and_scopes(method: Method) -> None:
    assert method.tier == TIERS.get(DOCUMENTED[method.name]["tier"], 0)
    assert set(method.scopes) <= set(DOCUMENTED[method.name]["scopes"])
    assert bool(method.scopes) == bool(DOCUMENTED[method.name]["scopes"])
