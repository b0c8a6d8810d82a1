"""The addresses under /client/: what the page asks for and what people do in it."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.client.deeds import DEEDS, Deed
from sandbox.client.live import Live
from sandbox.client.screen import Screen
from sandbox.json_body import answered, body_of
from sandbox.payload import JsonObject
from sandbox.slack.acting import Acting
from sandbox.slack.desk import Desk
from sandbox.slack.errors import SlackError

PAGE = 50
"""Messages the page gets when it does not say how many."""


class ClientRoutes:
    """The client's API; every answer has `ok`, and a refusal its `error`."""

    def __init__(self, desk: Desk, acting: Acting, live: Live, first: Callable[[], list[JsonObject]]) -> None:
        """`first` gives the events that a page begins with, such as the clock's."""
        self._desk = desk
        self._acting = acting
        self._screen = Screen(desk)
        self._live = live
        self._first = first

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/client/bootstrap", answered(self._bootstrap)),
            web.get("/client/state", answered(self._state)),
            web.get("/client/messages", answered(self._messages)),
            web.get("/client/home", answered(self._home)),
            web.get("/client/stream", self._stream),
            *(web.post(f"/client/{name}", answered(self._doing(deed))) for name, deed in DEEDS.items()),
        ]

    def _doing(self, deed: Deed) -> Callable[[web.Request], Awaitable[JsonObject]]:
        async def do(request: web.Request) -> JsonObject:
            return await deed(self._acting, await body_of(request))

        return do

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        try:
            user = self._viewer(request)
        except SlackError as refusal:
            return web.json_response(refusal.shown(), status=404)
        return await self._live.serve(request, user, first=self._first())

    async def _bootstrap(self, _request: web.Request) -> JsonObject:
        return self._screen.bootstrap()

    async def _state(self, request: web.Request) -> JsonObject:
        return {"channels": self._screen.channels(self._viewer(request))}

    async def _messages(self, request: web.Request) -> JsonObject:
        query = request.query
        channel = self._acting.place(self._acting.person(query.get("user", "")), query.get("channel", ""))
        limit = query.get("limit", "")
        return self._screen.messages(
            channel,
            thread=query.get("thread_ts", ""),
            before=query.get("before", ""),
            limit=int(limit) if limit.isdecimal() and int(limit) else PAGE,
        )

    async def _home(self, request: web.Request) -> JsonObject:
        viewer = self._viewer(request)
        await self._acting.open_home(viewer)
        return {"view": self._desk.views.home(viewer)}

    def _viewer(self, request: web.Request) -> str:
        return self._acting.person(request.query.get("user", "")).id
