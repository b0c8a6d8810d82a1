"""The practice ground's Slack, and the bot's executors in it, relayed by hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.chart import Chart
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import Retry, Unsure
from bot.domain.looking import ShareChart, ShareSheet
from bot.domain.message import Message
from bot.slack.charts import Charts
from bot.slack.client import slack_session, web_client
from bot.slack.delivery import SlackDelivery
from bot.slack.identity import Identity
from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.server import Sandbox
from sandbox.slack.app import PLAIN_MANIFEST
from sandbox.slack.channel import Channel
from scheduler.carrier import Executor

START = datetime(2026, 3, 9, 14, 2, tzinfo=UTC)
BOT = "U0OPSBOT"
TROUBLES = [
    "drop_before",
    "drop_after",
    "internal_error_applied",
    "internal_error_not_applied",
    "http_500",
    "http_503",
    "garbage_json",
    "ratelimited",
    "error:service_unavailable",
    "error:invalid_auth",
]
"""What may happen to a call; half of them after Slack did what it was asked."""


class SlackTown:
    """Carries effects out and sees what became of them."""

    def __init__(self, sandbox: Sandbox, delivery: SlackDelivery, slots: dict[str, Message | None]) -> None:
        self.sandbox = sandbox
        self.slots = slots
        self.charts: dict[str, Chart] = {}
        """What was last seen, by the name of the evidence."""
        self.topic = "INC-42 · critical"
        self._executors: dict[type[Effect], Executor] = dict(delivery.executors())
        self._bound: dict[str, dict[str, str]] = {}

    def employ(self, charts: Charts) -> None:
        """Whoever draws and shares charts here."""
        self._executors |= charts.executors()

    async def chart_of(self, effect: ShareChart) -> Chart | None:
        return self.charts.get(effect.name)

    async def charts_of(self, effect: ShareSheet) -> Sequence[Chart]:
        del effect
        return tuple(self.charts.values())

    async def once(self, effect: Effect, *, key: str = "k1", look: bool = False) -> Receipt:
        """One attempt."""
        attempt = Attempt(key=key, serial=1, first_at=START, look=look, bound=self._bound)
        receipt = await self._executors[type(effect)](effect, attempt)
        self._bound |= receipt.binds
        return receipt

    async def relayed(self, effect: Effect, *, key: str = "k1") -> Receipt:
        """Attempts until it is done, as the relay does it; fails for an attempt that is one too many."""
        look = False
        for _ in range(3):
            try:
                return await self.once(effect, key=key, look=look)
            except Unsure:
                look = True
            except Retry:
                continue
        pytest.fail("It was not done in three attempts.")

    def bind(self, name: str, **ids: str) -> None:
        self._bound[name] = ids

    def bound(self, name: str) -> dict[str, str]:
        return self._bound[name]

    def trouble(self, kind: str, method: str, *, times: int = 1) -> None:
        self.sandbox.faults.add(Fault(name=f"{kind} {method}", kind=kind, method=method, times=times, retry_after=7))

    def channel(self, name: str) -> Channel:
        found = self.sandbox.workspace.named(name.lstrip("#"))
        assert found is not None
        return found

    def said(self, channel: str) -> list[str]:
        """What the bot said in a channel that is still there, in order."""
        timeline = self.sandbox.workspace.timeline(channel)
        return [
            message.text
            for ts, message in sorted(timeline.messages.items())
            if message.user == BOT and not message.subtype
        ]


@asynccontextmanager
async def open_slack_town() -> AsyncIterator[SlackTown]:
    """A workspace whose #alerts is the room of incident 42."""
    sandbox = Sandbox(manifest=PLAIN_MANIFEST, clock=SandboxClock(start=START, ticking=False))
    await sandbox.start()
    session = slack_session(5)
    environment = sandbox.environment()
    client = web_client(environment["SLACK_BOT_TOKEN"], environment["OPSBOT_SLACK_API_URL"], session=session)
    slots: dict[str, Message | None] = {}

    async def message_of(slot: str) -> Message | None:
        return slots[slot]

    async def topic_of(incident: int) -> str:
        del incident
        return made.topic

    delivery = SlackDelivery(client, identity=Identity(client), message_of=message_of, topic_of=topic_of)
    made = SlackTown(sandbox, delivery, slots)
    made.bind("room/42", channel=made.channel("alerts").id)
    charts = Charts(client, chart_of=made.chart_of, charts_of=made.charts_of, timezone=ZoneInfo("America/New_York"))
    made.employ(charts)
    yield made
    await charts.close()
    await session.close()
    await sandbox.stop()
