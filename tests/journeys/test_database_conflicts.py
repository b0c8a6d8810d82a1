"""Changes of the database that somebody or something comes between: lost answers, failed operations, other hands."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.errors import GiveUp, Superseded
from bot.domain.incident import Incident, Severity
from bot.domain.plan import Plan
from playbooks.changes import CHANGES
from sandbox.faults import Fault
from sandbox.postgres_server import PostgresServer
from sandbox.world.spec import INSTANCE
from tests.database_workshop import database_workshop
from tests.workshop import Workshop


@pytest.fixture
async def shop(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Workshop]:
    async with database_workshop(sqlite_store_url, postgres_server) as shop:
        yield shop


async def restoring(shop: Workshop) -> Plan:
    """A plan to overwrite production, with a fresh backup to go back to."""
    shop.incident = Incident(
        number=1,
        title="Data is gone",
        severity=Severity.CRITICAL,
        declared_by="U0ANA",
        declared_at=shop.over.now,
        severity_since=shop.over.now,
    )
    old = next(each for each in shop.over.ground.platform.backups() if each.status == "SUCCESSFUL")
    await shop.carry_out(CHANGES["backup"], await shop.plan(CHANGES["backup"], ""))
    return await shop.plan(CHANGES["restore"], str(old.id))


async def plans(shop: Workshop) -> AsyncIterator[tuple[Plan, str]]:
    """Plans one after the other, each with what it asks of Cloud SQL; replicas come last, for they forbid a restore."""
    yield await restoring(shop), "POST *"
    yield await shop.plan(CHANGES["max-connections"], "400"), "PATCH *"
    yield await shop.plan(CHANGES["replica"], ""), "POST *"


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "http_503"])
async def test_a_lost_answer_changes_nothing_twice(shop: Workshop, fault: str) -> None:
    ground = shop.over.ground
    async for plan, method in plans(shop):
        begun = len(ground.platform.operations())
        ground.faults.add(Fault(name="once", kind=fault, target="cloud_sql", method=method, times=1))
        await shop.carry_out(CHANGES[plan.kind], plan)
        assert not list(ground.faults), plan.kind
        assert len(ground.platform.operations()) == begun + 1, plan.kind
        shop.over.pass_minutes(10)


async def test_an_operation_that_fails_is_told(shop: Workshop) -> None:
    async for plan, _ in plans(shop):
        # The practice ground fails at instances that are there already; making one is not of them.
        if plan.kind == "replica":
            break
        shop.over.ground.faults.add(Fault(name="once", kind="operation_fails", target="cloud_sql", times=1))
        with pytest.raises(GiveUp, match="Cloud SQL could not do it"):
            await shop.carry_out(CHANGES[plan.kind], plan)
        shop.over.pass_minutes(1)
    instance = shop.over.ground.platform.instances()[INSTANCE]
    assert instance.data_of is None
    assert instance.settings.flags["max_connections"] != "400"


async def test_flags_that_somebody_set_after_the_plan_stay(shop: Workshop) -> None:
    platform = shop.over.ground.platform
    plan = await shop.plan(CHANGES["max-connections"], "400")
    flags = {**platform.instances()[INSTANCE].settings.flags, "log_min_duration_statement": "500"}
    platform.patch_database(INSTANCE, replace(platform.instances()[INSTANCE].settings, flags=flags))
    shop.over.pass_minutes(5)
    with pytest.raises(Superseded):
        await shop.carry_out(CHANGES["max-connections"], plan)
    assert platform.instances()[INSTANCE].settings.flags == flags


async def test_sessions_that_were_ended_unseen_are_not_ended_twice(shop: Workshop) -> None:
    shop.breaks("connection-leak", minutes=15)
    plan = await shop.plan(CHANGES["kill-idle"], "")
    await shop.carry_out(CHANGES["kill-idle"], plan)
    left = shop.over.ground.platform.load().database.used
    await shop.carry_out(CHANGES["kill-idle"], plan, look=True)
    assert shop.over.ground.platform.load().database.used == left
