"""Every remedy is tried on every breakage: it heals what it really heals, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.world.breakages import BREAKAGES
from sandbox.world.spec import INSTANCE
from tests.world import MINUTE, WEDNESDAY, SmallWorld

Remedy = Callable[[SmallWorld, str], None]
SERVICE_OF: Mapping[str, str] = {
    "tool-down": "agent-runtime",
    "permission-revoked": "agent-runtime",
    "bad-agent-update": "agent-runtime",
    "backup-failed": "control-plane",
    "backups-off": "control-plane",
    "cache-collapse": "control-plane",
}
"""The service at which somebody would try a remedy, where it is not what is hit."""


def _roll_back(world: SmallWorld, service: str) -> None:
    world.roll_back(service, steps=1 if world.platform.revisions(service)[0].name.endswith("42") else 0)


def _restart(world: SmallWorld, service: str) -> None:
    world.restart(service)


def _scale_out(world: SmallWorld, service: str) -> None:
    state = world.platform.service(service)
    world.platform.scale(service, least=state.min_instances, most=2 * state.max_instances)


def _kill_idle(world: SmallWorld, service: str) -> None:
    del service
    idle = [each.pid for each in world.platform.connections() if each.state == "idle"]
    world.platform.kill_connections(idle[:20])


def _set(name: str, value: str) -> Remedy:
    return lambda world, service: world.set_variable(service, name, value)


def _clone_and_switch(world: SmallWorld, service: str) -> None:
    del service
    world.platform.clone(INSTANCE, "copy", moment=WEDNESDAY - MINUTE)
    world.pass_minutes(5)
    for user in ("control-plane", "agent-runtime", "billing"):
        world.set_variable(user, "DATABASE_INSTANCE", "copy")


def _restore_last_night(world: SmallWorld, service: str) -> None:
    del service
    good = next(run for run in world.platform.backups() if run.status == "SUCCESSFUL")
    world.platform.restore(INSTANCE, backup=good.id)


def _back_up(world: SmallWorld, service: str) -> None:
    del service
    world.platform.create_backup()


def _backups_on(world: SmallWorld, service: str) -> None:
    del service
    settings = world.platform.instances()[INSTANCE].settings
    world.platform.patch_database(INSTANCE, replace(settings, backups_enabled=True, point_in_time=True))


def _bigger_database(world: SmallWorld, service: str) -> None:
    del service
    settings = world.platform.instances()[INSTANCE].settings
    world.platform.patch_database(INSTANCE, replace(settings, tier="db-custom-8-32768"))


def _wait_an_hour(world: SmallWorld, service: str) -> None:
    del service
    world.pass_minutes(timedelta(hours=1) / MINUTE)


REMEDIES: Mapping[str, Remedy] = {
    "rollback": _roll_back,
    "restart": _restart,
    "scale out": _scale_out,
    "kill idle connections": _kill_idle,
    "set the variable": _set("INVOICE_CURRENCY", "usd"),
    "another provider": _set("WEB_SEARCH_PROVIDER", "secondary"),
    "another version of the secret": _set("PAYMENT_KEY", "secret:payment-key@9"),
    "clone and switch": _clone_and_switch,
    "restore last night's backup": _restore_last_night,
    "back up": _back_up,
    "switch backups on": _backups_on,
    "bigger database": _bigger_database,
    "wait an hour": _wait_an_hour,
}
HEALS: Mapping[str, set[str]] = {
    "bad-deploy": {"rollback"},
    "traffic-surge": {"scale out"},
    "slow-queries": {"rollback"},
    "connection-leak": {"rollback"},
    "memory-leak": {"rollback"},
    "tool-down": {"another provider"},
    "permission-revoked": set(),
    "bad-agent-update": {"rollback"},
    "wont-start": {"set the variable", "restart"},
    "secret-gone": {"another version of the secret"},
    "lost-data": {"clone and switch", "restore last night's backup"},
    "backup-failed": {"back up"},
    "backups-off": {"switch backups on"},
    "cache-collapse": {"wait an hour"},
}


def test_no_breakage_is_left_out() -> None:
    assert set(HEALS) | {"innocent-deploy"} == set(BREAKAGES)


def test_the_docs_name_every_breakage() -> None:
    rows = (Path(__file__).parents[2] / "docs" / "practice-platform.md").read_text(encoding="utf-8")
    assert [each.title for each in BREAKAGES.values() if f"| {each.title} |" not in rows] == []


IMPOSSIBLE = {("backups-off", "clone and switch")}
"""Without its log a database cannot be set back to a moment."""
TRIED = [(breakage, remedy) for breakage in HEALS for remedy in REMEDIES if (breakage, remedy) not in IMPOSSIBLE]


@pytest.mark.parametrize(("breakage", "remedy"), TRIED)
def test_only_the_right_remedy_heals(breakage: str, remedy: str) -> None:
    world = SmallWorld()
    world.platform.break_(breakage)
    world.pass_minutes(2)
    REMEDIES[remedy](world, SERVICE_OF.get(breakage, BREAKAGES[breakage].of))
    world.pass_minutes(1)
    assert (world.broken == []) == (remedy in HEALS[breakage])
