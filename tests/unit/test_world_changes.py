"""What is done to the platform from outside takes its time, changes what it should, and is refused where it must be."""

from dataclasses import replace

import pytest

from bot.domain.metric_query import Measure
from sandbox.world.cloud_service import INTERNAL, MISSING_IMAGE, Target
from sandbox.world.database import Settings
from sandbox.world.database_side import CannotBeDone
from sandbox.world.spec import DATABASE, INSTANCE, TEST_INSTANCE
from tests.world import SmallWorld


@pytest.fixture
def world() -> SmallWorld:
    return SmallWorld()


def test_traffic_is_shared_and_shifts_after_a_moment(world: SmallWorld) -> None:
    world.platform.break_("bad-deploy")
    world.pass_minutes(1)
    targets = [Target(percent=90, revision="control-plane-00041"), Target(percent=10, revision="control-plane-00042")]
    service = world.platform.set_traffic("control-plane", targets)
    assert service.reconciling(world.now().timestamp())
    assert world.serving("control-plane") == {"control-plane-00042": 100}
    world.pass_minutes(1)
    assert world.serving("control-plane") == {"control-plane-00041": 90, "control-plane-00042": 10}
    assert world.errors("control-plane") == pytest.approx(0.021, abs=0.003)
    counted = world.counted(Measure.REQUEST_COUNT, "control-plane", minutes=1)
    bad = {labels for labels in counted if dict(labels)["class"] == "5xx" and counted[labels] > 5}
    assert {dict(labels)["revision"] for labels in bad} == {"control-plane-00042"}


def test_traffic_cannot_be_sent_to_what_does_not_start(world: SmallWorld) -> None:
    world.platform.break_("wont-start")
    world.pass_minutes(1)
    world.platform.set_traffic("billing", [Target(percent=100, revision="billing-00042")])
    world.pass_minutes(1)
    assert world.serving("billing") == {"billing-00041": 100}
    assert "failed to start" in world.platform.service("billing").trouble(world.now().timestamp())


def test_every_change_changes_the_etag(world: SmallWorld) -> None:
    tags = {world.platform.service("web").etag}
    tags.add(world.platform.scale("web", least=2, most=9).etag)
    tags.add(world.platform.set_ingress("web", "INGRESS_TRAFFIC_INTERNAL_ONLY").etag)
    tags.add(world.platform.deploy("web", world.platform.service("web").template).etag)
    tags.add(world.platform.set_traffic("web", [Target(percent=100)]).etag)
    assert len(tags) == 5


def test_one_operation_at_a_time(world: SmallWorld) -> None:
    operation = world.platform.create_backup()
    with pytest.raises(CannotBeDone, match="already in progress"):
        world.platform.restart_database()
    world.pass_minutes(2)
    assert operation.done(world.now().timestamp())
    world.platform.restart_database()
    assert world.errors("control-plane") > 0.9
    world.pass_minutes(1)
    assert world.errors("control-plane") < 0.001


def test_another_tier_restarts_and_has_room(world: SmallWorld) -> None:
    busy = world.platform.load().database.cpu
    settings_ = world.platform.instances()[INSTANCE].settings
    world.platform.patch_database(INSTANCE, Settings(tier="db-custom-8-32768", labels=settings_.labels))
    assert world.errors("billing") > 0.9
    world.pass_minutes(2)
    assert world.platform.load().database.cpu == pytest.approx(busy / 2, rel=0.1)
    assert world.platform.instances()[INSTANCE].settings.version == 2


def test_a_backup_is_restored_into_the_test_instance(world: SmallWorld) -> None:
    run = world.platform.backups()[0]
    old = world.platform.rows(TEST_INSTANCE)["orders"]
    world.platform.restore(TEST_INSTANCE, backup=run.id)
    world.pass_minutes(6)
    assert world.platform.rows(TEST_INSTANCE)["orders"] > old
    assert world.platform.rows(TEST_INSTANCE)["orders"] == pytest.approx(world.platform.rows()["orders"], rel=0.01)
    with pytest.raises(CannotBeDone):
        world.platform.restore(TEST_INSTANCE, backup=1)


def test_a_protected_instance_cannot_be_deleted(world: SmallWorld) -> None:
    with pytest.raises(CannotBeDone, match="protected"):
        world.platform.delete_database(INSTANCE)
    world.platform.delete_database(TEST_INSTANCE)
    assert set(world.platform.instances()) == {INSTANCE}


def test_a_year_of_nightly_backups_is_kept(world: SmallWorld) -> None:
    backups = world.platform.backups()
    assert len(backups) >= 365
    assert all(run.status == "SUCCESSFUL" for run in backups)
    assert backups == sorted(backups, key=lambda run: run.began_at, reverse=True)
    assert world.platform.backups(TEST_INSTANCE) == []


def test_all_tables_have_rows(world: SmallWorld) -> None:
    assert set(world.platform.rows()) == set(DATABASE.tables)
    before = world.platform.rows()["agent_runs"]
    world.pass_minutes(60)
    assert world.platform.rows()["agent_runs"] > before


def test_nobody_comes_to_a_service_that_is_closed_off(world: SmallWorld) -> None:
    world.platform.set_ingress("web", INTERNAL)
    world.pass_minutes(6)
    assert sum(world.counted(Measure.REQUEST_COUNT, "web").values()) == 0
    assert set(world.counted(Measure.UPTIME, "web").values()) == {0.0}
    world.platform.mend_all()
    world.pass_minutes(6)
    assert sum(world.counted(Measure.REQUEST_COUNT, "web").values()) > 1000


def test_more_memory_or_another_setting_makes_a_revision_of_the_same_code(world: SmallWorld) -> None:
    before = world.platform.revisions("billing")[0]
    world.platform.deploy("billing", replace(before.template, memory="1Gi"))
    world.pass_minutes(1)
    after = world.platform.revisions("billing")[0]
    assert (after.name, after.template.memory, after.build) == ("billing-00042", "1Gi", before.build)
    assert world.serving("billing") == {"billing-00042": 100}


def test_an_image_nobody_built_is_not_found(world: SmallWorld) -> None:
    template = world.platform.service("billing").template
    world.platform.deploy("billing", replace(template, image="registry.example.com/billing:9.9.9"))
    world.pass_minutes(1)
    assert world.platform.revisions("billing")[0].reason == MISSING_IMAGE
    assert world.serving("billing") == {"billing-00041": 100}


def test_what_is_built_can_be_deployed_by_its_tag(world: SmallWorld) -> None:
    spec = world.platform.services["billing"]
    template = world.platform.service("billing").template
    world.platform.deploy("billing", replace(template, image=f"{spec.image}:1.7.1"))
    world.pass_minutes(1)
    build = world.platform.revisions("billing")[0].build
    assert build
    assert build.commit.title == "Say which field of a request was wrong"
