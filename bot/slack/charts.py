"""Carries out sharing a chart: what was last seen is drawn, and put into the thread of the message that asks for it."""

from collections.abc import Awaitable, Callable, Mapping
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.chart import Chart
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.looking import ShareChart
from bot.slack.artist import Artist
from bot.slack.files import Files, Upload
from bot.slack.place import Address, address_of

ChartOf = Callable[[ShareChart], Awaitable[Chart | None]]
"""The chart as it is now; None when there is nothing to show any more."""


class Charts:
    """The executor of `ShareChart`."""

    def __init__(self, client: AsyncWebClient, *, chart_of: ChartOf, timezone: ZoneInfo) -> None:
        self._files = Files(client)
        self._chart_of = chart_of
        self._artist = Artist(timezone)

    def executors(self) -> Mapping[type[Effect], Callable[[ShareChart, Attempt], Awaitable[Receipt]]]:
        """What is carried out here."""
        return {ShareChart: self.share}

    async def share(self, effect: ShareChart, attempt: Attempt) -> Receipt:
        """Draws it and shares it once; facts as of any file, none when there was nothing to draw."""
        chart = await self._chart_of(effect)
        if chart is None:
            return Receipt()
        message = address_of(attempt, effect.thread)
        upload = Upload(
            place=effect.place,
            to=Address(channel=message.channel, thread=message.thread or message.ts),
            name=effect.file,
            title=chart.title,
            content=await self._artist.draw((chart,)),
            alt=chart.alt,
        )
        return await self._files.put(upload, attempt)

    async def close(self) -> None:
        """Draws no more."""
        await self._artist.close()
