"""The page's own API: what a person sees, and what they are told while they look."""

import json

import aiohttp
import pytest

from sandbox.server import Sandbox
from tests.contract.page import Page
from tests.contract.tiny_app import TinyApp, general, modal, plain, text_input


async def test_the_page_learns_who_and_what_there_is(sandbox: Sandbox, page: Page) -> None:
    bootstrap = await page.get("/client/bootstrap")
    channels = (await page.get("/client/state", user="ana"))["channels"]

    assert {user["name"] for user in bootstrap["users"]} >= {"ana", "ben", "cho", "dee", "eli", "fay", "gus", "tiny"}
    assert {user["tz"] for user in bootstrap["users"] if user["name"] == "cho"} == {"Asia/Taipei"}
    assert [command["command"] for command in bootstrap["commands"]] == ["/say", "/escaped"]
    assert bootstrap["bot_user_id"] == sandbox.app.bot_user
    assert {channel["name"] for channel in channels} == {
        "general",
        "critical-incidents",
        "alerts",
        "on-call",
        "announcements",
        "support",
    }
    assert all(sandbox.app.bot_user in channel["members"] for channel in channels)


async def test_messages_come_in_pages_oldest_first(sandbox: Sandbox, page: Page) -> None:
    for number in range(5):
        await page.post("/client/message", {"user": "ana", "channel": "general", "text": str(number)})
    newest = await page.get("/client/messages", user="ana", channel="general", limit="2")
    before = newest["messages"][0]["ts"]
    older = await page.get("/client/messages", user="ana", channel="general", limit="9", before=before)

    assert ([message["text"] for message in newest["messages"]], newest["has_more"]) == (["3", "4"], True)
    assert ([message["text"] for message in older["messages"]], older["has_more"]) == (["0", "1", "2"], False)


async def test_a_thread_begins_with_its_parent(page: Page) -> None:
    parent = await page.post("/client/message", {"user": "ana", "channel": "general", "text": "first"})
    reply = {"user": "ben", "channel": "general", "text": "second", "thread_ts": parent["ts"]}
    await page.post("/client/message", reply)
    thread = await page.get("/client/messages", user="ana", channel="general", thread_ts=parent["ts"])
    room = await page.get("/client/messages", user="ana", channel="general")

    assert [message["text"] for message in thread["messages"]] == ["first", "second"]
    assert [message["text"] for message in room["messages"]] == ["first"]
    assert room["messages"][0]["reply_count"] == 1


async def test_everybody_in_the_channel_is_told_of_a_message(sandbox: Sandbox, page: Page) -> None:
    async with page.stream("ben") as stream:
        await page.post("/client/message", {"user": "ana", "channel": "general", "text": "<@U0BEN> look"})
        message = await stream.next("message")
        channel = (await stream.next("channel"))["channel"]

    assert (message["channel"], message["message"]["text"]) == (general(sandbox), "<@U0BEN> look")
    assert (channel["unread"], channel["mentions"]) == (1, 1)


async def test_what_was_read_is_no_longer_new(page: Page) -> None:
    said = await page.post("/client/message", {"user": "ana", "channel": "general", "text": "hello"})
    await page.post("/client/read", {"user": "ben", "channel": "general", "ts": said["ts"]})
    channels = (await page.get("/client/state", user="ben"))["channels"]

    assert next(channel for channel in channels if channel["name"] == "general")["unread"] == 0


async def test_a_private_channel_is_not_told_of_to_others(page: Page) -> None:
    async with page.stream("ben") as stream:
        secret = await page.post("/client/create_channel", {"user": "ana", "name": "secret", "is_private": True})
        await page.post("/client/message", {"user": "ana", "channel": secret["channel"], "text": "psst"})
        await page.post("/client/message", {"user": "ana", "channel": "general", "text": "hello"})

        assert (await stream.next("message"))["message"]["text"] == "hello"
    seen = (await page.get("/client/state", user="ben"))["channels"]
    refused = await page.get("/client/messages", user="ben", channel=secret["channel"])

    assert "secret" not in {channel["name"] for channel in seen}
    assert (refused["ok"], refused["error"]) == (False, "channel_not_found")


