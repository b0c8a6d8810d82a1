"""The composition root: the one module that knows every part, and puts them together."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from slack_bolt.async_app import AsyncApp

from bot.condition import Condition
from bot.doctor import Doctor
from bot.domain.clock import Clock
from bot.domain.effect import Whisper
from bot.domain.errors import Retry
from bot.domain.examine import Examine
from bot.domain.message import Message
from bot.freeze_page import FreezePage
from bot.garbage import leave_alone_what_stays
from bot.heartbeat import beating
from bot.organisation import Organisation
from bot.outside import Outside, outside_of
from bot.progress import Progress
from bot.setting_values import several
from bot.settings import Mode, Settings, Transport
from bot.slack.connection import SocketConnections
from bot.slack.http import SignedRequests
from bot.slack.identity import Identity
from bot.slack.signature import Signatures
from bot.status_pages import StatusPages
from bot.store.database import open_database
from bot.store.housekeeping import prune
from bot.store.leadership import DatabaseInUse, leadership_of
from bot.store.migrate import DatabaseUnusable, migrate
from bot.store.points import Points, no_points
from bot.store.unit_of_work import DatabaseDown, Store
from bot.web import AddressTaken, Endpoint, Pages, address_of, listening, serving
from handlers.admission import Admission
from handlers.desk import desk_over, webhooks_over
from handlers.provide import Door, provide
from handlers.spoken import Called, Desk, Filled, Pressed, Said
from handlers.webhooks import Webhooks
from playbooks import Catalogue
from playbooks import load as load_playbooks
from playbooks.named_kinds import mistaken_kinds
from playbooks.receipts import Receipts
from playbooks.timetable import Timetable
from playbooks.vocabulary import vocabulary
from scheduler.clock import Ticking
from scheduler.due import Due
from scheduler.outcome import Settle
from scheduler.relay import Relay
from scheduler.watch import Watch

log = structlog.get_logger(__name__)

WARMING = 10.0
"""Seconds in which Slack should have said who the bot is; it is asked again with the first delivery otherwise."""


class CannotStart(Exception):
    """Something the bot needs is not there; the text says what, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Bot:
    """A bot that is put together and runs until its block ends."""

    store: Store
    relay: Relay
    address: str
    """Where its HTTP side listens."""
    sockets: SocketConnections | None
    ticking: Ticking

    async def next_due(self) -> datetime | None:
        """When the clock has something to do next, once it has done what it is at."""
        return await self.ticking.next_due()

    def hears(self) -> bool:
        """Whether Slack reaches it."""
        return self.sockets is None or self.sockets.connected()


@dataclass(frozen=True, kw_only=True)
class _Ears:
    """How Slack reaches the bot: over sockets, or with signed requests."""

    sockets: SocketConnections | None
    requests: SignedRequests | None


@contextlib.asynccontextmanager
async def running(
    settings: Settings, organisation: Organisation, clock: Clock, *, points: Points = no_points
) -> AsyncIterator[Bot]:
    """A running bot. Raises `CannotStart`; a part that ends by itself ends the block with its error."""
    if mistaken := mistaken_kinds(organisation.changes):
        raise CannotStart("\n".join(mistaken))
    listener = _listener(settings)
    organisation = as_told(organisation, settings)
    catalogue = load_playbooks(vocabulary(organisation.changes.declared), settings.playbooks)
    timetable = Timetable(organisation, catalogue)
    for mistake in (*catalogue.mistakes, *timetable.mistakes):
        log.warning("a playbook has a mistake", mistake=str(mistake))
    async with _store(settings, clock, points) as store, outside_of(settings, organisation, store) as outside:
        relay = relay_of(settings, organisation, catalogue, store, outside)
        due = Due(store=store, organisation=organisation, timetable=timetable)
        ticking = _ticking(
            settings, due, store, relay, Watch(store=store, organisation=organisation, timetable=timetable)
        )
        progress = Progress(store=store, leads=lambda: relay.leads, turned=relay.since_turn, ticked=ticking.since_tick)
        desk = desk_over(store, organisation=organisation, catalogue=catalogue)
        door = _door(desk, store, outside.identity)
        with contextlib.suppress(DatabaseDown):
            await door.admission.expect()
            await due.expect()
        provide(outside.bolt, door)
        ears = _ears(settings, outside.bolt, clock)
        bot = Bot(store=store, relay=relay, address=address_of(listener), sockets=ears.sockets, ticking=ticking)
        async with (
            _served(bot, ears, _webhooks(settings, desk, store), _public(settings, desk, store), listener, progress),
            _relaying(relay),
            _at_work(ears, ticking, outside.identity),
            beating(settings.heartbeat_url, progress, within=settings.http_timeout_seconds),
        ):
            yield bot


async def serve_until_told(settings: Settings, organisation: Organisation, clock: Clock) -> None:
    """Runs the bot until the process is told to stop."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, told.set)
    async with running(settings, organisation, clock) as bot:
        leave_alone_what_stays()
        log.info("opsbot runs", address=bot.address, mode=settings.mode, transport=settings.slack_transport)
        await told.wait()
        log.info("opsbot stops")


def _listener(settings: Settings) -> socket.socket:
    try:
        return listening(settings.listen.host, settings.listen.port)
    except AddressTaken as error:
        raise CannotStart(str(error)) from error


@contextlib.asynccontextmanager
async def _store(settings: Settings, clock: Clock, points: Points) -> AsyncIterator[Store]:
    url = settings.database_url.get_secret_value()
    try:
        await asyncio.to_thread(migrate, url)
    except DatabaseUnusable as error:
        raise CannotStart(str(error)) from error
    database = open_database(url)
    store = Store(database, clock, points=points)
    try:
        yield store
    finally:
        await store.close()


def as_told(organisation: Organisation, settings: Settings) -> Organisation:
    """The operator's file, and what of the settings people must see."""
    writes = bool(settings.github_token)
    answers_others = bool(settings.pagerduty_api_token and settings.pagerduty_from)
    paging = replace(organisation.paging, answers_others=answers_others)
    return replace(organisation, observing=settings.mode is Mode.OBSERVE, writes_to_github=writes, paging=paging)


