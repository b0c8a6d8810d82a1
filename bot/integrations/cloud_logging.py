"""Cloud Logging: what services wrote, what the platform says about them, and who changed what, read over its API."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.clock import Clock
from bot.domain.evidence import CouldNotLook
from bot.domain.log_entry import LogEntry, LogPage
from bot.integrations.cloud_logging_reading import entry_of
from bot.integrations.google_channel import Api, GoogleChannels, asking, deadline, nonsense
from bot.integrations.google_filter import (
    AllOf,
    AnyOf,
    Compared,
    Field,
    Filter,
    Not,
    Present,
    Sign,
    same,
    written,
)
from bot.integrations.read_quota import ReadQuota

if TYPE_CHECKING:
    from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2AsyncClient
    from google.cloud.logging_v2.types import ListLogEntriesResponse

LOGGING = Api(
    title="Cloud Logging",
    host="logging.googleapis.com",
    role="roles/logging.viewer",
    libraries=("google.cloud.logging_v2.services.logging_service_v2", "google.cloud.audit.audit_log_pb2"),
)
PERMISSION = "logging.logEntries.list"
PAGE = 1000
"""Entries in one answer; the most that Cloud Logging allows."""
READS_PER_MINUTE = 30
"""Google allows a project 60; others read too."""
AT_ONCE = 50
"""Entries that are read without letting anybody else go on."""
SERVICE = same(Field.RESOURCE, "cloud_run_revision")
TROUBLE = "Traceback|panic:|FATAL|Unhandled"
"""What stderr says when something is wrong, though its lines have no severity."""
AUDITED = ("run.googleapis.com", "cloudsql.googleapis.com")


class CloudLogging:
    """The log of one project. Every look says from when to when, and how many entries at most."""

    def __init__(
        self, *, channels: GoogleChannels, project: str, endpoint: str | None, timeout: float, clock: Clock
    ) -> None:
        """`endpoint` is a local stand-in (host:port); `timeout` in seconds for one look, however many answers it takes."""
        self._channels = channels
        self._project = project
        self._endpoint = endpoint
        self._timeout = timeout
        self._clock = clock
        self._reads = ReadQuota(clock, most=READS_PER_MINUTE, within=timedelta(minutes=1))
        self._client: LoggingServiceV2AsyncClient | None = None

    async def warm(self) -> None:
        """Loads what is heavy, so that the first look does not wait for it."""
        await self._ready()

    async def errors(self, service: str, *, since: datetime, until: datetime, most: int = 1000) -> LogPage:
        """Errors, and what stderr says without a severity that reads like one; of all services when it is empty.

        A failed request stands in here only if the platform says why; the service's own words stand beside it.
        """
        unjudged = (
            self._in_log("run.googleapis.com%2Fstderr"),
            same(Field.SEVERITY, "DEFAULT"),
            Compared(field=Field.TEXT, sign=Sign.MATCHES, value=TROUBLE),
        )
        judged = Compared(field=Field.SEVERITY, sign=Sign.AT_LEAST, value="ERROR")
        wordless = AllOf((self._in_log("run.googleapis.com%2Frequests"), Not(part=Present(field=Field.TEXT))))
        parts = (*_of(service), AnyOf((judged, AllOf(unjudged))), Not(part=wordless))
        return await self._read(parts, since, until, most)

    async def requests(
        self, service: str, *, since: datetime, until: datetime, statuses: tuple[int, int], most: int = 1000
    ) -> LogPage:
        """Requests answered with a status from the first to the last of `statuses`, inclusive."""
        first, last = statuses
        parts = (
            *_of(service),
            self._in_log("run.googleapis.com%2Frequests"),
            Compared(field=Field.STATUS, sign=Sign.AT_LEAST, value=first),
            Compared(field=Field.STATUS, sign=Sign.AT_MOST, value=last),
        )
        return await self._read(parts, since, until, most)

    async def system(self, service: str, *, since: datetime, until: datetime, most: int = 200) -> LogPage:
        """What the platform says about a service's containers: out of memory, failed starts."""
        parts = (*_of(service), self._in_log("run.googleapis.com%2Fvarlog%2Fsystem"))
        return await self._read(parts, since, until, most)

    async def changes(self, *, since: datetime, until: datetime, most: int = 200) -> LogPage:
        """Audit entries of changes to services and databases: who did what."""
        audited = AnyOf(tuple(same(Field.AUDITED, each) for each in AUDITED))
        return await self._read((self._in_log("cloudaudit.googleapis.com%2Factivity"), audited), since, until, most)

    async def examine(self) -> str:
        """Reads one entry; raises `CouldNotLook` with what to grant."""
        now = self._clock.now()
        await self._read((self._in_log("cloudaudit.googleapis.com%2Factivity"),), now, now, 1)
        return "Cloud Logging answers."

    async def close(self) -> None:
        """Takes no more calls; the channels belong to others too and are closed by whoever made them."""
        self._client = None

    async def _read(self, parts: Sequence[Filter], since: datetime, until: datetime, most: int) -> LogPage:
        client = await self._ready()
        when = (
            Compared(field=Field.AT, sign=Sign.AT_LEAST, value=since),
            Compared(field=Field.AT, sign=Sign.BEFORE, value=until),
        )
        request = {
            "resource_names": [f"projects/{self._project}"],
            "filter": written(AllOf((*parts, *when))),
            "order_by": "timestamp desc",
            "page_size": min(most, PAGE),
        }
        end = deadline(self._timeout)
        await self._turn(end)
        found: list[LogEntry] = []
        async with asking(LOGGING, permission=PERMISSION, until=end, seconds=self._timeout):
            pager = await client.list_log_entries(request=request, retry=None, timeout=self._timeout)
            async for page in pager.pages:
                found.extend(await _entries(page))
                if len(found) >= most or not page.next_page_token:
                    break
                await self._turn(end)
        return LogPage(entries=tuple(found[:most]), truncated=len(found) > most or bool(page.next_page_token))

    async def _turn(self, end: float) -> None:
        """Waits until the quota allows another call, but not beyond the end."""
        try:
            async with asyncio.timeout_at(end):
                await self._reads.turn()
        except TimeoutError as error:
            raise CouldNotLook(
                "Cloud Logging was asked too often in this minute; look again in the next one."
            ) from error

    async def _ready(self) -> "LoggingServiceV2AsyncClient":
        channel = await self._channels.channel(LOGGING, self._endpoint)
        # No await from here on: every client adds an interceptor to its channel, so there is to be one only.
        if self._client is None:
            from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2AsyncClient
            from google.cloud.logging_v2.services.logging_service_v2.transports import (
                LoggingServiceV2GrpcAsyncIOTransport,
            )

            transport = LoggingServiceV2GrpcAsyncIOTransport(channel=channel)
            self._client = LoggingServiceV2AsyncClient(transport=transport)
        return self._client

    def _in_log(self, name: str) -> Filter:
        return same(Field.LOG, f"projects/{self._project}/logs/{name}")


def _of(service: str) -> tuple[Filter, ...]:
    """What a service wrote; what any of them wrote, when it is empty."""
    return (SERVICE, same(Field.SERVICE, service)) if service else (SERVICE,)


async def _entries(page: "ListLogEntriesResponse | None") -> list[LogEntry]:
    """The entries of a page, read without holding up the event loop."""
    if page is None:
        raise nonsense(LOGGING, "something that is no list of entries")
    raw = list(page.entries)
    found: list[LogEntry] = []
    for start in range(0, len(raw), AT_ONCE):
        found.extend(map(entry_of, raw[start : start + AT_ONCE]))
        await asyncio.sleep(0)
    return found
