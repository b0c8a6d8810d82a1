"""Idle connections are ended over the practice ground by the bot's own clients, for as long as that helps."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.plan import Risk
from playbooks.changes.kill_idle import KILL_IDLE
from playbooks.changes.kill_idle_in_transaction import KILL_IDLE_IN_TRANSACTION
from sandbox.postgres_server import PostgresServer
from tests.database_workshop import database_workshop
from tests.workshop import Workshop


@pytest.fixture
async def shop(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Workshop]:
    async with database_workshop(sqlite_store_url, postgres_server) as shop:
        yield shop


def taken(shop: Workshop) -> tuple[int, int]:
    load = shop.over.ground.platform.load().database
    return load.used, load.usable


async def test_an_exhausted_pool_has_room_again_until_the_leak_has_taken_it(shop: Workshop) -> None:
    shop.breaks("connection-leak", minutes=15)
    used, usable = taken(shop)
    assert used == usable

    plan = await shop.plan(KILL_IDLE, "")
    assert plan.risk is Risk.DISRUPTIVE
    assert plan.differences[0].startswith("agent-runtime: 20, idle for")
    done = await shop.carry_out(KILL_IDLE, plan)
    assert done.says == "Ended 20 connections."
    verified = await shop.verify(KILL_IDLE, plan)
    assert verified.helped
    assert taken(shop)[0] <= usable - 20
    assert not shop.over.ground.platform.load().database.exhausted

    shop.over.pass_minutes(3)
    assert taken(shop)[0] == usable, "the leak is still there"
    shop.past = tuple(
        replace(each, ended_at=shop.over.now - timedelta(minutes=3)) for each in shop.begun(plan, times=1)
    )
    again = await shop.plan(KILL_IDLE, "")
    assert "CHG-1 ended some 3 min ago, and there are as many again: something leaks." in again.warnings


async def test_connections_that_come_back_at_once_are_told(shop: Workshop) -> None:
    shop.breaks("connection-leak", minutes=15)
    plan = await shop.plan(KILL_IDLE, "")
    await shop.carry_out(KILL_IDLE, plan)
    shop.over.pass_minutes(2)

    found = await KILL_IDLE.verify(shop.over.world, plan, shop.over.now - timedelta(minutes=2))
    assert found.helped is False
    assert "they came back" in found.found[0]


async def test_nothing_idle_is_said_with_the_time_that_finds_some(shop: Workshop) -> None:
    shop.breaks("connection-leak", minutes=15)
    plan = await shop.plan(KILL_IDLE, "60m")

    assert plan.nothing_to_do.startswith("No connection is idle for more than 1 h;")
    assert plan.nothing_to_do.endswith("/ops db kill-idle 14m")
    assert (await shop.plan(KILL_IDLE_IN_TRANSACTION, "")).nothing_to_do
