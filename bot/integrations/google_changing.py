"""Changes that Google's APIs are asked for: what it means for a change when they refuse, fail, or say nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.errors import GiveUp, Retry, Superseded, Unsure
from bot.integrations.google_channel import ADVICE, Api

if TYPE_CHECKING:
    from google.api_core.exceptions import GoogleAPICallError

LONGEST_WORDS = 300
LATER = 60.0
"""Seconds after which a quota may allow more."""


@dataclass(frozen=True, kw_only=True)
class Right:
    """What a call needs, and the least role that holds it."""

    permission: str
    role: str


@asynccontextmanager
async def changing(api: Api, right: Right, *, seconds: float) -> AsyncIterator[None]:
    """A change that is asked for once, within so many seconds.

    Raises `Superseded` when it was meant for an earlier state, `Unsure` when nobody knows whether it happened, `Retry`
    when it certainly did not and may later, `GiveUp` when it will not.
    """
    from google.api_core.exceptions import GoogleAPICallError
    from google.auth.exceptions import GoogleAuthError

    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise Unsure(f"{api.title} did not answer within {seconds:g} s") from error
    except GoogleAPICallError as error:
        raise _meaning(api, error, right) from error
    except GoogleAuthError as error:
        raise GiveUp(f"Google's credentials cannot be used ({type(error).__name__}): {ADVICE}") from error


def _meaning(api: Api, error: "GoogleAPICallError", right: Right) -> Exception:
    code = error.grpc_status_code.name if error.grpc_status_code else type(error).__name__
    match code:
        case "ABORTED":
            return Superseded(f"{api.title} says that somebody else has changed it meanwhile")
        case "PERMISSION_DENIED":
            lacks = f"opsbot's service account lacks {right.permission}; grant it {right.role}"
            return GiveUp(f"{api.title} refuses: {lacks}")
        case "UNAUTHENTICATED":
            return GiveUp(f"{api.title} does not take Google's credentials; {ADVICE}")
        case "RESOURCE_EXHAUSTED":
            return Retry(f"{api.title}'s quota is used up", after=LATER, throttled=True)
        case "NOT_FOUND":
            return GiveUp(f"{api.title} does not find it any more: {_words(error)}")
        case "INVALID_ARGUMENT" | "FAILED_PRECONDITION" | "ALREADY_EXISTS" | "OUT_OF_RANGE" | "UNIMPLEMENTED":
            return GiveUp(f"{api.title} refuses: {_words(error)}")
        case _:
            return Unsure(f"{api.title} failed ({code})")


def _words(error: "GoogleAPICallError") -> str:
    return " ".join(str(error.message).split())[:LONGEST_WORDS].rstrip(".")
