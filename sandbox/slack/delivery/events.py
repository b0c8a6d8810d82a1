"""Events on their way to the app: delivered, and retried three times where they are not taken."""

import asyncio
import copy
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf
from sandbox.slack.delivery.courier import Courier
from sandbox.slack.delivery.envelope import Ack, Envelope
from sandbox.slack.delivery.hearing import hears
from sandbox.slack.desk import Desk
from sandbox.slack.news import News

RETRIES = (0, 60, 300)
"""Seconds of business time before each retry; source: docs.slack.dev, Events API."""


@dataclass(kw_only=True)
class PendingEvent:
    """An event the app has not taken yet; `due` is when it is tried next, in seconds."""

    id: str
    event: JsonObject
    happened_at: int
    due: float
    attempt: int = 0
    reason: str = ""
    is_under_way: bool = False

    def frozen(self) -> JsonObject:
        return {**asdict(self), "is_under_way": False}


class Events:
    """Everything that happened and that the app has a right to hear of."""

    def __init__(self, desk: Desk, *, archive: Archive, courier: Courier) -> None:
        self._app = desk.app
        self._workspace = desk.workspace
        self._clock = desk.clock
        self._courier = courier
        self._pending = Shelf[PendingEvent](archive, "event", PendingEvent.frozen, lambda kept: PendingEvent(**kept))
        self._tasks: set[asyncio.Task[None]] = set()
        self._moved = asyncio.Event()
        desk.noticeboard.subscribe(self._hear)

    def start(self) -> None:
        """Goes on with the events that were not taken before the practice ground stopped."""
        for event in self._pending:
            self._begin(event)

    async def stop(self) -> None:
        """Stops trying; what was not taken is kept."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _hear(self, news: News) -> None:
        """Sends the app an event of what happened, if it may hear of it."""
        if not hears(self._app, self._workspace, news):
            return
        now = self._clock.now().timestamp()
        event_id = f"Ev{uuid4().hex[:10].upper()}"
        event = PendingEvent(id=event_id, event=copy.deepcopy(news.event), happened_at=int(now), due=now)
        self._pending.put(event.id, event)
        self._begin(event)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way or due."""
        now = self._clock.now().timestamp()
        return not any(event.is_under_way or event.due <= now for event in self._pending)

    async def idle(self) -> None:
        """Returns at a moment at which nothing is under way or due."""
        while not self.is_idle:
            self._moved.clear()
            await self._moved.wait()

    def _begin(self, event: PendingEvent) -> None:
        task = asyncio.create_task(self._see_to(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _see_to(self, event: PendingEvent) -> None:
        """Tries until the event is taken or given up."""
        is_settled = False
        while not is_settled:
            await self._clock.sleep_until(datetime.fromtimestamp(event.due, UTC))
            event.is_under_way = True
            ack = await self._courier.deliver(self._envelope(event))
            event.is_under_way = False
            is_settled = self._settle(event, ack)
            self._moved.set()

    def _settle(self, event: PendingEvent, ack: Ack) -> bool:
        """Whether that was the last attempt; otherwise says when the next one is."""
        if ack.ok or ack.wants_no_retry or event.attempt == len(RETRIES):
            self._pending.remove(event.id)
            return True
        event.due = self._clock.now().timestamp() + RETRIES[event.attempt]
        event.attempt += 1
        event.reason = ack.reason
        self._pending.put(event.id, event)
        return False

    def _envelope(self, event: PendingEvent) -> Envelope:
        return Envelope(
            kind="events_api",
            name=str(event.event["type"]),
            payload=self._payload(event),
            retry_attempt=event.attempt,
            retry_reason=event.reason,
        )

    def _payload(self, event: PendingEvent) -> JsonObject:
        team = self._workspace.team
        return {
            "token": "sandbox",
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": None,
            "api_app_id": self._app.id,
            "event": event.event,
            "type": "event_callback",
            "event_id": event.id,
            "event_time": event.happened_at,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": self._app.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{event.id}",
        }
