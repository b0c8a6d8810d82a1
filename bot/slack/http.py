"""Slack's signed requests over HTTP: checked, then handed to Bolt like what comes over a socket."""

from typing import Final

import structlog
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.integrations.request_body import body_of
from bot.slack.payload import read
from bot.slack.signature import Signatures

LARGEST: Final = 1_000_000
"""Bytes of a body; Slack's own are far smaller."""

log = structlog.get_logger(__name__)


class SignedRequests:
    """The one address that Slack's commands, buttons, forms and events come to."""

    def __init__(self, app: AsyncApp, signatures: Signatures) -> None:
        self._app = app
        self._signatures = signatures

    async def answer(self, request: Request) -> Response:
        """401 for what Slack did not sign, 413 for what is too large, 408 for what takes too long, 400 for what is not whole.

        The body is never logged.
        """
        body = await body_of(request, largest=LARGEST)
        if isinstance(body, Response):
            return body
        headers = request.headers
        genuine = self._signatures.genuine(
            body,
            timestamp=headers.get("x-slack-request-timestamp"),
            signature=headers.get("x-slack-signature"),
        )
        if not genuine:
            log.warning("a request that Slack did not sign was refused", bytes=len(body))
            return PlainTextResponse("not signed by Slack", status_code=401)
        if not _readable(body, headers.get("content-type", "")):
            return PlainTextResponse("not readable", status_code=400)
        return to_starlette_response(await self._app.async_dispatch(to_async_bolt_request(request, body)))


def _readable(body: bytes, content_type: str) -> bool:
    try:
        return read(body.decode(), content_type) is not None
    except UnicodeDecodeError:
        return False
