"""What people press and choose reaches the app with all that Slack says of it."""

import pytest

from sandbox.payload import JsonObject
from sandbox.server import Sandbox
from sandbox.slack.errors import SlackError
from tests.contract.tiny_app import TinyApp, general, plain

YES = {"text": plain("Yes"), "value": "yes"}
NO = {"text": plain("No"), "value": "no"}
BUTTON = {"type": "button", "action_id": "approve", "text": plain("Approve"), "value": "INC-1", "style": "primary"}


async def post(app: TinyApp, *elements: JsonObject, channel: str = "") -> str:
    """The ts of a message of the app's with these elements in one row."""
    row = {"type": "actions", "block_id": "row", "elements": list(elements)}
    answer = await app.client.chat_postMessage(channel=channel or general(app.sandbox), text="Choose", blocks=[row])
    return str(answer["ts"])


async def test_a_button_tells_where_it_was_pressed_and_by_whom(sandbox: Sandbox, app: TinyApp) -> None:
    ts = await post(app, BUTTON)
    outcome = await sandbox.acting.press("ben", channel="general", ts=ts, action_id="approve")
    pressed = app.heard[-1]
    action = pressed["actions"][0]

    assert outcome.ok
    assert (action["action_id"], action["block_id"], action["value"]) == ("approve", "row", "INC-1")
    assert pressed["user"]["id"] == "U0BEN"
    assert pressed["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": general(sandbox),
        "is_ephemeral": False,
    }
    assert pressed["message"]["text"] == "Choose"
    assert pressed["response_url"].startswith(sandbox.url)


CHOICES = {
    "static_select": ({"options": [YES, NO]}, {"selected_option": YES}),
    "overflow": ({"options": [YES, NO]}, {"selected_option": NO}),
    "checkboxes": ({"options": [YES, NO]}, {"selected_options": [YES, NO]}),
    "radio_buttons": ({"options": [YES, NO]}, {"selected_option": NO}),
    "users_select": ({}, {"selected_user": "U0CHO"}),
    "datepicker": ({"initial_date": "2026-03-09"}, {"selected_date": "2026-03-10"}),
    "timepicker": ({}, {"selected_time": "14:30"}),
    "multi_users_select": ({}, {"selected_users": ["U0ANA", "U0BEN"]}),
}


@pytest.mark.parametrize("kind", CHOICES)
async def test_a_choice_comes_as_it_was_made(sandbox: Sandbox, app: TinyApp, kind: str) -> None:
    parts, chosen = CHOICES[kind]
    row = {"type": "section", "block_id": "row", "text": plain("Choose")}
    row["accessory"] = {"type": kind, "action_id": "choice", **parts}
    answer = await app.client.chat_postMessage(channel=general(sandbox), text="Choose", blocks=[row])
    await sandbox.acting.press("ana", channel="general", ts=answer["ts"], action_id="choice", chosen=chosen)
    pressed = app.heard[-1]

    assert pressed["actions"][0] | chosen == pressed["actions"][0]
    if kind == "overflow":
        assert pressed["state"]["values"] == {}
    else:
        assert pressed["state"]["values"]["row"]["choice"] == {"type": kind, **chosen}


async def test_what_is_not_offered_cannot_be_chosen(sandbox: Sandbox, app: TinyApp) -> None:
    ts = await post(app, {"type": "static_select", "action_id": "choice", "options": [YES]})
    place = {"channel": "general", "ts": ts}

    with pytest.raises(SlackError, match="no_such_option"):
        await sandbox.acting.press("ana", **place, action_id="choice", chosen={"selected_option": NO})
    with pytest.raises(SlackError, match="no_such_element"):
        await sandbox.acting.press("ana", **place, action_id="approve")


async def test_an_ephemeral_message_is_pressed_by_the_one_who_sees_it(sandbox: Sandbox, app: TinyApp) -> None:
    row = {"type": "actions", "block_id": "row", "elements": [BUTTON]}
    answer = await app.client.chat_postEphemeral(channel=general(sandbox), user="U0ANA", text="You", blocks=[row])
    place = {"channel": "general", "ts": str(answer["message_ts"])}
    await sandbox.acting.press("ana", **place, action_id="approve")

    assert app.heard[-1]["container"]["is_ephemeral"] is True
    assert "message" not in app.heard[-1]
    with pytest.raises(SlackError, match="message_not_found"):
        await sandbox.acting.press("ben", **place, action_id="approve")


async def test_options_are_asked_of_the_app(sandbox: Sandbox, app: TinyApp) -> None:
    select = {"type": "external_select", "action_id": "service", "min_query_length": 0}
    ts = await post(app, select)
    app.ack = {"options": [YES]}
    offered = await sandbox.acting.options("ana", channel="general", ts=ts, action_id="service", value="y")

    assert offered.payload == {"options": [YES]}
    assert (app.heard[-1]["type"], app.heard[-1]["value"]) == ("block_suggestion", "y")


async def test_home_is_looked_at_and_pressed(sandbox: Sandbox, app: TinyApp) -> None:
    await sandbox.acting.open_home("ana")
    await sandbox.idle()
    row = {"type": "actions", "block_id": "row", "elements": [BUTTON]}
    home = await app.client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [row]})
    await sandbox.acting.press("ana", view=home["view"]["id"], action_id="approve")

    assert app.events("app_home_opened")[0]["tab"] == "home"
    assert app.heard[-1]["container"] == {"type": "view", "view_id": home["view"]["id"]}
    assert app.heard[-1]["view"]["type"] == "home"
