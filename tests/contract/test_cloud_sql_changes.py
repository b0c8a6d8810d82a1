"""The bot's client that changes Cloud SQL, against the practice ground's Admin API: what it asks for comes true there."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import GiveUp, Held, Retry, Superseded, Unsure
from bot.integrations.cloud_sql import CloudSql
from bot.integrations.cloud_sql_changes import CloudSqlChanges
from sandbox.faults import Fault
from sandbox.world.spec import INSTANCE, TEST_INSTANCE
from tests.cloud_sql_server import NOON, CloudSqlServer, cloud_sql_server

COPY = "agent-marketplace-db-copy"


@pytest.fixture
async def server() -> AsyncIterator[CloudSqlServer]:
    async with cloud_sql_server() as running:
        yield running


@pytest.fixture
async def looking(server: CloudSqlServer) -> AsyncIterator[CloudSql]:
    client = server.client()
    yield client
    await client.close()


@pytest.fixture
async def changing(server: CloudSqlServer) -> AsyncIterator[CloudSqlChanges]:
    client = server.changes()
    yield client
    await client.close()


async def finished(server: CloudSqlServer, changing: CloudSqlChanges, name: str) -> None:
    """The operation goes on until it is done."""
    assert not (await changing.operation(name)).done
    server.clock.advance(600)
    operation = await changing.operation(name)
    assert operation.done
    assert not operation.error


async def test_another_tier_is_there_after_its_operation(
    server: CloudSqlServer, changing: CloudSqlChanges, looking: CloudSql
) -> None:
    stands = await looking.instance(INSTANCE)
    operation = await changing.set_tier(INSTANCE, "db-custom-8-32768", settings_version=stands.settings_version)
    await finished(server, changing, operation)

    after = await looking.instance(INSTANCE)
    assert after.tier == "db-custom-8-32768"
    assert after.flags == stands.flags, "what was not named stays"
    assert after.settings_version != stands.settings_version


async def test_flags_are_set_as_a_whole(server: CloudSqlServer, changing: CloudSqlChanges, looking: CloudSql) -> None:
    stands = await looking.instance(INSTANCE)
    flags = {**stands.flags, "max_connections": "400", "log_min_duration_statement": "500"}
    await finished(
        server, changing, await changing.set_flags(INSTANCE, flags, settings_version=stands.settings_version)
    )

    assert (await looking.instance(INSTANCE)).flags == flags


async def test_settings_that_somebody_else_changed_meanwhile_are_left_alone(
    server: CloudSqlServer, changing: CloudSqlChanges, looking: CloudSql
) -> None:
    stands = await looking.instance(INSTANCE)
    settings = server.platform.instances()[INSTANCE].settings
    server.platform.patch_database(INSTANCE, replace(settings, retained_backups=30))
    server.clock.advance(600)

    with pytest.raises(Superseded, match="changed meanwhile"):
        await changing.set_tier(INSTANCE, "db-custom-8-32768", settings_version=stands.settings_version)


async def test_a_backup_is_found_by_its_description(
    server: CloudSqlServer, changing: CloudSqlChanges, looking: CloudSql
) -> None:
    await finished(server, changing, await changing.back_up(INSTANCE, description="opsbot change/7"))

    newest = (await looking.backups(INSTANCE, most=1))[0]
    assert (newest.description, newest.kind, newest.status) == ("opsbot change/7", "ON_DEMAND", "SUCCESSFUL")


async def test_a_clone_has_the_data_of_its_moment(
    server: CloudSqlServer, changing: CloudSqlChanges, looking: CloudSql
) -> None:
    server.platform.break_("lost-data")
    server.clock.advance(300)
    moment = NOON - timedelta(minutes=1)
    await finished(server, changing, await changing.clone(INSTANCE, into=COPY, moment=moment))

    assert (await looking.instance(COPY)).state == "RUNNABLE"
    rows, lost = server.platform.rows(COPY)["users"], server.platform.rows(INSTANCE)["users"]
    assert rows > 1.5 * lost


async def test_a_restore_test_changes_the_test_instance_alone(
    server: CloudSqlServer, changing: CloudSqlChanges, looking: CloudSql
) -> None:
    production = server.platform.rows(INSTANCE)
    backup = (await looking.backups(INSTANCE, most=1))[0]
    operation = await changing.restore_for_test(backup.id, source=INSTANCE, into=TEST_INSTANCE)
    await finished(server, changing, operation)

    assert server.platform.rows(TEST_INSTANCE)["users"] == pytest.approx(production["users"], rel=0.01)
    assert server.platform.instances()[INSTANCE].restarted_at < NOON.timestamp(), "production was only read"


@pytest.mark.parametrize(
    ("into", "labels", "why"),
    [
        (INSTANCE, {}, "where the backup comes from"),
        (COPY, {"ops-restore-test": "true"}, "not called as test instances are"),
        (f"{COPY}-test", {}, "does not carry the label"),
        (f"{COPY}-test", {"ops-restore-test": "true", "env": "prod"}, "carries the label env=prod"),
    ],
)
async def test_no_backup_is_tried_on_anything_but_a_test_instance(
    server: CloudSqlServer,
    changing: CloudSqlChanges,
    looking: CloudSql,
    into: str,
    labels: dict[str, str],
    why: str,
) -> None:
    if into != INSTANCE:
        server.platform.clone(INSTANCE, into)
        server.clock.advance(600)
        settings = server.platform.instances()[into].settings
        server.platform.patch_database(into, replace(settings, labels=labels))
        server.clock.advance(600)
    backup = (await looking.backups(INSTANCE, most=1))[0]
    before = len(server.platform.operations())

    with pytest.raises(GiveUp, match=why):
        await changing.restore_for_test(backup.id, source=INSTANCE, into=into)
    assert len(server.platform.operations()) == before


async def test_production_is_overwritten_only_where_the_operator_allows_it(
    server: CloudSqlServer, changing: CloudSqlChanges, looking: CloudSql
) -> None:
    backup = (await looking.backups(INSTANCE, most=1))[0]
    with pytest.raises(GiveUp, match="may not overwrite"):
        await changing.restore_in_place(backup.id, instance=INSTANCE)
    assert not server.platform.operations(INSTANCE)

    allowed = server.changes(overwritable=[INSTANCE])
    await finished(server, allowed, await allowed.restore_in_place(backup.id, instance=INSTANCE))
    await allowed.close()
    assert server.platform.instances()[INSTANCE].data_of is not None


async def test_an_instance_with_replicas_is_not_overwritten(
    server: CloudSqlServer, changing: CloudSqlChanges, looking: CloudSql
) -> None:
    name = f"{INSTANCE}-read-1"
    operation = await changing.add_replica(INSTANCE, name=name, tier="db-custom-4-16384")
    await finished(server, changing, operation)
    assert (await looking.instance(INSTANCE)).replicas == (name,)

    backup = (await looking.backups(INSTANCE, most=1))[0]
    allowed = server.changes(overwritable=[INSTANCE])
    with pytest.raises(GiveUp, match=f"has replicas \\({name}\\)"):
        await allowed.restore_in_place(backup.id, instance=INSTANCE)
    await allowed.close()


async def test_whoever_makes_an_instance_busy_is_told(server: CloudSqlServer, changing: CloudSqlChanges) -> None:
    server.platform.create_backup(INSTANCE, by="dee@example.com")

    with pytest.raises(Held, match=r"busy with BACKUP_VOLUME by dee@example\.com since 12:00 UTC"):
        await changing.back_up(INSTANCE, description="opsbot change/7")


async def test_a_name_that_is_taken_is_not_waited_for(server: CloudSqlServer, changing: CloudSqlChanges) -> None:
    server.clock.advance(3600)
    with pytest.raises(GiveUp, match="already exists"):
        await changing.clone(INSTANCE, into=TEST_INSTANCE, moment=NOON)


@pytest.mark.parametrize(
    ("fault", "meaning", "done"),
    [
        ("drop_before", Unsure, False),
        ("drop_after", Unsure, True),
        ("http_503", Unsure, False),
        ("internal_error_applied", Unsure, True),
        ("garbage_json", Unsure, True),
        ("ratelimited", Retry, False),
        ("error:403", GiveUp, False),
    ],
)
async def test_what_nobody_knows_is_told_from_what_did_not_happen(
    server: CloudSqlServer, changing: CloudSqlChanges, fault: str, meaning: type[Exception], *, done: bool
) -> None:
    server.faults.add(Fault(name="once", kind=fault, target="cloud_sql", method="POST *", times=1))

    with pytest.raises(meaning) as told:
        await changing.back_up(INSTANCE, description="opsbot change/7")
    assert type(told.value) is meaning
    assert bool(server.platform.operations(INSTANCE)) is done


async def test_what_cannot_be_reached_was_not_asked(server: CloudSqlServer) -> None:
    looking = server.client()
    nowhere = CloudSqlChanges(looking, project="agent-marketplace", url="http://127.0.0.1:1", timeout=5, protected=())
    with pytest.raises(Retry, match="cannot be reached"):
        await nowhere.back_up(INSTANCE, description="opsbot change/7")
    await nowhere.close()
    await looking.close()
