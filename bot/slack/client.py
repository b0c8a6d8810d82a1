"""The Web API client, and what each outcome of a call means: done, refused for a reason, try later, or unknown.

The vendor's own retries are off: one of them sends `chat.postMessage` again although Slack processed it.
"""

import logging
import math
from collections.abc import Awaitable
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.errors import GiveUp, Retry, Unsure

JsonObject = dict[str, Any]

_UNKNOWN_OUTCOME = frozenset(
    {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
"""Slack says of these that some of the operation may have succeeded."""
_TOKEN_REFUSED = frozenset(
    {
        "not_authed",
        "invalid_auth",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
        "ekm_access_denied",
        "access_denied",
        "two_factor_setup_required",
    }
)
_RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_TOKEN_PATIENCE = 60.0
_LIMIT_PATIENCE = 30.0
"""Seconds to wait when Slack limits the rate and does not say for how long in a way that can be read."""
_LONGEST_WAIT = 300.0
_SHORTEST_WAIT = 1.0


_REMEDIES = {
    "invalid_blocks": "this is a mistake in opsbot, please report it",
    "invalid_arguments": "this is a mistake in opsbot, please report it",
    "msg_blocks_too_long": "this is a mistake in opsbot, please report it",
    "restricted_action": "the workspace restricts this, allow it to opsbot",
    "restricted_action_read_only_channel": "only some may post there, allow it to opsbot",
    "restricted_action_thread_only_channel": "only threads are allowed there, use another channel",
    "cant_update_message": "the message is not opsbot's own any more, or the workspace forbids edits",
    "cant_delete_message": "the message is not opsbot's own any more, or the workspace forbids deleting",
    "edit_window_closed": "the workspace forbids edits that late, allow them to opsbot",
    "too_many_pins": "unpin something there",
    "too_many_bookmarks": "remove a bookmark there",
    "invalid_link": "bookmarks need an http or https address",
    "user_disabled": "this person's account is deactivated",
    "access_not_granted": "install the Slack app again",
}
"""What somebody can do about a refusal, by Slack's word for it."""


class Declined(GiveUp):
    """Slack refuses this call for a reason of its own: `code` is Slack's word for it, `answer` all it said."""

    def __init__(self, code: str, answer: JsonObject, *, method: str) -> None:
        details = "; ".join(str(each) for each in (answer.get("response_metadata") or {}).get("messages") or [])
        remedy = f": {_REMEDIES[code]}" if code in _REMEDIES else ""
        super().__init__(f"Slack refuses {method} ({code}{f', {details}' if details else ''}){remedy}.")
        self.code = code
        self.answer = answer


def slack_session(timeout: float) -> aiohttp.ClientSession:
    """The one HTTP session of everything that calls Slack; a call takes at most `timeout` seconds.

    The client's own timeout is ignored once a session is given, so it is set here. Whoever makes it closes it.
    """
    # How much goes on at the same time is bounded by the relay; here it would only be a second, hidden queue.
    unbounded = aiohttp.TCPConnector(limit=0)
    return aiohttp.ClientSession(
        connector=unbounded, timeout=aiohttp.ClientTimeout(total=timeout, sock_connect=timeout / 2)
    )


def web_client(token: str, url: str, *, session: aiohttp.ClientSession, proxy: str | None = None) -> AsyncWebClient:
    """A client that sends every call once; `url` is Slack's Web API with the slash at its end."""
    logger = logging.getLogger(__name__)
    # The vendor composes a message per call unless its logger says it need not; those may hold what people wrote.
    logger.setLevel(logging.WARNING)
    client = AsyncWebClient(token=token, base_url=url, session=session, retry_handlers=[], logger=logger)
    # The vendor takes HTTP_PROXY from the environment and ignores NO_PROXY, even for loopback.
    client.proxy = proxy
    return client


async def carried_out(call: Awaitable[AsyncSlackResponse]) -> JsonObject:
    """Slack's answer to a call that changes something.

    Raises `Retry` if it certainly did not happen and may later, `Unsure` if nobody knows, `Declined` if Slack refuses.
    """
    try:
        return _content(await call)
    except SlackApiError as error:
        raise _meaning(error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise Retry(f"Slack cannot be reached ({type(error).__name__}).") from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unsure(f"Slack did not answer ({type(error).__name__}).") from error
    except (AttributeError, ValueError, TypeError) as error:
        # The vendor's client trips over answers that are no JSON object.
        raise Unsure("Slack's answer cannot be read.") from error


async def read(call: Awaitable[AsyncSlackResponse]) -> JsonObject:
    """Slack's answer to a call that changes nothing, so that a failure in doubt is only a reason to ask again."""
    try:
        return await carried_out(call)
    except Unsure as error:
        raise Retry(str(error)) from error


def _content(response: AsyncSlackResponse) -> JsonObject:
    if not isinstance(response.data, dict):
        raise Unsure("Slack's answer cannot be read.")
    return response.data


def _meaning(error: SlackApiError) -> Retry | Unsure | Declined:
    """What an answer that is not `ok` says about the effect."""
    response = error.response
    if not isinstance(response, AsyncSlackResponse):
        return Unsure("Slack's answer cannot be read.")
    answer = response.data if isinstance(response.data, dict) else {}
    code = str(answer.get("error") or "")
    if response.status_code == 429 or code in _RATE_LIMITED:
        return Retry("Slack limits the rate.", after=_wait(response.headers), throttled=True)
    if response.status_code >= 500 or code in _UNKNOWN_OUTCOME or not code:
        return Unsure(f"Slack failed ({code or response.status_code}); it may have done it all the same.")
    method = _method(response)
    if code in _TOKEN_REFUSED:
        reason = f"Slack refuses the bot's token ({code}): put a valid one in SLACK_BOT_TOKEN and restart."
        return Retry(reason, after=_TOKEN_PATIENCE, throttled=True)
    if code == "missing_scope":
        scope = answer.get("needed") or "that it needs"
        reason = f"{method} needs the scope {scope}: add it to the Slack app and install it again."
        return Retry(reason, after=_TOKEN_PATIENCE, throttled=True)
    return Declined(code, answer, method=method)


def _method(response: AsyncSlackResponse) -> str:
    return urlsplit(response.api_url).path.rpartition("/")[2]


def _wait(headers: Any) -> float:
    """Seconds to wait by Retry-After, whatever stands there: within a second and five minutes."""
    said = str(next((value for name, value in headers.items() if name.lower() == "retry-after"), ""))
    try:
        seconds = float(said)
    except ValueError:
        seconds = _wait_by_date(said, headers)
    return min(max(seconds, _SHORTEST_WAIT), _LONGEST_WAIT) if math.isfinite(seconds) else _LIMIT_PATIENCE


def _wait_by_date(said: str, headers: Any) -> float:
    """HTTP also allows a date; it is read against the answer's own, which no clock of ours can spoil."""
    try:
        return (parsedate_to_datetime(said) - parsedate_to_datetime(str(headers.get("Date")))).total_seconds()
    except (ValueError, TypeError):
        return math.inf
