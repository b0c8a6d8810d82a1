"""Slack's Web API on loopback for tests: a small workspace, its desk, and the real client."""

from collections.abc import Awaitable
from datetime import UTC, datetime

from aiohttp import ClientSession, web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.slack.api import routes
from sandbox.slack.app import PLAIN_MANIFEST, Credentials, app_from
from sandbox.slack.archive import Archive
from sandbox.slack.channel import Channel
from sandbox.slack.desk import open_desk
from sandbox.slack.gathering import open_channel
from sandbox.slack.message import Message
from sandbox.slack.news import News
from sandbox.slack.people import User
from sandbox.slack.speaking import say
from sandbox.slack.views import ViewNews
from sandbox.slack.workspace import Workspace

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BOT = "U0OPSBOT"
ANA, BEN, GUEST = "U0ANA", "U0BEN", "U0GUEST"


class SlackOnLoopback:
    """A workspace with Ana and Ben in #general, and the app's bot beside them."""

    def __init__(self, *, manifest: JsonObject | None = None) -> None:
        self.clock = SandboxClock(start=START, ticking=False)
        self.workspace = Workspace(self.clock, Archive(), team="T0OPS", name="Acme Ops")
        self.url = ""
        app = app_from(manifest or PLAIN_MANIFEST, Credentials())
        self.desk = open_desk(
            workspace=self.workspace,
            app=app,
            clock=self.clock,
            faults=Faults(),
            log=Log(self.clock),
            address=lambda: self.url,
        )
        self.news: list[News] = []
        self.view_news: list[ViewNews] = []
        self._seed()
        self.desk.noticeboard.subscribe(self.news.append)
        self.desk.views.subscribe(self.view_news.append)
        self.client = AsyncWebClient(token=app.credentials.bot_token, retry_handlers=[])
        self.session: ClientSession
        self._runner: web.AppRunner | None = None

    def _seed(self) -> None:
        for user, name in ((ANA, "ana"), (BEN, "ben")):
            self.add(User(id=user, name=name, real_name=name.title(), email=f"{name}@example.com"))
        self.add(User(id=GUEST, name="guest", real_name="Guest", is_restricted=True))
        self.general = open_channel(self.desk, "general", creator=ANA)
        self.general.is_general = True

    def add(self, user: User) -> None:
        self.workspace.users.put(user.id, user)

    async def start(self) -> None:
        server = web.Application(client_max_size=64 * 2**20)
        server.add_routes(routes(self.desk))
        self._runner = web.AppRunner(server)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = site.name
        self.session = ClientSession()
        self.client = self.client_with(self.desk.app.credentials.bot_token)

    def client_with(self, token: str) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=f"{self.url}/api/", session=self.session, retry_handlers=[])

    async def stop(self) -> None:
        await self.session.close()
        if self._runner:
            await self._runner.cleanup()

    async def room(self, name: str = "war-room", *, is_private: bool = False) -> str:
        """A channel of the bot's own, by id."""
        answer = await self.client.conversations_create(name=name, is_private=is_private)
        return str(answer["channel"]["id"])

    def channel_of_people(self, name: str, *, is_private: bool = False) -> Channel:
        """A channel the bot is not in."""
        return open_channel(self.desk, name, creator=ANA, kind="private" if is_private else "public")

    def says(self, user: str, channel: str, text: str, *, thread_ts: str = "") -> Message:
        """Somebody says something."""
        ts = self.workspace.next_ts()
        return say(self.desk, Message(ts=ts, channel=channel, user=user, text=text, thread_ts=thread_ts))

    def events(self, kind: str) -> list[JsonObject]:
        return [news.event for news in self.news if news.type == kind]

    async def raw(
        self,
        method: str,
        *,
        token: str | None = None,
        query: dict[str, str] | None = None,
        form: dict[str, str] | None = None,
        body: object = None,
    ) -> JsonObject:
        """A call without the client's help."""
        headers = {"Authorization": f"Bearer {self.desk.app.credentials.bot_token if token is None else token}"}
        address = f"{self.url}/api/{method}"
        async with self.session.post(address, headers=headers, params=query, data=form, json=body) as response:
            return dict(await response.json())


async def refusal(call: Awaitable[AsyncSlackResponse]) -> SlackApiError:
    """The error a call of the client ends with; fails if it ends well."""
    try:
        answer = await call
    except SlackApiError as error:
        return error
    raise AssertionError(f"it was not refused: {answer}")


async def error_of(call: Awaitable[AsyncSlackResponse]) -> str:
    """The error code a call of the client ends with."""
    return str((await refusal(call)).response["error"])
