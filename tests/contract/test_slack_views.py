"""views.*: triggers, the stack of modals, hashes and Homes."""

import copy

import pytest

from sandbox.payload import JsonObject
from sandbox.slack.app import PLAIN_MANIFEST
from tests.slack_on_loopback import ANA, BEN, SlackOnLoopback, error_of, refusal


def modal(title: str = "Declare", **parts: object) -> JsonObject:
    return {"type": "modal", "title": {"type": "plain_text", "text": title}, "blocks": [], **parts}


def field(block_id: str) -> JsonObject:
    element = {"type": "plain_text_input", "action_id": "answer"}
    return {"type": "input", "block_id": block_id, "label": {"type": "plain_text", "text": "Title"}, "element": element}


HOME = {"type": "home", "blocks": [{"type": "divider"}]}


async def test_a_trigger_opens_one_modal(slack: SlackOnLoopback) -> None:
    trigger = slack.desk.triggers.issue(ANA)
    answer = await slack.client.views_open(trigger_id=trigger, view=modal())
    news = slack.view_news[0]
    assert (news.type, news.user, news.view["id"]) == ("view_opened", ANA, answer["view"]["id"])
    assert answer["view"]["state"] == {"values": {}}
    assert await error_of(slack.client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"


async def test_a_trigger_lives_three_seconds(slack: SlackOnLoopback) -> None:
    trigger, late = slack.desk.triggers.issue(ANA), slack.desk.triggers.issue(BEN)
    slack.clock.advance(3)
    await slack.client.views_open(trigger_id=trigger, view=modal())
    slack.clock.advance(0.1)
    assert await error_of(slack.client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    assert await error_of(slack.client.views_open(trigger_id="1.2.x", view=modal())) == "invalid_trigger_id"


async def test_three_modals_are_the_most(slack: SlackOnLoopback) -> None:
    first = await slack.client.views_open(trigger_id=slack.desk.triggers.issue(ANA), view=modal("1"))
    second = await slack.client.views_push(trigger_id=slack.desk.triggers.issue(ANA), view=modal("2"))
    await slack.client.views_push(trigger_id=slack.desk.triggers.issue(ANA), view=modal("3"))
    assert second["view"]["previous_view_id"] == second["view"]["root_view_id"] == first["view"]["id"]
    fourth = slack.client.views_push(trigger_id=slack.desk.triggers.issue(ANA), view=modal("4"))
    assert await error_of(fourth) == "push_limit_reached"


async def test_nothing_is_pushed_onto_nothing(slack: SlackOnLoopback) -> None:
    assert (
        await error_of(slack.client.views_push(trigger_id=slack.desk.triggers.issue(ANA), view=modal())) == "not_found"
    )


async def test_an_update_keeps_what_was_filled_in(slack: SlackOnLoopback) -> None:
    opened = await _opened(slack, modal(blocks=[field("title")], submit={"type": "plain_text", "text": "Go"}))
    values = {"title": {"answer": {"type": "plain_text_input", "value": "API down"}}}
    slack.desk.views.fill_in(opened["id"], values)
    updated = await slack.client.views_update(view_id=opened["id"], view=modal("Later"))
    assert updated["view"]["state"]["values"] == values
    assert updated["view"]["id"] == opened["id"]
    assert updated["view"]["hash"] != opened["hash"]


async def test_an_update_of_an_outdated_view_is_refused(slack: SlackOnLoopback) -> None:
    opened = await _opened(slack, modal(external_id="declare"))
    update = {"view": modal(external_id="declare"), "external_id": "declare", "hash": opened["hash"]}
    assert (await slack.raw("views.update", body=update))["ok"]
    assert (await slack.raw("views.update", body=update))["error"] == "hash_conflict"


async def test_a_closed_view_is_not_found(slack: SlackOnLoopback) -> None:
    opened = await _opened(slack, modal())
    slack.desk.views.close(opened["id"])
    assert await error_of(slack.client.views_update(view_id=opened["id"], view=modal())) == "not_found"
    assert [news.type for news in slack.view_news] == ["view_opened", "view_closed"]


async def test_an_external_id_is_one_views_only(slack: SlackOnLoopback) -> None:
    await _opened(slack, modal(external_id="declare"))
    second = slack.client.views_open(trigger_id=slack.desk.triggers.issue(BEN), view=modal(external_id="declare"))
    assert await error_of(second) == "duplicate_external_id"


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (modal("x" * 25), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(blocks=[field("a")]), "missing required field: submit [json-pointer:/view]"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (modal(blocks=[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (
            modal(blocks=[{"type": "markdown", "text": "x"}]),
            "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
        ),
        (modal(colour="red"), "invalid additional property: colour [json-pointer:/view]"),
        ({"type": "modal"}, "missing required field: title [json-pointer:/view]"),
        ({"type": "panel"}, "must be one of: modal [json-pointer:/view/type]"),
    ],
)
async def test_a_wrong_view_is_pointed_at(slack: SlackOnLoopback, view: JsonObject, message: str) -> None:
    error = await refusal(slack.client.views_open(trigger_id=slack.desk.triggers.issue(ANA), view=view))
    assert error.response["error"] == "invalid_arguments"
    assert f"[ERROR] {message}" in error.response["response_metadata"]["messages"]


async def test_a_view_has_250_kilobytes(slack: SlackOnLoopback) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}
    view = modal(blocks=[section] * 90)
    assert await error_of(slack.client.views_open(trigger_id=slack.desk.triggers.issue(ANA), view=view)) == (
        "view_too_large"
    )


async def test_a_home_is_each_persons_own(slack: SlackOnLoopback) -> None:
    published = await slack.client.views_publish(user_id=ANA, view=HOME)
    again = await slack.client.views_publish(user_id=ANA, view=HOME, hash=published["view"]["hash"])
    assert again["view"]["id"] == published["view"]["id"]
    outdated = slack.client.views_publish(user_id=ANA, view=HOME, hash=published["view"]["hash"])
    assert await error_of(outdated) == "hash_conflict"
    assert slack.desk.views.home(BEN) is None
    assert [news.type for news in slack.view_news] == ["home", "home"]


async def test_without_a_home_tab_nothing_is_published() -> None:
    manifest = copy.deepcopy(dict(PLAIN_MANIFEST))
    manifest["features"] = {}
    slack = SlackOnLoopback(manifest=manifest)
    await slack.start()
    assert await error_of(slack.client.views_publish(user_id=ANA, view=HOME)) == "not_enabled"
    await slack.stop()


async def _opened(slack: SlackOnLoopback, view: JsonObject) -> JsonObject:
    answer = await slack.client.views_open(trigger_id=slack.desk.triggers.issue(ANA), view=view)
    return dict(answer["view"])
