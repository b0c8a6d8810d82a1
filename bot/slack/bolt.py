"""The Bolt app that Slack's requests are dispatched by, without the habits of Bolt that would lose or repeat them."""

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.identity import Identity
from bot.slack.payload import mended


def bolt_app(client: AsyncWebClient, identity: Identity) -> AsyncApp:
    """An app without listeners, which acknowledges only after a listener did its work.

    Signatures are checked before requests come here (`bot.slack.signature`), with errors Bolt does not survive.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        me = await identity.known()
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id or me.team,
            bot_user_id=me.user,
            bot_id=me.bot,
            bot_token=client.token,
        )

    async def hand_our_client(context: AsyncBoltContext, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002
        # Bolt makes a client of its own per request, which goes through HTTP_PROXY even to loopback.
        context["client"] = client
        await next()

    async def mend(request: AsyncBoltRequest, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002
        request.body = mended(request.body)
        await next()

    logger = logging.getLogger(__name__)
    # Below that it logs whole requests, which hold what people wrote.
    logger.setLevel(logging.ERROR)
    app = AsyncApp(
        name="opsbot",
        logger=logger,
        client=client,
        authorize=authorize,
        # Otherwise listeners of events are acknowledged before they run, and a failing one is never heard of again.
        process_before_response=True,
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
    )
    app.use(hand_our_client)
    app.use(mend)
    return app
