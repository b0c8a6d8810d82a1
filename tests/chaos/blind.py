"""A bot that only relays, with open eyes or without ever looking whether something was done already."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from bot.domain.effect import Attempt, Effect, Receipt
from bot.organisation import Organisation
from bot.outside import outside_of
from bot.settings import Settings
from bot.store.database import open_database
from bot.store.leadership import leadership_of
from bot.store.points import Points
from bot.store.unit_of_work import Store
from playbooks import load
from playbooks.receipts import Receipts
from playbooks.vocabulary import vocabulary
from sandbox.clock import FollowedClock
from scheduler.carrier import Executor
from scheduler.outcome import Settle
from scheduler.relay import Relay

Eyes = Callable[[Executor], Executor]


async def seeing(
    settings: Settings, organisation: Organisation, clock: FollowedClock, points: Points, told: asyncio.Event
) -> None:
    """A life that only relays."""
    await _relay(settings, organisation, clock, points, told, _open)


async def blind(
    settings: Settings, organisation: Organisation, clock: FollowedClock, points: Points, told: asyncio.Event
) -> None:
    """The same life, except that every attempt is carried out as if it were the first."""
    await _relay(settings, organisation, clock, points, told, _shut)


def _open(executor: Executor) -> Executor:
    return executor


def _shut(executor: Executor) -> Executor:
    async def carry_out(effect: Effect, attempt: Attempt) -> Receipt:
        return await executor(effect, replace(attempt, look=False))

    return carry_out


async def _relay(
    settings: Settings,
    organisation: Organisation,
    clock: FollowedClock,
    points: Points,
    told: asyncio.Event,
    eyes: Eyes,
) -> None:
    store = Store(open_database(settings.database_url.get_secret_value()), clock, points=points)
    receipts = Receipts(store=store, organisation=organisation, catalogue=load(vocabulary(), settings.playbooks))
    async with outside_of(settings, organisation, store) as outside:
        relay = Relay(
            store=store,
            leadership=leadership_of(store.database, lease_seconds=settings.lease_seconds),
            executors={kind: eyes(executor) for kind, executor in outside.executors.items()},
            received=receipts.received,
            buried=receipts.buried,
            settle=Settle(seconds=settings.settle_seconds, urgent_seconds=settings.urgent_settle_seconds),
        )
        running = asyncio.create_task(relay.run())
        await told.wait()
        relay.stop()
        await running
    await store.close()
