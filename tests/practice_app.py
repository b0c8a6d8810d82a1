"""A tiny Bolt app for trying the practice ground: a command, a form, buttons, a Home tab."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox

Body = dict[str, Any]


def plain(text: str) -> Body:
    return {"type": "plain_text", "text": text}


def option(text: str) -> Body:
    return {"text": plain(text), "value": text.lower()}


FORM: Body = {
    "type": "modal",
    "callback_id": "greeting",
    "notify_on_close": True,
    "title": plain("Greet somebody"),
    "submit": plain("Greet"),
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": plain("Name"),
            "hint": plain("Nobody cannot be greeted."),
            "element": {"type": "plain_text_input", "action_id": "name"},
        },
        {
            "type": "input",
            "block_id": "tone",
            "label": plain("Tone"),
            "element": {
                "type": "static_select",
                "action_id": "tone",
                "placeholder": plain("Choose a tone"),
                "options": [option("Warm"), option("Cool")],
            },
        },
    ],
}


class PracticeApp:
    """Greets with /hello, and remembers what it heard."""

    def __init__(self, sandbox: Sandbox) -> None:
        settings = sandbox.environment()
        client = AsyncWebClient(token=settings["SLACK_BOT_TOKEN"], base_url=settings["OPSBOT_SLACK_API_URL"])
        self.app = AsyncApp(client=client)
        self.socket = AsyncSocketModeHandler(self.app, settings["SLACK_APP_TOKEN"])
        self.closed: list[bool] = []
        self.app.command("/hello")(self.hello)
        self.app.view("greeting")(self.greet)
        self.app.view_closed("greeting")(self.forget)
        self.app.action("wave")(self.wave)
        self.app.event("app_home_opened")(self.home)
        self.app.event("message")(self.listen)

    async def hello(self, ack: Any, body: Body, client: AsyncWebClient) -> None:
        if body["text"] == "quietly":
            await ack("Hello, only you.")
            return
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view={**FORM, "private_metadata": body["channel_id"]})

    async def greet(self, ack: Any, view: Body, client: AsyncWebClient) -> None:
        values = view["state"]["values"]
        name, tone = values["name"]["name"]["value"], values["tone"]["tone"]["selected_option"]["value"]
        if name == "Nobody":
            await ack(response_action="errors", errors={"name": "Nobody is not there. Name somebody."})
            return
        await ack()
        await client.chat_postMessage(channel=view["private_metadata"], text="greeting", blocks=card(name, tone))

    async def forget(self, ack: Any, body: Body) -> None:
        self.closed.append(bool(body["is_cleared"]))
        await ack()

    async def wave(self, ack: Any, body: Body, client: AsyncWebClient) -> None:
        await ack()
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": f"<@{body['user']['id']}> waved :wave:"}}]
        await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="waved", blocks=blocks)

    async def home(self, event: Body, client: AsyncWebClient) -> None:
        blocks = [{"type": "header", "text": plain("Good morning")}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    async def listen(self) -> None:
        """Messages are heard, and that is all."""


def card(name: str, tone: str) -> list[Body]:
    button = {"type": "button", "action_id": "wave", "text": plain("Wave"), "style": "primary", "value": name}
    text = {"type": "mrkdwn", "text": f"Hello *{name}*, with a {tone} tone."}
    return [{"type": "section", "text": text}, {"type": "actions", "block_id": "buttons", "elements": [button]}]


@asynccontextmanager
async def practice_app(sandbox: Sandbox) -> AsyncIterator[PracticeApp]:
    """The app, connected over Socket Mode."""
    app = PracticeApp(sandbox)
    await app.socket.connect_async()
    yield app
    await app.socket.close_async()
