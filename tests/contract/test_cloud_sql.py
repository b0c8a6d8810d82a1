"""The bot's Cloud SQL client against the practice ground's Admin API, and what else that API does."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from bot.domain.database_instance import RecoveryWindow
from bot.domain.evidence import CouldNotLook
from bot.integrations.cloud_sql import CloudSql
from sandbox.world.spec import INSTANCE, TEST_INSTANCE
from tests.cloud_sql_server import NOON, CloudSqlServer, cloud_sql_server


@pytest.fixture
async def server() -> AsyncIterator[CloudSqlServer]:
    async with cloud_sql_server() as running:
        yield running


@pytest.fixture
async def client(server: CloudSqlServer) -> AsyncIterator[CloudSql]:
    client = server.client()
    yield client
    await client.close()


@pytest.fixture
async def http(server: CloudSqlServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.instances, trust_env=False) as http:
        yield http


async def test_an_instance_is_read_as_it_stands(client: CloudSql) -> None:
    instance = await client.instance(INSTANCE)

    assert (instance.state, instance.tier, instance.availability) == ("RUNNABLE", "db-custom-4-16384", "REGIONAL")
    assert (instance.disk_gb, instance.autoresize_limit_gb, instance.out_of_disk) == (100, None, "NORMAL")
    assert (instance.backups_enabled, instance.point_in_time, instance.backup_tier) == (True, True, "STANDARD")
    assert (instance.retained_backups, instance.log_days, instance.deletion_protected) == (365, 7, True)
    assert instance.flags["max_connections"] == "300"
    assert instance.settings_version == "1"
    assert instance.offered == ("POSTGRES_15_14.R20260211.01_02",)


async def test_an_instance_that_is_not_there_is_told_with_what_to_grant(client: CloudSql) -> None:
    with pytest.raises(
        CouldNotLook, match=r"roles/cloudsql\.viewer; an instance that is not there is refused likewise"
    ):
        await client.instance("nobody")


async def test_the_name_of_an_instance_leads_nowhere_else(client: CloudSql) -> None:
    with pytest.raises(CouldNotLook):
        await client.instance("../../other/instances/secret")


async def test_backups_come_newest_first_over_several_pages(client: CloudSql) -> None:
    backups = await client.backups(INSTANCE, most=150)

    assert len(backups) == 150
    assert [backup.began_at for backup in backups] == sorted(
        (each.began_at for each in backups if each.began_at), reverse=True
    )
    assert {backup.status for backup in backups} == {"SUCCESSFUL"}
    assert all(backup.size_bytes for backup in backups)
    assert len(await client.backups(INSTANCE, most=3)) == 3


async def test_the_recovery_window_reaches_a_week_back(client: CloudSql) -> None:
    window = await client.recovery_window(INSTANCE)

    assert window.earliest == NOON - timedelta(days=7)
    assert window.latest is not None
    assert NOON - timedelta(minutes=5) < window.latest < NOON


async def test_without_point_in_time_recovery_there_is_no_window(server: CloudSqlServer, client: CloudSql) -> None:
    settings = server.platform.instances()[INSTANCE].settings
    server.platform.patch_database(INSTANCE, replace(settings, point_in_time=False))

    assert await client.recovery_window(INSTANCE) == RecoveryWindow(earliest=None, latest=None)


async def test_an_operation_takes_its_time_and_lets_no_other_beside_it(
    server: CloudSqlServer, client: CloudSql, http: httpx.AsyncClient
) -> None:
    asked = await http.post(f"/{INSTANCE}/backupRuns", json={"description": "ops: before 7"})
    assert asked.json()["status"] == "RUNNING"

    second = await http.post(f"/{INSTANCE}/restart")
    assert second.status_code == 409
    assert second.json()["error"]["errors"][0]["reason"] == "operationInProgress"
    (running,) = await client.operations(INSTANCE)
    assert (running.kind, running.status) == ("BACKUP_VOLUME", "RUNNING")
    assert (await client.backups(INSTANCE, most=1))[0].status == "RUNNING"

    server.clock.advance(120)
    (done,) = await client.operations(INSTANCE)
    assert (done.name, done.status) == (asked.json()["name"], "DONE")
    (backup,) = await client.backups(INSTANCE, most=1)
    assert (backup.status, backup.kind, backup.description) == ("SUCCESSFUL", "ON_DEMAND", "ops: before 7")


async def test_a_stale_settings_version_changes_nothing(client: CloudSql, http: httpx.AsyncClient) -> None:
    stale = await http.patch(f"/{INSTANCE}", json={"settings": {"tier": "db-custom-8-32768", "settingsVersion": "9"}})
    assert stale.status_code == 412

    fresh = await http.patch(f"/{INSTANCE}", json={"settings": {"tier": "db-custom-8-32768", "settingsVersion": "1"}})
    assert fresh.json()["operationType"] == "UPDATE"
    changed = await client.instance(INSTANCE)
    assert (changed.tier, changed.settings_version) == ("db-custom-8-32768", "2")
    assert changed.flags["max_connections"] == "300"


@pytest.mark.parametrize("tier", ["db-custom-3-16384", "db-custom-4-100", "db-custom-4-16383", "huge"])
async def test_a_machine_that_cannot_be_is_refused(http: httpx.AsyncClient, tier: str) -> None:
    answer = await http.patch(f"/{INSTANCE}", json={"settings": {"tier": tier}})

    assert answer.status_code == 400
    assert "Invalid Tier" in answer.json()["error"]["message"]


async def test_a_clone_is_another_instance_with_the_data_of_that_moment(
    server: CloudSqlServer, client: CloudSql, http: httpx.AsyncClient
) -> None:
    wanted = (NOON - timedelta(hours=1)).isoformat()
    context = {"destinationInstanceName": "copy-1", "pointInTime": wanted}
    asked = await http.post(f"/{INSTANCE}/clone", json={"cloneContext": context})

    assert asked.json()["targetId"] == "copy-1"
    assert (await client.instance("copy-1")).state == "PENDING_CREATE"
    assert (await client.instance(INSTANCE)).state == "RUNNABLE"
    server.clock.advance(600)
    assert (await client.instance("copy-1")).state == "RUNNABLE"
    again = await http.post(f"/{INSTANCE}/clone", json={"cloneContext": context})
    assert again.json()["error"]["errors"][0]["reason"] == "instanceAlreadyExists"


async def test_a_backup_is_restored_into_the_instance_of_the_path(
    server: CloudSqlServer, client: CloudSql, http: httpx.AsyncClient
) -> None:
    (backup,) = await client.backups(INSTANCE, most=1)
    context = {"backupRunId": backup.id, "instanceId": INSTANCE, "project": server.platform.project}
    asked = await http.post(f"/{TEST_INSTANCE}/restoreBackup", json={"restoreBackupContext": context})

    assert (asked.json()["operationType"], asked.json()["targetId"]) == ("RESTORE_VOLUME", TEST_INSTANCE)
    assert await client.operations(INSTANCE) == []


async def test_a_backup_is_restored_into_an_instance_made_for_it(
    server: CloudSqlServer, client: CloudSql, http: httpx.AsyncClient
) -> None:
    listed = await http.get(
        f"{server.instances.removesuffix('/instances')}/backups", params={"filter": f"instance:{INSTANCE}"}
    )
    settings = {"settings": {"userLabels": {"ops-restore-test": "true"}}}
    body = {"backup": listed.json()["backups"][0]["name"], "restoreInstanceSettings": settings}
    asked = await http.post("/restoretest-202603-abc/restoreBackup", json=body)

    assert asked.status_code == 200
    server.clock.advance(600)
    assert (await client.instance("restoretest-202603-abc")).labels == {"ops-restore-test": "true"}
    assert (await http.delete(f"/{INSTANCE}")).status_code == 400


async def test_a_replica_follows_its_primary(server: CloudSqlServer, client: CloudSql, http: httpx.AsyncClient) -> None:
    body = {"name": "read-1", "masterInstanceName": INSTANCE, "region": "us-central1"}
    assert (await http.post(server.instances, json=body)).json()["operationType"] == "CREATE_REPLICA"

    server.clock.advance(600)
    assert (await client.instance(INSTANCE)).replicas == ("read-1",)


@pytest.mark.parametrize(
    "body", [{"settings": 7}, {"settings": {"databaseFlags": [{"value": "1"}]}}, {"settings": {"userLabels": [1]}}]
)
async def test_a_body_that_nobody_could_mean_is_refused(http: httpx.AsyncClient, body: dict[str, object]) -> None:
    assert (await http.patch(f"/{INSTANCE}", json=body)).status_code == 400


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("http_503", r"Cloud SQL is failing \(503\)"),
        ("internal_error_not_applied", r"Cloud SQL is failing \(500: Internal error\)"),
        ("ratelimited", "Cloud SQL asks us to slow down; look again in 1 s"),
        ("error:403", "Cloud SQL does not allow it: grant opsbot's service account roles/cloudsql.viewer"),
        ("drop_before", "Cloud SQL cannot be reached"),
        ("garbage_json", "Cloud SQL answers something that makes no sense"),
    ],
)
async def test_a_source_that_fails_is_said_to(
    server: CloudSqlServer, client: CloudSql, kind: str, sentence: str
) -> None:
    server.break_down(kind)
    with pytest.raises(CouldNotLook, match=sentence):
        await client.backups(INSTANCE)


async def test_it_says_which_instances_can_be_read(server: CloudSqlServer) -> None:
    client = server.client(instances=[INSTANCE])
    assert await client.examine() == f"Cloud SQL shows {INSTANCE}"
    await client.close()
    client = server.client(instances=[INSTANCE, "nobody"])
    with pytest.raises(CouldNotLook, match=r"roles/cloudsql\.viewer"):
        await client.examine()
    await client.close()
