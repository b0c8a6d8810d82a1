"""A tiny real Bolt app that remembers what it heard, connected over sockets or over signed HTTP."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_base_handler import AsyncBaseSocketModeHandler
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox

Body = dict[str, Any]
Handler = Callable[..., AsyncBaseSocketModeHandler]

MANIFEST: Body = {
    "features": {
        "app_home": {"home_tab_enabled": True},
        "bot_user": {"display_name": "tiny"},
        "slash_commands": [
            {"command": "/say", "description": "Says it"},
            {"command": "/escaped", "description": "Names become ids", "should_escape": True},
        ],
        "shortcuts": [
            {"name": "Declare", "callback_id": "declare", "type": "global"},
            {"name": "Keep", "callback_id": "keep", "type": "message"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "channels:read",
                "chat:write",
                "commands",
                "im:history",
                "im:write",
                "reactions:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "member_joined_channel",
                "message.channels",
                "message.im",
                "reaction_added",
            ]
        },
        "interactivity": {"is_enabled": True},
    },
}


def plain(text: str) -> Body:
    return {"type": "plain_text", "text": text}


def text_input(block_id: str, *, optional: bool = False) -> Body:
    element = {"type": "plain_text_input", "action_id": "text", "max_length": 20}
    return {"type": "input", "block_id": block_id, "label": plain("Text"), "element": element, "optional": optional}


def modal(*blocks: Body, title: str = "Form") -> Body:
    form = {"type": "modal", "callback_id": "form", "notify_on_close": True, "title": plain(title)}
    return {**form, "submit": plain("Send"), "blocks": list(blocks)}


def general(sandbox: Sandbox) -> str:
    """The id of #general."""
    channel = sandbox.workspace.channel("general")
    assert channel
    return channel.id


class TinyApp:
    """Hears everything; what it answers with is set by the test."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.client = AsyncWebClient(
            token=sandbox.app.credentials.bot_token, base_url=f"{sandbox.url}/api/", retry_handlers=[]
        )
        self.bolt = AsyncApp(
            client=self.client,
            signing_secret=sandbox.app.credentials.signing_secret,
            process_before_response=True,
            raise_error_for_unhandled_request=False,
        )
        self.heard: list[Body] = []
        self.retries: list[tuple[str, str]] = []
        self.ack: Body = {}
        self.form: Body | None = None
        self.failures = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._listen()

    def _listen(self) -> None:
        everything = re.compile(".*")
        self.bolt.command(everything)(self._hear)
        self.bolt.action(everything)(self._hear)
        self.bolt.shortcut(everything)(self._hear)
        self.bolt.options(everything)(self._hear)
        self.bolt.view(everything)(self._hear)
        self.bolt.view_closed(everything)(self._hear)
        for event in ("app_home_opened", "app_mention", "member_joined_channel", "message", "reaction_added"):
            self.bolt.event(event)(self._hear_event)

    async def _hear(self, ack: Any, body: Body) -> None:
        self.heard.append(body)
        if self.form:
            await self.client.views_open(trigger_id=body["trigger_id"], view=self.form)
        await self.gate.wait()
        await ack(**self.ack)

    async def _hear_event(self, body: Body, request: Any) -> None:
        self.heard.append(body)
        headers = request.headers
        self.retries.append((headers.get("x-slack-retry-num", [""])[0], headers.get("x-slack-retry-reason", [""])[0]))
        if self.failures:
            self.failures -= 1
            raise RuntimeError("This listener was told to fail.")

    def events(self, kind: str) -> list[Body]:
        """The inner events of one type, in the order in which they came."""
        return [body["event"] for body in self.heard if body.get("event", {}).get("type") == kind]


@asynccontextmanager
async def over_sockets(
    sandbox: Sandbox, *, connections: int = 1, ping: float = 5, handler: Handler = AsyncSocketModeHandler
) -> AsyncIterator[TinyApp]:
    """The app with that many sockets open, by one of Slack's clients."""
    tiny = TinyApp(sandbox)
    token = sandbox.app.credentials.app_token
    handlers = [handler(tiny.bolt, token, ping_interval=ping) for _ in range(connections)]
    before = sandbox.sockets.connected
    for each in handlers:
        await each.connect_async()
    await sandbox.sockets.reach(before + connections)
    try:
        yield tiny
    finally:
        for each in handlers:
            await each.close_async()


@asynccontextmanager
async def over_http(sandbox: Sandbox) -> AsyncIterator[TinyApp]:
    """The app behind a request URL that is verified."""
    tiny = TinyApp(sandbox)
    runner = web.AppRunner(tiny.bolt.web_app("/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    assert await sandbox.requests.verify(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield tiny
    finally:
        await runner.cleanup()


async def logged(sandbox: Sandbox, name: str, error: str | None = None) -> None:
    """Returns once an entry of this name, and with this error, comes into the log."""
    came = asyncio.Event()
    sandbox.log.on_entry(lambda entry: came.set() if entry.name == name and entry.error == error else None)
    async with asyncio.timeout(60):
        await came.wait()