async def test_a_file_is_shared_in_a_message_and_can_be_fetched(sandbox: Sandbox, page: Page) -> None:
    shared = {"user": "ana", "channel": "general", "name": "graph.png", "text": "Look", "content": "iVBORw0KGgo="}
    async with page.stream("ben") as stream:
        said = await page.post("/client/file", shared)
        (file,) = (await stream.next("message"))["message"]["files"]
    async with aiohttp.ClientSession() as session, session.get(file["url_private"]) as response:
        content = await response.read()

    assert said["ok"]
    assert (file["name"], file["mimetype"], file["user"]) == ("graph.png", "image/png", "U0ANA")
    assert content == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(("content", "error"), [("", "no_file_data"), ("no base64!", "invalid_arguments")])
async def test_a_file_without_what_it_holds_is_refused(page: Page, content: str, error: str) -> None:
    answer = await page.post("/client/file", {"user": "ana", "channel": "general", "name": "a.png", "content": content})
    assert (answer["ok"], answer["error"]) == (False, error)


@pytest.mark.parametrize(
    ("by", "leaver", "error"),
    [("gus", "ben", None), ("ana", "ben", "not_an_admin"), ("gus", "gus", "cannot_perform_operation")],
)
async def test_an_administrator_deactivates_whoever_leaves(
    sandbox: Sandbox, page: Page, by: str, leaver: str, error: str | None
) -> None:
    answer = await page.post("/client/deactivate", {"user": by, "leaver": leaver})
    user = sandbox.workspace.user(leaver)

    assert answer.get("error") == error
    assert user
    assert user.deleted is (error is None)


async def test_reactions_edits_and_deletions_are_told(page: Page) -> None:
    place = {"user": "ana", "channel": "general"}
    said = await page.post("/client/message", {**place, "text": "Databse"})
    async with page.stream("ben") as stream:
        await page.post("/client/reaction", {**place, "ts": said["ts"], "name": "eyes", "action": "add"})
        reacted = await stream.next("message_changed")
        await page.post("/client/message/edit", {**place, "ts": said["ts"], "text": "Database"})
        edited = await stream.next("message_changed")
        await page.post("/client/message/delete", {**place, "ts": said["ts"]})
        deleted = await stream.next("message_deleted")

    assert reacted["message"]["reactions"][0]["users"] == ["U0ANA"]
    assert edited["message"]["text"] == "Database"
    assert deleted["ts"] == said["ts"]


async def test_what_only_one_person_sees_goes_to_that_person(sandbox: Sandbox, app: TinyApp, page: Page) -> None:
    async with page.stream("ana") as hers, page.stream("ben") as his:
        app.ack = {"text": "Only you."}
        await page.post("/client/command", {"user": "ana", "channel": "general", "text": "/say hello"})
        await page.post("/client/message", {"user": "cho", "channel": "general", "text": "hello"})

        assert (await hers.next("ephemeral"))["message"]["text"] == "Only you."
        assert (await his.next())["type"] == "message"


async def test_a_command_that_fails_is_told_in_the_answer_and_on_the_stream(page: Page) -> None:
    async with page.stream("ana") as stream:
        answer = await page.post("/client/command", {"user": "ana", "channel": "general", "text": "/say hello"})
        told = await stream.next("command_failed")

    assert (answer["ok"], answer["error"]) == (False, "dispatch_failed")
    assert (told["command"], told["error"]) == ("/say", "dispatch_failed")


async def test_a_form_opens_is_filled_in_and_closes(app: TinyApp, page: Page) -> None:
    app.form = modal(text_input("reason"))
    async with page.stream("ana") as stream:
        await page.post("/client/command", {"user": "ana", "channel": "general", "text": "/say hello"})
        app.form = None
        view = (await stream.next("view_opened"))["view"]
        form = {"user": "ana", "view_id": view["id"]}
        empty = await page.post("/client/view/submit", {**form, "values": {}})
        values = {"reason": {"text": {"type": "plain_text_input", "value": "slow"}}}
        sent = await page.post("/client/view/submit", {**form, "values": values})
        closed = await stream.next("view_closed")

    assert (empty["ok"], list(empty["errors"])) == (False, ["reason"])
    assert sent == {"ok": True}
    assert closed["view"]["id"] == view["id"]


