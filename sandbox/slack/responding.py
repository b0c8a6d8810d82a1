"""What the app posts to a response URL: a new message, or another one in the place of the one it answers."""

import json
import time

from aiohttp import web

from sandbox.payload import JsonObject
from sandbox.slack.arguments import Arguments
from sandbox.slack.content import Content, content_of
from sandbox.slack.desk import Desk, ratelimited
from sandbox.slack.errors import SlackError
from sandbox.slack.message import Message
from sandbox.slack.response_urls import ResponseUrl
from sandbox.slack.speaking import Revision, by_app, edit, say, take_away

STATUS = {"used_url": 404, "expired_url": 404, "no_such_url": 404, "ratelimited": 429}
"""The rest, such as invalid_blocks, is a 400; what Slack answers to a used-up URL is not documented."""


def respond_routes(desk: Desk) -> list[web.RouteDef]:
    """Where response URLs lead."""
    return [web.post("/respond/{key}", Responding(desk).receive)]


class Responding:
    """Takes the app's answers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def receive(self, request: web.Request) -> web.Response:
        """Answers in plain text, as Slack does here."""
        started, text = time.monotonic(), await request.text()
        detail: JsonObject = {}

        async def carry_out() -> web.Response:
            return self._answer(request.match_info["key"], text, detail)

        response = await self._desk.line.carry(request, "response_url", carry_out)
        failure = None if response.status == 200 else str(response.text)
        ms = (time.monotonic() - started) * 1000
        self._desk.log.note("call", "response_url", error=failure, status=response.status, ms=ms, detail=detail)
        return response

    def _answer(self, key: str, text: str, detail: JsonObject) -> web.Response:
        try:
            body = _body(text)
            detail["arguments"] = body
            self._carry_out(self._desk.response_urls.use(key), body)
        except SlackError as refusal:
            if refusal.code == "ratelimited":
                return ratelimited(refusal.detail["retry_after"])
            return web.Response(status=STATUS.get(refusal.code, 400), text=refusal.code)
        return web.Response(text="ok")

    def _carry_out(self, url: ResponseUrl, body: JsonObject) -> None:
        if body.get("delete_original"):
            self._delete(url)
            return
        content = content_of(Arguments(body))
        if wait := self._desk.tiers.post(url.channel):
            raise SlackError("ratelimited", detail={"retry_after": wait})
        if body.get("replace_original") and url.message_ts:
            self._replace(url, content)
        else:
            self._say(url, content, body)

    def _delete(self, url: ResponseUrl) -> None:
        message = self._desk.workspace.message(url.channel, url.message_ts)
        if message:
            take_away(self._desk, message)
        else:
            self._desk.ephemerals.remove(url.channel, url.message_ts)

    def _replace(self, url: ResponseUrl, content: Content) -> None:
        """Puts other content into the message; who sees it cannot change."""
        message = self._desk.workspace.message(url.channel, url.message_ts)
        if message:
            revision = Revision(
                text=content.text,
                blocks=content.blocks or [],
                attachments=content.attachments or [],
                metadata=content.metadata,
            )
            edit(self._desk, message, revision, by=self._desk.app.bot_user)
        else:
            self._desk.ephemerals.show(url.user, self._written(url, content, ts=url.message_ts, thread=url.thread_ts))

    def _say(self, url: ResponseUrl, content: Content, body: JsonObject) -> None:
        is_public = body.get("response_type") == "in_channel"
        thread = str(body.get("thread_ts") or "") if is_public else url.thread_ts
        message = self._written(url, content, ts="", thread=thread)
        if is_public:
            say(self._desk, message)
        else:
            self._desk.ephemerals.show(url.user, message)

    def _written(self, url: ResponseUrl, content: Content, *, ts: str, thread: str) -> Message:
        return by_app(
            self._desk,
            url.channel,
            content.text,
            ts=ts,
            thread_ts=thread,
            blocks=content.blocks,
            attachments=content.attachments,
            metadata=content.metadata,
        )


def _body(text: str) -> JsonObject:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise SlackError("invalid_payload") from None
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body
