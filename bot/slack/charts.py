"""Carries out sharing charts: what was last seen is drawn, and put into the thread of the message that asks for it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.chart import Chart
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.looking import ShareChart, ShareSheet
from bot.slack.artist import Artist
from bot.slack.files import Files, Upload
from bot.slack.place import Address, address_of

ChartOf = Callable[[ShareChart], Awaitable[Chart | None]]
"""The chart as it is now; None when there is nothing to show any more."""
ChartsOf = Callable[[ShareSheet], Awaitable[Sequence[Chart]]]
"""The charts of one picture."""
Executor = Callable[[Any, Attempt], Awaitable[Receipt]]


class Charts:
    """The executor of `ShareChart` and `ShareSheet`. Facts as of any file, none when there was nothing to draw."""

    def __init__(self, client: AsyncWebClient, *, chart_of: ChartOf, charts_of: ChartsOf, timezone: ZoneInfo) -> None:
        self._files = Files(client)
        self._chart_of = chart_of
        self._charts_of = charts_of
        self._artist = Artist(timezone)

    def executors(self) -> Mapping[type[Effect], Executor]:
        """What is carried out here."""
        return {ShareChart: self.share, ShareSheet: self.share_sheet}

    async def share(self, effect: ShareChart, attempt: Attempt) -> Receipt:
        """Draws one chart and shares it once."""
        chart = await self._chart_of(effect)
        return await self._shared((chart,), effect, attempt, title=chart.title) if chart else Receipt()

    async def share_sheet(self, effect: ShareSheet, attempt: Attempt) -> Receipt:
        """Draws several as one picture, and shares it once."""
        charts = await self._charts_of(effect)
        return await self._shared(charts, effect, attempt, title=effect.title) if charts else Receipt()

    async def _shared(
        self, charts: Sequence[Chart], effect: ShareChart | ShareSheet, attempt: Attempt, *, title: str
    ) -> Receipt:
        message = address_of(attempt, effect.thread)
        upload = Upload(
            place=effect.place,
            to=Address(channel=message.channel, thread=message.thread or message.ts),
            name=effect.file,
            title=title,
            content=await self._artist.draw(charts),
            alt=" ".join(chart.alt for chart in charts),
        )
        return await self._files.put(upload, attempt)

    async def close(self) -> None:
        """Draws no more."""
        await self._artist.close()
