"""What people say and ask reaches the app as Slack would send it, and what they may not do does not."""

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.server import Sandbox
from sandbox.slack.errors import SlackError
from tests.contract.tiny_app import TinyApp, general, modal, text_input


async def test_a_message_and_a_mention_are_events(sandbox: Sandbox, app: TinyApp) -> None:
    message = await sandbox.acting.message("ana", "general", f"<@{sandbox.app.bot_user}> hello")
    await sandbox.idle()
    event = app.events("message")[0]

    assert (event["user"], event["channel"], event["ts"]) == ("U0ANA", general(sandbox), message.ts)
    assert event["channel_type"] == "channel"
    assert app.events("app_mention")[0]["text"] == f"<@{sandbox.app.bot_user}> hello"


async def test_a_direct_message_to_the_app_is_no_mention(sandbox: Sandbox, app: TinyApp) -> None:
    direct = await sandbox.acting.open_direct("ana", "tiny")
    await sandbox.acting.message("ana", direct.id, f"<@{sandbox.app.bot_user}> hello")
    await sandbox.idle()

    assert app.events("message")[0]["channel_type"] == "im"
    assert app.events("app_mention") == []


async def test_a_reply_belongs_to_its_thread(sandbox: Sandbox, app: TinyApp) -> None:
    parent = await sandbox.acting.message("ana", "general", "first")
    reply = await sandbox.acting.message("ben", "general", "second", parent.ts)
    await sandbox.acting.message("cho", "general", "third", reply.ts)
    await sandbox.idle()

    assert [event.get("thread_ts") for event in app.events("message")] == [None, parent.ts, parent.ts]


async def test_edits_deletions_and_reactions_are_heard(sandbox: Sandbox, app: TinyApp) -> None:
    message = await sandbox.acting.message("ana", "general", "Databse is down")
    await sandbox.acting.edit_message("ana", "general", message.ts, "Database is down")
    await sandbox.acting.react("ben", "general", message.ts, "pushpin")
    await sandbox.acting.delete_message("ana", "general", message.ts)
    await sandbox.idle()
    _, changed, deleted = app.events("message")

    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "Database is down")
    assert changed["previous_message"]["text"] == "Databse is down"
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", message.ts)
    assert app.events("reaction_added")[0]["reaction"] == "pushpin"


async def test_what_happens_where_the_app_is_not_stays_there(sandbox: Sandbox, app: TinyApp) -> None:
    await sandbox.acting.create_channel("ana", "lunch")
    await sandbox.acting.message("ana", "lunch", f"<@{sandbox.app.bot_user}> soup?")
    await sandbox.idle()
    assert app.heard == []

    await sandbox.acting.invite("ana", "lunch", "tiny")
    await sandbox.acting.message("ana", "lunch", "It can hear us now.")
    await sandbox.idle()
    assert app.events("member_joined_channel")[0]["inviter"] == "U0ANA"
    assert app.events("message")[-1]["text"] == "It can hear us now."


async def test_people_are_refused_what_slack_refuses_them(sandbox: Sandbox, app: TinyApp) -> None:
    message = await sandbox.acting.message("ana", "general", "mine")
    secret = await sandbox.acting.create_channel("ana", "secret", is_private=True)
    await sandbox.acting.archive("ana", "support")

    with pytest.raises(SlackError, match="cant_update_message"):
        await sandbox.acting.edit_message("ben", "general", message.ts, "yours")
    with pytest.raises(SlackError, match="no_text"):
        await sandbox.acting.message("ana", "general", "  ")
    with pytest.raises(SlackError, match="channel_not_found"):
        await sandbox.acting.message("ben", secret.id, "hello")
    with pytest.raises(SlackError, match="is_archived"):
        await sandbox.acting.message("ben", "support", "hello")


async def test_a_command_carries_what_slack_sends(sandbox: Sandbox, app: TinyApp) -> None:
    await sandbox.acting.command("ana", "general", "/say  hello @ben ")
    command = app.heard[0]

    assert (command["command"], command["text"]) == ("/say", "hello @ben")
    assert (command["user_id"], command["user_name"]) == ("U0ANA", "ana")
    assert (command["channel_id"], command["channel_name"]) == (general(sandbox), "general")
    assert command["is_enterprise_install"] == "false"


async def test_names_become_ids_where_the_command_asks_for_it(sandbox: Sandbox, app: TinyApp) -> None:
    await sandbox.acting.command("ana", "general", "/escaped @ben in #general, not ana@example.com or <@U0CHO|cho>")
    room = general(sandbox)

    assert app.heard[0]["text"] == f"<@U0BEN|ben> in <#{room}|general>, not ana@example.com or <@U0CHO|cho>"


async def test_an_acknowledgement_with_words_is_seen_by_that_person_alone(sandbox: Sandbox, app: TinyApp) -> None:
    app.ack = {"text": "Only you see this."}
    await sandbox.acting.command("ana", "general", "/say hello")

    assert sandbox.workspace.timeline(general(sandbox)).top == []


async def test_an_acknowledgement_in_the_channel_is_a_message(sandbox: Sandbox, app: TinyApp) -> None:
    app.ack = {"text": "All see this.", "response_type": "in_channel"}
    await sandbox.acting.command("ana", "general", "/say hello")
    timeline = sandbox.workspace.timeline(general(sandbox))

    assert [timeline.messages[ts].text for ts in timeline.top] == ["All see this."]


@pytest.mark.parametrize(
    ("text", "thread", "code"),
    [("/nonsense", "", "unknown_command"), ("/say hello", "1.0", "not_supported_in_threads")],
)
async def test_a_command_that_is_none_never_reaches_the_app(
    sandbox: Sandbox, app: TinyApp, text: str, thread: str, code: str
) -> None:
    with pytest.raises(SlackError, match=code):
        await sandbox.acting.command("ana", "general", text, thread)

    assert app.heard == []


async def test_a_trigger_lives_three_seconds(sandbox: Sandbox, app: TinyApp) -> None:
    await sandbox.acting.command("ana", "general", "/say one")
    await app.client.views_open(trigger_id=app.heard[0]["trigger_id"], view=modal(text_input("reason")))
    await sandbox.acting.command("ana", "general", "/say two")
    sandbox.clock.advance(3.5)

    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await app.client.views_open(trigger_id=app.heard[1]["trigger_id"], view=modal(text_input("reason")))
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await app.client.views_open(trigger_id=app.heard[0]["trigger_id"], view=modal(text_input("reason")))


async def test_shortcuts_say_what_they_are_about(sandbox: Sandbox, app: TinyApp) -> None:
    message = await sandbox.acting.message("ben", "general", "Keep this")
    await sandbox.idle()
    app.heard.clear()
    await sandbox.acting.shortcut("ana", "declare")
    await sandbox.acting.shortcut("ana", "keep", ("general", message.ts))
    everywhere, about = app.heard

    assert everywhere["type"] == "shortcut"
    assert "response_url" not in everywhere
    assert (about["type"], about["message"]["text"]) == ("message_action", "Keep this")
    assert about["response_url"].startswith(sandbox.url)