async def test_a_press_a_choice_and_options_reach_the_app(sandbox: Sandbox, app: TinyApp, page: Page) -> None:
    person = {"type": "users_select", "action_id": "who"}
    service = {"type": "external_select", "action_id": "service"}
    row = {"type": "actions", "block_id": "row", "elements": [person, service]}
    posted = await app.client.chat_postMessage(channel=general(sandbox), text="Choose", blocks=[row])
    place = {"user": "ana", "message": {"channel": general(sandbox), "ts": posted["ts"]}, "block_id": "row"}
    state = {"values": {"row": {"who": {"type": "users_select", "selected_user": "U0BEN"}}}}
    pressed = await page.post("/client/action", {**place, "action_id": "who", "selected_user": "U0BEN", "state": state})
    option = {"text": plain("Web"), "value": "web"}
    app.ack = {"options": [option]}
    offered = await page.post("/client/options", {**place, "action_id": "service", "value": "we"})

    assert pressed == {"ok": True}
    assert app.heard[0]["actions"][0]["selected_user"] == "U0BEN"
    assert offered == {"ok": True, "options": [option]}


async def test_home_tells_the_app_and_the_app_fills_it(app: TinyApp, page: Page) -> None:
    async with page.stream("ana") as stream:
        assert (await page.get("/client/home", user="ana"))["view"] is None
        await app.client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [{"type": "divider"}]})
        told = await stream.next("home")

    assert (await page.get("/client/home", user="ana"))["view"] == told["view"]


async def test_people_come_and_go(page: Page) -> None:
    made = await page.post("/client/create_channel", {"user": "ana", "name": "lunch"})
    async with page.stream("ben") as stream:
        await page.post("/client/join", {"user": "ben", "channel": made["channel"]})
        joined = (await stream.next("channel"))["channel"]
    await page.post("/client/leave", {"user": "ben", "channel": made["channel"]})
    await page.post("/client/invite", {"user": "ana", "channel": made["channel"], "guest": "U0CHO"})
    await page.post("/client/archive", {"user": "ana", "channel": made["channel"]})
    direct = await page.post("/client/open_dm", {"user": "ana", "with": "U0BEN"})
    channels = {each["id"]: each for each in (await page.get("/client/state", user="ana"))["channels"]}

    assert joined["name"] == "lunch"
    assert channels[made["channel"]]["members"] == ["U0ANA", "U0CHO"]
    assert channels[made["channel"]]["is_archived"]
    assert channels[direct["channel"]]["user"] == "U0BEN"


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("/client/message", "not json", "invalid_json"),
        ("/client/message", [], "invalid_json"),
        ("/client/message", {"user": "ana"}, "invalid_arguments"),
        ("/client/message", {"user": "nobody", "channel": "general", "text": "x"}, "user_not_found"),
        ("/client/message", {"user": "tiny", "channel": "general", "text": "x"}, "user_not_found"),
        (
            "/client/reaction",
            {"user": "ana", "channel": "general", "ts": "1", "name": "x", "action": "?"},
            "invalid_arguments",
        ),
        ("/control/faults", {"faults": [{"kind": "earthquake"}]}, "invalid_fault"),
        ("/control/clock", {"advance": "soon"}, "invalid_arguments"),
        ("/control/bot", {"action": "start"}, "no_bot_here"),
    ],
)
async def test_nonsense_is_refused_with_a_code(
    page: Page, sandbox: Sandbox, path: str, body: object, error: str
) -> None:
    data = body if isinstance(body, str) else json.dumps(body)
    async with aiohttp.ClientSession() as session, session.post(f"{sandbox.url}{path}", data=data) as response:
        answer = await response.json()

    status = 400 if error.startswith("invalid_") else 200
    assert (response.status, answer["ok"], answer["error"]) == (status, False, error)
