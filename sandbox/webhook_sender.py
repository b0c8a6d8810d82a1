"""Sends webhooks to the bot as their vendors do: in order for each subject, again while they are not taken."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import aiohttp

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.log import Log

TARGET = "webhook"
"""What faults call the way of webhooks to the bot; their method is the webhook's name."""


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A request to be made; those about one `subject` arrive in order.

    `retries` are the seconds of business time that its vendor lets pass before each further try.
    """

    name: str
    subject: str
    path: str
    body: bytes
    headers: Mapping[str, str]
    retries: Sequence[float]


class WebhookSender:
    """The way of webhooks to the bot. What is answered with 4xx is dropped; without an address nothing is sent."""

    def __init__(self, *, clock: SandboxClock, faults: Faults, log: Log, patience: float = 5.0) -> None:
        """`patience` is the machine's seconds for an answer; PagerDuty's, too."""
        self._clock = clock
        self._faults = faults
        self._log = log
        self._patience = patience
        self._address = ""
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: Counter[str] = Counter()
        """Webhooks that are not settled, by subject."""
        self._due: dict[str, float] = {}
        """When the next try of a subject is due; not in it when one is made now."""
        self._moved = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None

    def send_to(self, address: str) -> None:
        """Where the bot listens from now on, such as http://127.0.0.1:8080."""
        self._address = address.rstrip("/")

    def send(self, webhook: Webhook) -> None:
        """Sends it as soon as those before it about the same subject are done with."""
        if not self._address:
            return
        self._under_way[webhook.subject] += 1
        task = asyncio.create_task(self._see_to(webhook))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way, and no further try is due."""
        now = self._clock.now().timestamp()
        return all(self._due.get(subject, now) > now for subject in self._under_way)

    async def idle(self) -> None:
        """Returns at a moment at which nothing is under way or due."""
        while not self.is_idle:
            self._moved.clear()
            await self._moved.wait()

    async def stop(self) -> None:
        """Hangs up; what was not taken is lost."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()
            self._session = None

    async def _see_to(self, webhook: Webhook) -> None:
        try:
            async with self._turns[webhook.subject]:
                await self._try(webhook)
        finally:
            self._under_way[webhook.subject] -= 1
            self._under_way += Counter()
            self._moved.set()

    async def _try(self, webhook: Webhook) -> None:
        for wait in (*webhook.retries, None):
            if self._is_settled(await self._delivered(webhook)) or wait is None:
                return
            await self._rest(webhook.subject, wait)

    async def _delivered(self, webhook: Webhook) -> int:
        """The status of the answer; 0 when there was none. A fault may make it arrive twice."""
        status = await self._tried(webhook)
        if self._faults.strike_of("duplicate_delivery", TARGET, webhook.name):
            await self._tried(webhook)
        return status

    async def _tried(self, webhook: Webhook) -> int:
        status = 0
        if not self._faults.strike_of("drop_before", TARGET, webhook.name):
            status = await self._posted(webhook)
        if self._faults.strike_of("drop_after", TARGET, webhook.name):
            status = 0
        error = None if 0 < status < HTTPStatus.BAD_REQUEST else f"HTTP {status}" if status else "no answer"
        self._log.note("webhook", webhook.name, error=error, status=status, detail={"path": webhook.path})
        return status

    async def _posted(self, webhook: Webhook) -> int:
        if self._session is None:
            # trust_env stays off: a proxy has no business between two processes of one machine.
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._patience))
        url = f"{self._address}{webhook.path}"
        try:
            async with self._session.post(url, data=webhook.body, headers=webhook.headers) as response:
                return response.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0

    @staticmethod
    def _is_settled(status: int) -> bool:
        """Taken, or refused for good; 429 is no refusal for good."""
        return 0 < status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS

    async def _rest(self, subject: str, seconds: float) -> None:
        self._due[subject] = self._clock.now().timestamp() + seconds
        self._moved.set()
        await self._clock.sleep_until(datetime.fromtimestamp(self._due[subject], UTC))
        del self._due[subject]
