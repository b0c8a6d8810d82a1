"""The practice ground as a whole: Slack, PagerDuty, the page and its controls behind one address on loopback."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from sandbox.alertmanager import TOKEN as ALERTMANAGER_TOKEN
from sandbox.alertmanager import Alertmanager
from sandbox.bot_process import BotProcess
from sandbox.client.live import Live
from sandbox.client.page import guard, page_routes
from sandbox.client.routes import ClientRoutes
from sandbox.clock import SandboxClock
from sandbox.control.routes import ControlRoutes
from sandbox.faults import Faults
from sandbox.kept_clock import kept_clock
from sandbox.log import Log
from sandbox.loopback import only_loopback
from sandbox.mail_server import MailServer
from sandbox.pagerduty.pagerduty import PagerDuty
from sandbox.pagerduty.seed import API_TOKEN, ROUTING_KEY, SENDER, WEBHOOK_SECRET, living_account
from sandbox.payload import JsonObject
from sandbox.postgres_server import PostgresServer
from sandbox.slack import api
from sandbox.slack.acting import Acting
from sandbox.slack.app import Credentials, app_from
from sandbox.slack.archive import Archive
from sandbox.slack.delivery.delivery import Delivery, Transport
from sandbox.slack.desk import Desk, open_desk
from sandbox.slack.workspace import Workspace
from sandbox.statuspage import API_KEY, PAGE, Statuspage
from sandbox.surroundings import Surroundings
from sandbox.webhook_sender import WebhookSender
from sandbox.workspace_seed import EXAMPLE, NAME, TEAM, Person, furnish

HOST = "127.0.0.1"
LARGEST_BODY = 64 * 1024 * 1024
"""Bytes of an upload."""
GOODBYE = 1.0
"""Seconds that requests under way get when the server stops."""


class Sandbox:
    """Everything outside the bot; with a `folder` a restart finds it as it was."""

    def __init__(
        self,
        *,
        manifest: Mapping[str, object],
        people: Sequence[Person] = EXAMPLE,
        clock: SandboxClock | None = None,
        folder: Path | None = None,
        port: int = 0,
        transport: Transport = "socket",
        request_url: str | None = None,
        rate_limits: bool = False,
        ack_within: float = 3.0,
        cloud: bool = False,
        alarms: bool = False,
        postgres: PostgresServer | None = None,
    ) -> None:
        """`request_url` is the app's, for HTTP; `ack_within` the machine's seconds an acknowledgement may take.

        Without `cloud` the bot is told nothing of the platform, and what costs time to start is left out. With `alarms` the
        platform's alerts fire. The platform's database lives on `postgres`, else on a server of its own.
        """
        self._port = port
        self._archive = Archive(folder)
        self.clock = clock or kept_clock(self._archive)
        self.faults, self.log = Faults(), Log(self.clock)
        self.app = app_from(manifest, Credentials())
        self.workspace = self._furnished(people)
        self.desk = self._desk(rate_limits=rate_limits)
        self._delivery = self._postman(transport, request_url, ack_within)
        self.sockets, self.requests = self._delivery.sockets, self._delivery.requests
        self.acting = Acting(desk=self.desk, courier=self._delivery.courier)
        self.webhooks = WebhookSender(clock=self.clock, faults=self.faults, log=self.log)
        self.pagerduty = self._pagerduty()
        self.statuspage = Statuspage(clock=self.clock, archive=self._archive, faults=self.faults, log=self.log)
        self.alertmanager = Alertmanager(self.webhooks, self.clock)
        self.mail = MailServer(clock=self.clock, archive=self._archive, faults=self.faults, log=self.log)
        self._around = self._surroundings(postgres, cloud=cloud, alarms=alarms)
        self.platform, self.neighbours = self._around.platform, self._around.neighbours
        self.data, self.google = self._around.data, self._around.google
        self.bot: BotProcess | None = None
        self._live = Live(self.desk)
        self._control = ControlRoutes(self.desk, bot=lambda: self.bot, heard=self._heard)
        self.sockets.on_change(self._tell_bot)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it listens, such as http://127.0.0.1:4600; known once it has started."""
        return f"http://{HOST}:{self._port}"

    async def start(self) -> None:
        """Listens, and goes on with what was under way when it last stopped."""
        server = web.Application(middlewares=[only_loopback], client_max_size=LARGEST_BODY)
        server.add_routes(self._routes())
        server.on_response_prepare.append(guard)
        server.on_shutdown.append(self._say_goodbye)
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=GOODBYE)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        await self._around.start()
        await self.mail.start()
        self.clock.on_jump(self._tell_clock)
        self._archive.start()
        self.desk.timetable.start()
        self._delivery.start()

    async def stop(self) -> None:
        """Stops the bot if it runs here, hangs up on everybody, and keeps what is to be kept."""
        if self.bot:
            await self.bot.stop()
        if self._runner:
            await self._runner.cleanup()
        await self._around.stop()
        await self.mail.stop()
        self.desk.timetable.stop()
        await self._delivery.stop()
        await self.webhooks.stop()
        await self._archive.stop()

    async def idle(self) -> None:
        """Returns at a moment at which nothing is on its way to the app, and no retry is due."""
        await self._delivery.idle()
        while not self.webhooks.is_idle:
            await self.webhooks.idle()
            await self._delivery.idle()

    def environment(self) -> dict[str, str]:
        """The settings under which the bot works in here."""
        return {
            "SLACK_BOT_TOKEN": self.app.credentials.bot_token,
            "SLACK_APP_TOKEN": self.app.credentials.app_token,
            "SLACK_SIGNING_SECRET": self.app.credentials.signing_secret,
            "OPSBOT_SLACK_TRANSPORT": self._delivery.transport,
            "OPSBOT_SLACK_API_URL": f"{self.url}/api/",
            "PAGERDUTY_API_TOKEN": API_TOKEN,
            "PAGERDUTY_ROUTING_KEY": ROUTING_KEY,
            "PAGERDUTY_FROM": SENDER,
            "PAGERDUTY_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "ALERTMANAGER_TOKEN": ALERTMANAGER_TOKEN,
            "OPSBOT_PAGERDUTY_API_URL": f"{self.url}/pagerduty/api",
            "OPSBOT_PAGERDUTY_EVENTS_URL": f"{self.url}/pagerduty/events",
            "OPSBOT_SMTP_URL": self.mail.url,
            **self._around.environment(),
        }

    def statuspage_environment(self) -> dict[str, str]:
        """The settings under which customers are told at Statuspage instead of on the bot's own page."""
        url = f"{self.url}/statuspage/v1"
        return {"STATUSPAGE_API_KEY": API_KEY, "STATUSPAGE_PAGE_ID": PAGE, "OPSBOT_STATUSPAGE_URL": url}

    def supervise(
        self, command: Sequence[str], *, environment: Mapping[str, str], output: Path | None = None
    ) -> BotProcess:
        """The bot's process, not yet started, to be moved from the control panel; see BotProcess."""
        self.bot = BotProcess(command, environment=self.environment() | dict(environment), output=output)
        self.bot.on_change(self._tell_bot)
        return self.bot

    def _furnished(self, people: Sequence[Person]) -> Workspace:
        workspace = Workspace(self.clock, self._archive, team=TEAM, name=NAME)
        furnish(workspace, self.app, people)
        return workspace

    def _postman(self, transport: Transport, request_url: str | None, ack_within: float) -> Delivery:
        return Delivery(
            self.desk, archive=self._archive, transport=transport, request_url=request_url, ack_within=ack_within
        )

    def _desk(self, *, rate_limits: bool) -> Desk:
        return open_desk(
            workspace=self.workspace,
            app=self.app,
            clock=self.clock,
            faults=self.faults,
            log=self.log,
            address=lambda: self.url,
            rate_limits=rate_limits,
        )

    def _pagerduty(self) -> PagerDuty:
        # The rota began with the workspace, so that it is the same after a restart.
        general = self.workspace.named("general")
        began = datetime.fromtimestamp(general.created, UTC) if general else self.clock.now()
        pagerduty = PagerDuty(
            living_account(began), clock=self.clock, archive=self._archive, faults=self.faults, log=self.log
        )
        pagerduty.subscribe(self.webhooks, secret=WEBHOOK_SECRET)
        return pagerduty

    def _surroundings(self, postgres: PostgresServer | None, *, cloud: bool, alarms: bool) -> Surroundings:
        return Surroundings(
            clock=self.clock,
            archive=self._archive,
            faults=self.faults,
            log=self.log,
            alertmanager=self.alertmanager,
            address=lambda: self.url,
            postgres=postgres,
            cloud=cloud,
            alarms=alarms,
        )

    def _routes(self) -> list[web.AbstractRouteDef]:
        client = ClientRoutes(self.desk, self.acting, self._live, first=self._first_events)
        return [
            *api.routes(self.desk),
            *self.sockets.routes(),
            *client.routes(),
            *self._control.routes(),
            *self.pagerduty.routes(),
            *self.statuspage.routes(),
            *self.alertmanager.routes(),
            *self.mail.routes(),
            *self._around.routes(),
            *page_routes(),
        ]

    async def _say_goodbye(self, _server: web.Application) -> None:
        self._live.close()
        self._control.close()
        await self.sockets.close()

    def _first_events(self) -> list[JsonObject]:
        return [{"type": "clock", **self._control.clock()}, {"type": "bot", **self._control.bot()}]

    def _tell_clock(self) -> None:
        self._live.tell_all({"type": "clock", **self._control.clock()})

    def _heard(self) -> bool:
        """Whether the bot would hear somebody now; over HTTP that shows only when somebody tries."""
        return self._delivery.transport == "http" or self.sockets.hearing > 0

    def _tell_bot(self) -> None:
        self._live.tell_all({"type": "bot", **self._control.bot()})
