"""Changes of the platform's database, planned, carried out and verified over the practice ground by the bot's own clients."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import GiveUp, Refused, Superseded
from bot.domain.incident import Incident, Severity
from bot.domain.plan import Risk
from playbooks.changes.backup import BACKUP_NOW
from playbooks.changes.clone import CLONE
from playbooks.changes.kill_idle import KILL_IDLE
from playbooks.changes.max_connections import MAX_CONNECTIONS
from playbooks.changes.pool import POOL
from playbooks.changes.replica import REPLICA
from playbooks.changes.restore import RESTORE
from playbooks.changes.restore_test import RESTORE_TEST
from playbooks.changes.tier import TIER_OF_DATABASE
from sandbox.faults import Fault
from sandbox.postgres_server import PostgresServer
from sandbox.world.spec import INSTANCE, TEST_INSTANCE
from tests.database_workshop import database_workshop
from tests.workshop import Workshop

KINDS = {"tier": TIER_OF_DATABASE, "max-connections": MAX_CONNECTIONS}


@pytest.fixture
async def shop(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Workshop]:
    async with database_workshop(sqlite_store_url, postgres_server) as shop:
        yield shop


def critical(shop: Workshop) -> Incident:
    return Incident(
        number=1,
        title="Data is gone",
        severity=Severity.CRITICAL,
        services=("control-plane",),
        declared_by="U0ANA",
        declared_at=shop.over.now,
        severity_since=shop.over.now,
    )


async def test_plans_refuse_what_cannot_be_with_the_nearest_choice(shop: Workshop) -> None:
    for kind, words, says in (
        (KILL_IDLE, "plattform", "did you mean `platform`"),
        (KILL_IDLE, "30s", "There is no stretch of time `30s`"),
        (MAX_CONNECTIONS, "lots", "Name a number from 14"),
        (TIER_OF_DATABASE, "big", "is no tier"),
        (TIER_OF_DATABASE, "7-30000", "the nearest is 8 CPUs, 29.5 GB: /ops db scale db-custom-8-30208"),
        (CLONE, "soon", "Say first to which moment"),
        (CLONE, "09:00 Prod!", "cannot be the name of an instance"),
        (REPLICA, "one two", "Only the name of the replica"),
        (BACKUP_NOW, "please", "Only the database is named"),
    ):
        with pytest.raises(Refused) as refusal:
            shop.read(kind, words)
        assert says in str(refusal.value)
    for kind, words, says in (
        (MAX_CONNECTIONS, "9000", "no more than 600 at once"),
        (MAX_CONNECTIONS, "20", "connections are taken now; name"),
        (CLONE, "2026-01-01 09:00", "The nearest: /ops backup clone 2026-02-25 10:00"),
        (RESTORE_TEST, "4711", "There is no good backup `4711`; there are"),
        (RESTORE, "4711", "in an open critical incident only"),
    ):
        with pytest.raises(Refused) as refusal:
            await shop.plan(kind, words)
        assert says in str(refusal.value)


async def test_pools_are_planned_and_nothing_is_changed(shop: Workshop) -> None:
    assert (await shop.plan(POOL, "")).nothing_to_do.startswith("The pools fit: services may open")
    shop.over.ground.platform.scale("control-plane", least=2, most=40)
    plan = await shop.plan(POOL, "")

    assert plan.before.startswith("services may open 480 of 287 connections")
    assert plan.after.startswith("pools that fit are Control plane 5")
    assert plan.after in plan.nothing_to_do
    with pytest.raises(GiveUp):
        await POOL.carry_out(shop.hands, plan, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "words", "after"), [("tier", "8-32768", "db-custom-8-32768"), ("max-connections", "400", "400")]
)
async def test_what_restarts_the_database_is_set_and_taken_back(
    shop: Workshop, name: str, words: str, after: str
) -> None:
    kind, platform = KINDS[name], shop.over.ground.platform
    before = platform.instances()[INSTANCE].settings
    plan = await shop.plan(kind, words)
    assert plan.risk is Risk.DISRUPTIVE
    assert plan.because == ("it restarts the database",)
    await shop.carry_out(kind, plan)
    assert (await shop.verify(kind, plan)).helped
    settings = platform.instances()[INSTANCE].settings
    assert after in {settings.tier, settings.flags["max_connections"]}

    back = await shop.undoes(KINDS, kind, plan)
    await shop.carry_out(kind, back)
    assert replace(platform.instances()[INSTANCE].settings, version=before.version) == before
    assert (await shop.plan(kind, words)).nothing_to_do == ""


async def test_settings_that_were_changed_after_the_plan_need_a_new_one(shop: Workshop) -> None:
    platform = shop.over.ground.platform
    plan = await shop.plan(TIER_OF_DATABASE, "8-32768")
    platform.patch_database(INSTANCE, replace(platform.instances()[INSTANCE].settings, retained_backups=30))
    shop.over.pass_minutes(5)

    with pytest.raises(Superseded):
        await shop.carry_out(TIER_OF_DATABASE, plan)


async def test_a_failed_backup_is_made_good_and_made_once(shop: Workshop) -> None:
    shop.breaks("backup-failed")
    plan = await shop.plan(BACKUP_NOW, "")
    assert plan.risk is Risk.SAFE
    await shop.carry_out(BACKUP_NOW, plan)

    assert (await shop.verify(BACKUP_NOW, plan)).helped
    assert shop.broken == []
    assert (await shop.carry_out(BACKUP_NOW, plan)).says.startswith("Backup ")
    made = [each for each in shop.over.ground.platform.backups() if each.kind == "ON_DEMAND"]
    assert len(made) == 1
    assert "There is one already" in (await shop.plan(BACKUP_NOW, "")).nothing_to_do


async def test_lost_data_is_found_again_in_a_copy_of_the_minute_before(shop: Workshop) -> None:
    shop.breaks("lost-data", minutes=10)
    before = shop.over.now - timedelta(minutes=11)
    zone = shop.over.world.organisation.timezone
    plan = await shop.plan(CLONE, f"{before.astimezone(zone):%H:%M}")
    assert plan.undo.startswith("A person deletes it")
    await shop.carry_out(CLONE, plan)
    verified = await shop.verify(CLONE, plan)

    assert verified.helped
    assert any(line.startswith("users: 48,") and "more" in line for line in verified.found)
    copy = str(plan.wanted["name"])
    platform = shop.over.ground.platform
    assert platform.rows(copy)["users"] > 1.5 * platform.rows(INSTANCE)["users"]


async def test_a_copy_that_has_fewer_rows_than_production_is_no_cure(shop: Workshop) -> None:
    plan = await shop.plan(CLONE, "09:50")
    old = replace(plan, wanted={**plan.wanted, "name": TEST_INSTANCE})

    verified = await CLONE.verify(shop.over.world, old, shop.over.now)
    assert verified.helped is False
    assert any(line.startswith("agents: ") and line.endswith("fewer") for line in verified.found)


async def test_a_restore_test_says_how_long_it_took_and_how_much_would_be_lost(shop: Workshop) -> None:
    plan = await shop.plan(RESTORE_TEST, "")
    assert (plan.risk, plan.target) == (Risk.DISRUPTIVE, f"database/{TEST_INSTANCE}")
    await shop.carry_out(RESTORE_TEST, plan)
    verified = await shop.verify(RESTORE_TEST, plan)

    assert verified.helped
    assert "recovery time: 5 min" in verified.found
    assert any(line.startswith("recovery point: the backup was 12 h") for line in verified.found)
    assert any(line.startswith("users: 48,") for line in verified.found)
    assert shop.over.ground.platform.instances()[INSTANCE].data_of is None


async def test_production_is_overwritten_only_with_a_way_back(shop: Workshop) -> None:
    shop.incident = critical(shop)
    shop.breaks("lost-data")
    platform = shop.over.ground.platform
    old = next(each for each in platform.backups() if each.status == "SUCCESSFUL")
    with pytest.raises(Refused, match="no backup of the last 30 min"):
        await shop.plan(RESTORE, str(old.id))
    safety = await shop.plan(BACKUP_NOW, "")
    await shop.carry_out(BACKUP_NOW, safety)
    with pytest.raises(Refused, match="Name the backup"):
        await shop.plan(RESTORE, "")

    plan = await shop.plan(RESTORE, str(old.id))
    assert plan.risk is Risk.DESTRUCTIVE
    assert "of data are lost for good" in plan.because[0]
    await shop.carry_out(RESTORE, plan)
    assert (await shop.verify(RESTORE, plan)).helped
    assert shop.broken == []


async def test_a_safety_backup_that_grew_old_needs_a_new_plan(shop: Workshop) -> None:
    shop.incident = critical(shop)
    old = shop.over.ground.platform.backups()[0]
    await shop.carry_out(BACKUP_NOW, await shop.plan(BACKUP_NOW, ""))
    plan = await shop.plan(RESTORE, str(old.id))
    shop.over.pass_minutes(70)

    with pytest.raises(Superseded, match="safety backup"):
        await shop.carry_out(RESTORE, plan)


async def test_a_replica_is_added_and_stands_in_the_way_of_a_restore(shop: Workshop) -> None:
    plan = await shop.plan(REPLICA, "")
    assert plan.after.startswith(f"{INSTANCE}-read-1")
    await shop.carry_out(REPLICA, plan)
    assert (await shop.verify(REPLICA, plan)).helped

    shop.incident = critical(shop)
    with pytest.raises(Refused, match="has replicas"):
        await shop.plan(RESTORE, "4711")
    assert "read-2" in (await shop.plan(REPLICA, "")).after


async def test_a_busy_database_is_told_with_who_does_what(shop: Workshop) -> None:
    shop.over.ground.platform.create_backup(INSTANCE, by="dee@example.com")
    for kind, words in ((TIER_OF_DATABASE, "8-32768"), (CLONE, "09:50"), (BACKUP_NOW, "")):
        with pytest.raises(Refused, match=r"busy with BACKUP_VOLUME by dee@example\.com since 15:00 UTC"):
            await shop.plan(kind, words)


@pytest.mark.parametrize("fault", ["drop_after", "garbage_json", "http_503"])
async def test_what_was_asked_unseen_is_not_asked_again(shop: Workshop, fault: str) -> None:
    """The answer to what is asked is lost; whoever comes next looks before asking again."""
    ground = shop.over.ground
    plans = [
        (TIER_OF_DATABASE, await shop.plan(TIER_OF_DATABASE, "8-32768"), "PATCH *"),
        (BACKUP_NOW, await shop.plan(BACKUP_NOW, ""), "POST *"),
        (CLONE, await shop.plan(CLONE, "09:50"), "POST *"),
        (RESTORE_TEST, await shop.plan(RESTORE_TEST, ""), "POST *"),
    ]
    for kind, plan, method in plans:
        begun = len(ground.platform.operations())
        ground.faults.add(Fault(name="once", kind=fault, target="cloud_sql", method=method, times=1))
        await shop.carry_out(kind, plan)
        assert not list(ground.faults), "the answer was lost"
        assert len(ground.platform.operations()) == begun + 1
        shop.over.pass_minutes(10)


async def test_an_operation_that_fails_is_told_and_leaves_everything_as_it_was(shop: Workshop) -> None:
    platform = shop.over.ground.platform
    before = platform.instances()
    for kind, words in ((TIER_OF_DATABASE, "8-32768"), (BACKUP_NOW, ""), (CLONE, "09:50"), (RESTORE_TEST, "")):
        plan = await shop.plan(kind, words)
        shop.over.ground.faults.add(Fault(name="once", kind="operation_fails", target="cloud_sql", times=1))
        with pytest.raises(GiveUp, match="Cloud SQL could not do it: An unknown error occurred"):
            await shop.carry_out(kind, plan)
        shop.over.pass_minutes(1)
    assert platform.instances() == before
    assert not [each for each in platform.backups() if each.kind == "ON_DEMAND"]
