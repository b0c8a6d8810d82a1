"""The ways to Google's APIs over gRPC: channels that are shared, deadlines, and vendor errors told in words.

Google's libraries cost half a second and 60 MB to import. They are loaded in a thread when they are first needed, one
after the other, so that the event loop goes on.
"""

import asyncio
import gc
import importlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.evidence import CouldNotLook

if TYPE_CHECKING:
    from google.api_core.exceptions import GoogleAPICallError
    from google.auth.credentials import Credentials
    from grpc.aio import Channel

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
ADVICE = "run on Google Cloud, or `gcloud auth application-default login`"
LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes: a page of a thousand log entries may be large, and the process's memory is small."""
OPTIONS = (
    ("grpc.max_receive_message_length", LARGEST_ANSWER),
    # After an outage it is tried again soon; by default that takes up to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    # A connection that died unseen (a laptop that slept) is given up after seconds, not after a quarter of an hour.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 5_000),
)


@dataclass(frozen=True, kw_only=True)
class Api:
    """One of Google's APIs. `role` is the least that holds the permissions which reading needs."""

    title: str
    host: str
    role: str
    libraries: tuple[str, ...]


class GoogleChannels:
    """Channels to Google's APIs, one for each address; a local stand-in (host:port) is used without credentials."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._channels: dict[str, Channel] = {}
        self._credentials: Credentials | None = None

    async def channel(self, api: Api, endpoint: str | None) -> "Channel":
        """The channel to an API, or to its stand-in; its libraries are loaded from then on."""
        address = endpoint or f"{api.host}:443"
        async with self._turn:
            for library in ("google.api_core.grpc_helpers_async", *api.libraries):
                if library not in sys.modules:
                    await asyncio.to_thread(_load, library)
            if address not in self._channels:
                self._channels[address] = await (self._plain(address) if endpoint else self._secured(address))
            return self._channels[address]

    async def close(self) -> None:
        """Hangs up everywhere."""
        channels, self._channels = list(self._channels.values()), {}
        for channel in channels:
            await channel.close()

    async def _plain(self, address: str) -> "Channel":
        import grpc.aio

        return grpc.aio.insecure_channel(address, options=OPTIONS)

    async def _secured(self, address: str) -> "Channel":
        import google.auth
        from google.api_core.grpc_helpers_async import create_channel
        from google.auth.exceptions import GoogleAuthError

        try:
            if self._credentials is None:
                self._credentials, _ = await asyncio.to_thread(google.auth.default, scopes=[SCOPE])
        except GoogleAuthError as error:
            raise CouldNotLook(f"Google's credentials cannot be used ({type(error).__name__}): {ADVICE}.") from error
        channel: Channel = create_channel(address, credentials=self._credentials, options=OPTIONS)
        return channel


def _load(library: str) -> None:
    """Imports a library, in a thread, and lets the event loop go on meanwhile.

    What would hold it up longest is the garbage collector, which looks through everything again and again while a
    library is made; none of that ever becomes garbage, so it is told to leave it alone from then on.
    """
    # Nothing here goes on in a forked process; without this, each process that is started is remarked upon.
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
    gc.disable()
    try:
        importlib.import_module(library)
        gc.freeze()
    finally:
        gc.enable()


@asynccontextmanager
async def asking(api: Api, *, permission: str, until: float, seconds: float, absent: str = "") -> AsyncIterator[None]:
    """Raises `CouldNotLook` for whatever goes wrong with calls to an API whose libraries are loaded.

    `permission` is what the calls need; `until` the moment of the event loop's clock at which nobody waits any more,
    `seconds` how long that was; `absent` is said when what was asked for does not exist.
    """
    from google.api_core.exceptions import GoogleAPICallError
    from google.auth.exceptions import GoogleAuthError

    try:
        async with asyncio.timeout_at(until):
            yield
    except TimeoutError as error:
        raise CouldNotLook(_silent(api, seconds)) from error
    except GoogleAPICallError as error:
        raise CouldNotLook(_told(api, error, permission, seconds, absent)) from error
    except GoogleAuthError as error:
        raise CouldNotLook(f"Google's credentials cannot be used ({type(error).__name__}): {ADVICE}.") from error


def deadline(seconds: float) -> float:
    """The moment of the event loop's clock that is so many seconds away."""
    return asyncio.get_running_loop().time() + seconds


def nonsense(api: Api, what: str) -> CouldNotLook:
    """What is raised for an answer that cannot be; `what` says what is wrong with it."""
    return CouldNotLook(f"{api.title} answered {what}, which makes no sense; look again in a moment.")


def _silent(api: Api, seconds: float) -> str:
    return f"{api.title} did not answer within {seconds:g} s; look again in a moment."


def _told(api: Api, error: "GoogleAPICallError", permission: str, seconds: float, absent: str) -> str:
    """An error of Google's as a sentence for whoever is on call."""
    code = error.grpc_status_code.name if error.grpc_status_code else type(error).__name__
    match code:
        case "PERMISSION_DENIED":
            return _forbidden(api, error, permission)
        case "UNAUTHENTICATED":
            return f"{api.title} does not take Google's credentials; {ADVICE}."
        case "RESOURCE_EXHAUSTED":
            return _too_much(api, error)
        case "NOT_FOUND":
            return absent or f"{api.title} knows no such project or region; check GOOGLE_CLOUD_PROJECT and `region`."
        case "DEADLINE_EXCEEDED":
            return _silent(api, seconds)
        case "UNAVAILABLE":
            return f"{api.title} cannot be reached; look again in a moment."
        case "INVALID_ARGUMENT":
            return f"{api.title} does not understand opsbot's question; that is opsbot's mistake, please report it."
        case _:
            return f"{api.title} failed ({code}); look again in a moment."


def _forbidden(api: Api, error: "GoogleAPICallError", permission: str) -> str:
    if error.reason == "SERVICE_DISABLED":
        return f"{api.title} is switched off in this project; enable {api.host} there."
    return f"{api.title} refuses: opsbot's service account lacks {permission}; grant it {api.role}."


def _too_much(api: Api, error: "GoogleAPICallError") -> str:
    if "larger than max" in str(error):
        return f"{api.title} has more to say than can be read at once; look at a shorter time."
    return f"{api.title}'s quota for reading is used up; look again in a minute."
