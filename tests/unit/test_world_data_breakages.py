"""Lost rows and missing backups show in the database, and no rollback brings them back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sandbox.world.spec import INSTANCE
from tests.world import SmallWorld


@pytest.fixture
def world() -> SmallWorld:
    return SmallWorld()


def test_lost_rows_come_back_by_a_clone_and_a_switch_and_not_by_a_rollback(world: SmallWorld) -> None:
    whole = world.platform.rows()["users"]
    broke_at = world.now()
    world.platform.break_("lost-data")
    world.pass_minutes(6)
    assert world.platform.rows()["users"] < 0.7 * whole
    assert world.answered_with("control-plane", "4xx") > 0.05

    world.roll_back("control-plane")
    assert world.broken == ["lost-data"]

    world.platform.clone(INSTANCE, "agent-marketplace-db-pitr", moment=broke_at - timedelta(minutes=1))
    world.pass_minutes(5)
    assert world.platform.rows("agent-marketplace-db-pitr")["users"] == pytest.approx(whole, abs=2)
    assert world.broken == ["lost-data"]
    for service in ("control-plane", "agent-runtime", "billing"):
        world.set_variable(service, "DATABASE_INSTANCE", "agent-marketplace-db-pitr")
    assert world.broken == []
    assert world.platform.state().database.name == "agent-marketplace-db-pitr"


def test_a_clone_to_a_moment_after_the_loss_does_not_help(world: SmallWorld) -> None:
    world.platform.break_("lost-data")
    world.pass_minutes(10)
    world.platform.clone(INSTANCE, "copy", moment=world.now() - timedelta(minutes=2))
    for service in ("control-plane", "agent-runtime", "billing"):
        world.set_variable(service, "DATABASE_INSTANCE", "copy")
    assert world.broken == ["lost-data"]


def test_a_failed_backup_is_healed_by_one_made_by_hand(world: SmallWorld) -> None:
    world.platform.break_("backup-failed")
    world.pass_minutes(5)
    newest = world.platform.backups()[0]
    assert (newest.status, newest.kind) == ("FAILED", "AUTOMATED")
    window = world.platform.recovery_window()
    assert window is not None
    assert world.now() - window[1] > timedelta(minutes=4)
    world.platform.restart_database()
    assert world.broken == ["backup-failed"]

    world.pass_minutes(2)
    world.platform.create_backup()
    world.pass_minutes(3)
    assert world.broken == []
    assert world.platform.backups()[0].status == "SUCCESSFUL"


def test_backups_that_are_off_get_stale(world: SmallWorld) -> None:
    world.platform.break_("backups-off")
    world.pass_minutes(48 * 60)
    newest = world.platform.backups()[0]
    assert world.now().timestamp() - newest.began_at > 48 * 3600
    assert world.platform.recovery_window() is None

    settings = world.platform.instances()[INSTANCE].settings
    world.platform.patch_database(INSTANCE, replace(settings, backups_enabled=True, point_in_time=True))
    assert world.broken == []
