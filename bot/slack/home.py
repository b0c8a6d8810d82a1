"""Shows people their Home."""

from collections.abc import Awaitable, Callable, Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.home import PublishHome
from bot.domain.message import Message
from bot.slack.blocks import rendered
from bot.slack.client import carried_out

Executor = Callable[[PublishHome, Attempt], Awaitable[Receipt]]
HomeOf = Callable[[str], Awaitable[Message]]
"""What somebody's Home says now."""


class HomeTab:
    """The executor of `PublishHome`; to publish the same again changes nothing."""

    def __init__(self, client: AsyncWebClient, *, home_of: HomeOf) -> None:
        self._client = client
        self._home_of = home_of

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {PublishHome: self.publish}

    async def publish(self, effect: PublishHome, attempt: Attempt) -> Receipt:
        del attempt
        message = await self._home_of(effect.user)
        view = {"type": "home", "callback_id": "home", "blocks": rendered(message).blocks}
        await carried_out(self._client.views_publish(user_id=effect.user, view=view))
        return Receipt()
