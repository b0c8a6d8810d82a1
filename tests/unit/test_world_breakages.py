"""Each breakage shows wherever one would look, and only the right action heals it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sandbox.world.breakages import BREAKAGES
from sandbox.world.cloud_service import HEALTH_CHECK, NO_SECRET, Target
from sandbox.world.database_side import CannotBeDone
from tests.world import SmallWorld


@pytest.fixture
def world() -> SmallWorld:
    return SmallWorld()


def test_a_bad_deploy_shows_in_numbers_log_and_revisions_and_a_rollback_heals_it(world: SmallWorld) -> None:
    before = world.p95("control-plane")
    world.platform.break_("bad-deploy")
    world.pass_minutes(6)

    assert world.serving("control-plane") == {"control-plane-00042": 100}
    assert world.answered_with("control-plane", "5xx") == pytest.approx(0.21, abs=0.02)
    assert world.p95("control-plane") > 4 * before
    assert "has no attribute 'rating'" in world.texts("control-plane")
    changes = [
        each for each in world.platform.log(since=world.now() - timedelta(hours=1), until=world.now()) if each.audit
    ]
    assert [change.text for change in changes] == ["Deployed control-plane-00042"]

    world.platform.scale("control-plane", least=4, most=20)
    world.restart("control-plane")
    assert world.broken == ["bad-deploy"]

    world.roll_back("control-plane", steps=2)
    world.pass_minutes(6)
    assert world.broken == []
    assert world.errors("control-plane") < 0.001
    assert world.p95("control-plane") == pytest.approx(before, rel=0.1)
    assert world.platform.service("control-plane").template.image.endswith(
        world.platform.revisions("control-plane")[0].build.digest  # type: ignore[union-attr]
    ), "a rollback leaves the bad image in the template"


def test_after_a_rollback_the_bad_image_comes_back_with_whoever_follows_the_template(world: SmallWorld) -> None:
    world.platform.break_("bad-deploy")
    world.roll_back("control-plane")
    world.set_variable("control-plane", "LOG_LEVEL", "debug")
    assert world.broken == [], "traffic is pinned, so the new revision gets none"

    newest = world.platform.revisions("control-plane")[0]
    world.platform.set_traffic(
        "control-plane", [replace(world.platform.service("control-plane").traffic[0], revision=newest.name)]
    )
    world.pass_minutes(1)
    assert world.broken == ["bad-deploy"]


def test_a_surge_is_healed_by_more_instances(world: SmallWorld) -> None:
    world.platform.break_("traffic-surge")
    world.pass_minutes(6)
    assert world.errors("control-plane") > 0.1
    assert world.platform.load().services["control-plane"].instances == 10
    assert "no available instance" in world.texts("control-plane")
    assert world.p95("control-plane") > 1000

    world.roll_back("control-plane")
    assert world.broken == ["traffic-surge"]

    world.platform.scale("control-plane", least=2, most=20)
    world.pass_minutes(6)
    assert world.broken == []
    assert world.errors("control-plane") < 0.001
    assert world.p95("control-plane") < 300


def test_slow_queries_get_worse_by_scaling_out(world: SmallWorld) -> None:
    world.platform.break_("slow-queries")
    world.pass_minutes(6)
    slow, busy = world.p95("control-plane"), world.platform.load().database.cpu
    assert slow > 1500
    assert busy > 0.7
    worst = max(world.platform.slow_queries(), key=lambda query: query.mean_ms)
    assert "ILIKE" in worst.text
    assert worst.mean_ms > 2000

    world.platform.scale("control-plane", least=2, most=20)
    world.pass_minutes(6)
    assert world.p95("control-plane") > slow
    assert world.platform.load().database.cpu > busy
    assert world.platform.load().database.used > 130

    world.roll_back("control-plane")
    world.pass_minutes(6)
    assert world.p95("control-plane") < 300
    assert world.platform.load().database.cpu < 0.4


def test_an_exhausted_pool_comes_back_while_the_leak_is_there(world: SmallWorld) -> None:
    usual = len(world.platform.connections())
    world.platform.break_("connection-leak")
    world.pass_minutes(10)
    connections = world.platform.connections()
    assert len(connections) == world.platform.load().database.used == 297
    assert world.errors("control-plane") > 0.3
    assert "remaining connection slots are reserved" in world.texts("billing")

    idle = sorted((each for each in connections if each.state == "idle"), key=lambda each: each.changed_at)
    oldest = [each.pid for each in idle if each.application == "agent-runtime"][:100]
    assert world.platform.kill_connections(oldest) == 100
    assert not {each.pid for each in world.platform.connections()} & set(oldest)
    assert world.errors("control-plane") < 0.001
    world.pass_minutes(5)
    assert world.errors("control-plane") > 0.3

    world.roll_back("agent-runtime")
    world.pass_minutes(1)
    assert len(world.platform.connections()) < usual + 20
    assert world.broken == []


def test_a_restart_helps_against_a_memory_leak_for_a_while(world: SmallWorld) -> None:
    world.platform.break_("memory-leak")
    world.pass_minutes(15)
    fullest = _fullest(world)
    assert fullest > 0.8
    world.restart("agent-runtime")
    assert _fullest(world) < 0.55
    world.pass_minutes(15)
    assert _fullest(world) > 0.8

    world.pass_minutes(10)
    assert "Memory limit of 2048 MiB exceeded" in world.texts("agent-runtime", minutes=10)

    world.roll_back("agent-runtime", steps=2)
    world.pass_minutes(30)
    assert _fullest(world) < 0.55
    assert world.broken == []


def _fullest(world: SmallWorld) -> float:
    loads = world.platform.load().services["agent-runtime"].shares
    return max(level for load in loads for level in load.memory.levels)


def test_a_service_that_does_not_start_leaves_the_old_revision_serving(world: SmallWorld) -> None:
    world.platform.break_("wont-start")
    world.pass_minutes(2)
    newest = world.platform.revisions("billing")[0]
    assert newest.reason == HEALTH_CHECK
    assert newest.missing == ("INVOICE_CURRENCY",)
    assert world.serving("billing") == {"billing-00041": 100}
    assert "failed to start" in world.platform.service("billing").trouble(world.now().timestamp())
    assert "KeyError: 'INVOICE_CURRENCY'" in world.texts("billing")
    assert world.errors("billing") < 0.001

    world.platform.scale("billing", least=2, most=8)
    assert world.broken == ["wont-start"]
    world.set_variable("billing", "INVOICE_CURRENCY", "usd")
    assert world.broken == []
    assert world.serving("billing") == {"billing-00043": 100}


def test_a_destroyed_secret_leaves_no_instance_and_another_version_brings_them_back(world: SmallWorld) -> None:
    world.platform.break_("secret-gone")
    assert world.errors("billing") < 0.001
    world.pass_minutes(16)
    assert world.platform.load().services["billing"].instances == 0
    assert world.answered_with("billing", "5xx") > 0.9
    assert "DESTROYED" in world.texts("billing")

    world.restart("billing")
    assert world.platform.revisions("billing")[0].reason == NO_SECRET
    world.roll_back("billing", steps=2)
    assert world.errors("billing") > 0.9
    assert world.broken == ["secret-gone"]

    world.platform.set_traffic("billing", [Target(percent=100)])
    world.set_variable("billing", "PAYMENT_KEY", "secret:payment-key@9")
    assert world.broken == []
    assert world.errors("billing") < 0.001


def test_a_cold_cache_warms_by_itself(world: SmallWorld) -> None:
    usual = world.p95("control-plane")
    world.platform.break_("cache-collapse")
    world.pass_minutes(5)
    assert world.platform.load().hit_ratio < 0.5
    assert world.p95("control-plane") > 1.3 * usual
    world.pass_minutes(40)
    assert world.broken == []
    assert world.p95("control-plane") == pytest.approx(usual, rel=0.15)


def test_an_innocent_deploy_harms_nobody(world: SmallWorld) -> None:
    world.platform.break_("innocent-deploy")
    world.pass_minutes(10)
    assert world.serving("web") == {"web-00042": 100}
    assert world.errors("web") < 0.001
    assert world.broken == []


@pytest.mark.parametrize("name", BREAKAGES)
def test_everything_can_be_mended_at_once(world: SmallWorld, name: str) -> None:
    world.platform.break_(name)
    world.pass_minutes(12)
    world.platform.mend_all()
    load = world.platform.load()
    assert world.broken == []
    assert all(service.errors < 0.001 for service in load.services.values())
    assert load.database.used < 120
    assert world.platform.rows()["users"] >= 48_200


@pytest.mark.parametrize(
    ("breakage", "of"), [("bad-deploi", ""), ("bad-deploy", "no-such-service"), ("tool-down", "web")]
)
def test_what_cannot_break_is_refused_and_changes_nothing(world: SmallWorld, breakage: str, of: str) -> None:
    with pytest.raises(CannotBeDone):
        world.platform.break_(breakage, of)
    assert len(world.platform.chronicle.events) == 1


def test_two_things_can_be_broken_at_once_and_are_healed_apart(world: SmallWorld) -> None:
    world.platform.break_("tool-down")
    world.platform.break_("bad-deploy")
    world.pass_minutes(2)
    assert world.broken == ["tool-down", "bad-deploy"]
    world.roll_back("control-plane")
    assert world.broken == ["tool-down"]