def relay_of(
    settings: Settings, organisation: Organisation, catalogue: Catalogue, store: Store, outside: Outside
) -> Relay:
    """What carries the outbox out, to the outside as it is configured."""
    receipts = Receipts(store=store, organisation=organisation, catalogue=catalogue)
    return Relay(
        store=store,
        leadership=leadership_of(store.database, lease_seconds=settings.lease_seconds),
        executors={**outside.executors, Examine: Doctor(settings, organisation, store.clock).examine},
        received=receipts.received,
        buried=receipts.buried,
        held=receipts.held,
        settle=Settle(seconds=settings.settle_seconds, urgent_seconds=settings.urgent_settle_seconds),
        concurrency=settings.relay_concurrency,
        poll_seconds=settings.poll_seconds,
        shutdown_seconds=settings.shutdown_seconds,
    )


def _ticking(settings: Settings, due: Due, store: Store, relay: Relay, watch: Watch) -> Ticking:
    async def tidy() -> None:
        await prune(store, timedelta(days=settings.keep_days))

    return Ticking(due=due, store=store, clock=store.clock, leads=lambda: relay.leads, prune=tidy, watch=watch.look)


def _door(desk: Desk, store: Store, identity: Identity) -> Door:
    async def whisper(message: Message, answered: Pressed | Said | Filled | Called, channel: str, thread: str) -> None:
        effect = Whisper(channel=channel, user=answered.user, message=message, thread_ts=thread or None)
        async with store.begin() as unit:
            await unit.outbox.put(effect, key=f"answer/{answered.delivery.source}/{answered.delivery.key}")

    organisation, team = desk.organisation, identity.team
    admission = Admission(store=store, organisation=organisation, incidents=desk.incidents, team=team)
    return Door(desk=desk, admission=admission, whisper=whisper, address=identity.address, clock=store.clock)


def _webhooks(settings: Settings, desk: Desk, store: Store) -> Webhooks:
    secrets, tokens = several(settings.pagerduty_webhook_secret), several(settings.alertmanager_token)
    return webhooks_over(store, desk, secrets=secrets, tokens=tokens)


def _public(settings: Settings, desk: Desk, store: Store) -> Mapping[str, Endpoint]:
    """What anybody may read. There is no status page beside Statuspage, so that customers are never told two things."""
    freeze = {"/freeze/{service}": FreezePage(store=store, organisation=desk.organisation).answer}
    if settings.statuspage_api_key:
        return freeze
    status = StatusPages(store=store, organisation=desk.organisation)
    return {**freeze, "/status": status.page, "/status.json": status.data}


def _ears(settings: Settings, bolt: AsyncApp, clock: Clock) -> _Ears:
    if settings.slack_transport is Transport.HTTP:
        signatures = Signatures([settings.slack_signing_secret.get_secret_value()], clock)
        return _Ears(sockets=None, requests=SignedRequests(bolt, signatures))
    sockets = SocketConnections(
        bolt,
        app_token=settings.slack_app_token.get_secret_value(),
        connections=settings.socket_connections,
        ping=settings.socket_ping_seconds,
    )
    return _Ears(sockets=sockets, requests=None)


@contextlib.asynccontextmanager
async def _served(
    bot: Bot,
    ears: _Ears,
    webhooks: Webhooks,
    public: Mapping[str, Endpoint],
    listener: socket.socket,
    progress: Progress,
) -> AsyncIterator[None]:
    """The HTTP side answers within the block."""
    condition = Condition(bot.store, progress=progress, hears=bot.hears, refused=lambda: webhooks.refused)
    pages = Pages(
        troubles=condition.troubles,
        figures=condition.figures,
        slack=ears.requests.answer if ears.requests else None,
        webhooks={"pagerduty": webhooks.pagerduty, "alertmanager": webhooks.alertmanager},
        public=public,
    )
    try:
        async with asyncio.TaskGroup() as group, serving(pages.app(), listener) as serve:
            group.create_task(serve())
            yield
    except* CannotStart as group_of_errors:
        raise CannotStart(str(group_of_errors.exceptions[0])) from group_of_errors


@contextlib.asynccontextmanager
async def _relaying(relay: Relay) -> AsyncIterator[None]:
    """The relay runs within the block; when it ends by itself, so does the block."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(relay.run())
            try:
                yield
            finally:
                relay.stop()
    except* DatabaseInUse as group_of_errors:
        raise CannotStart(str(group_of_errors.exceptions[0])) from group_of_errors


@contextlib.asynccontextmanager
async def _at_work(ears: _Ears, ticking: Ticking, identity: Identity) -> AsyncIterator[None]:
    """Hears Slack and keeps time within the block."""
    warming = asyncio.create_task(_warm(identity))
    if ears.sockets:
        await ears.sockets.start()
    ticking.start()
    try:
        yield
    finally:
        await ticking.stop()
        if ears.sockets:
            await ears.sockets.stop()
        warming.cancel()


async def _warm(identity: Identity) -> None:
    """Learns who the bot is before the first delivery has to wait for it."""
    with contextlib.suppress(Retry, TimeoutError):
        async with asyncio.timeout(WARMING):
            await identity.known()
