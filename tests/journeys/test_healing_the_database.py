"""People heal the platform's database from Slack: connections run out, data is lost, backups are tried."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.postgres_server import PostgresServer
from sandbox.world.spec import INSTANCE, TEST_INSTANCE
from tests.town import Plan, Town, opened


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    """A town around a platform that can be changed."""
    async with opened(replace(plan, cloud=postgres_server)) as town:
        yield town


def exhausted(town: Town) -> bool:
    return town.ground.platform.load().database.exhausted


async def test_connections_run_out_and_are_ended_until_the_leak_is_gone(town: Town) -> None:
    town.ground.platform.break_("connection-leak")
    await town.pass_time(minutes=14)
    assert exhausted(town)
    await town.slash("/incident declare critical Nothing is answered")
    room = town.room()
    await town.slash("/incident impact services: agent-runtime; users: all", where=room)

    await town.slash("/ops db kill-idle", where=room)
    card = town.read("CHG-1")
    assert "End 20 idle connections of Platform database" in card
    assert "297 of 297 connections taken" in card
    await town.press("Agree", by="ben")
    await town.pass_time(seconds=5)
    assert not exhausted(town)
    assert "fewer than before" in town.read("CHG-1")

    await town.pass_time(minutes=6)
    assert exhausted(town), "the leak is still there"
    await town.slash("/rollback agent-runtime", where=room)
    await town.press("Roll back", by="ana", near="CHG-2")
    await town.pass_time(minutes=1)
    assert not exhausted(town)
    assert not town.ground.platform.broken()


async def test_lost_data_comes_back_from_a_copy_of_the_minute_before(town: Town) -> None:
    platform = town.ground.platform
    town.ground.platform.break_("lost-data")
    before = town.now - timedelta(minutes=1)
    await town.pass_time(minutes=6)
    await town.slash("/incident declare critical Users are gone")
    room = town.room()
    await town.slash("/incident impact services: control-plane; users: a third", where=room)

    await town.slash(f"/ops backup clone {before:%H:%M} UTC", where=room)
    card = town.read("CHG-1")
    assert "Copy Platform database as it was at" in card
    await town.press("Agree", by="ben")
    await town.pass_time(minutes=6)
    card = town.read("CHG-1")
    assert "users: 48," in card
    (copy,) = set(platform.instances()) - {INSTANCE, TEST_INSTANCE}

    for service in ("control-plane", "agent-runtime", "billing"):
        await town.slash(f"/ops env {service} DATABASE_INSTANCE={copy}", where=room)
        await town.press("Agree", by="ben")
        await town.pass_time(minutes=6)
    assert platform.state().database.name == copy
    assert not platform.broken()


async def test_a_backup_is_tried_on_the_test_instance_alone(town: Town) -> None:
    await town.slash("/ops backup restore-test")
    card = town.read("CHG-1", "general")
    assert f"Try a backup of Platform database on {TEST_INSTANCE}" in card
    await town.press("Agree", by="ben", where="general")
    await town.pass_time(minutes=7)

    card = town.read("CHG-1", "general")
    assert "recovery time: 5 min" in card
    assert "recovery point: the backup was" in card
    assert town.ground.platform.instances()[INSTANCE].data_of is None


async def test_a_database_that_got_busy_is_waited_for_and_it_is_said_with_whom(town: Town) -> None:
    await town.slash("/ops backup clone 09:30")
    town.ground.platform.create_backup(by="dee@example.com")
    await town.press("Agree", by="ben", where="general")
    await town.pass_time(seconds=5)
    assert "Under way … It had to wait for BACKUP_VOLUME by dee@example.com" in town.read("CHG-1", "general")

    await town.pass_time(minutes=2)
    await town.pass_time(minutes=6)
    assert "✅ CHG-1" in town.read("CHG-1", "general")
    assert sum(each.kind == "CLONE" for each in town.ground.platform.operations()) == 1


async def test_a_copy_whose_answer_was_lost_is_not_asked_for_twice(town: Town) -> None:
    await town.slash("/ops backup clone 09:30")
    town.breaks("drop_after", "POST */clone", target="cloud_sql")
    await town.press("Agree", by="ben", where="general")
    await town.pass_time(minutes=8)

    assert "✅ CHG-1" in town.read("CHG-1", "general")
    assert sum(each.kind == "CLONE" for each in town.ground.platform.operations()) == 1


async def test_production_is_not_overwritten_where_the_operator_does_not_allow_it(town: Town) -> None:
    platform = town.ground.platform
    await town.slash("/incident declare critical Users are gone")
    room = town.room()
    await town.slash("/ops backup now", where=room)
    await town.press("Back up now", by="ana")
    await town.pass_time(minutes=3)
    old = platform.backups()[-1]

    await town.slash(f"/ops backup restore {old.id}", where=room)
    card = town.read("CHG-2")
    assert f"gcloud sql backups restore {old.id}" in card
    assert platform.instances()[INSTANCE].data_of is None


@pytest.fixture
async def reckless(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    """A town whose operator lets opsbot do what may lose data."""
    written = (Path(__file__).parents[2] / "opsbot.example.yaml").read_text()
    file = plan.folder / "reckless.yaml"
    file.write_text(written.replace("destructive: no", "destructive: yes"))
    environment = {**plan.environment, "OPSBOT_CONFIG": str(file)}
    async with opened(replace(plan, cloud=postgres_server, environment=environment)) as town:
        yield town


async def test_production_is_overwritten_when_two_people_type_its_name(reckless: Town) -> None:
    town, platform = reckless, reckless.ground.platform
    platform.break_("lost-data")
    await town.pass_time(minutes=5)
    await town.slash("/incident declare critical Users are gone")
    room = town.room()
    await town.slash("/ops backup now", where=room)
    await town.press("Back up now", by="ana")
    await town.pass_time(minutes=3)
    old = next(each for each in platform.backups() if each.kind == "AUTOMATED")

    await town.slash(f"/ops backup restore {old.id}", where=room)
    for person in ("eli", "fay"):
        await town.join(person, room)
        await town.press("Agree", by=person, near="CHG-2")
        assert await town.fill({f"Type {INSTANCE}": "production"}, by=person), "another name is refused"
        assert not await town.fill({f"Type {INSTANCE}": INSTANCE}, by=person)
    await town.pass_time(minutes=7)

    assert "✅ CHG-2" in town.read("CHG-2")
    assert platform.rows()["users"] > 48_000
    assert not platform.broken()


async def test_what_the_line_does_not_say_is_asked_and_what_is_wrong_said_below_it(town: Town) -> None:
    await town.slash("/ops db scale")
    assert await town.fill({"Tier": "7-30000"}) == {
        "Tier": "There is no machine of 7 CPUs, 29.3 GB; the nearest is 8 CPUs, 29.5 GB: /ops db scale db-custom-8-30208."
    }
    assert not await town.fill({"Tier": "8-32768"})
    assert "Move Platform database to 8 CPUs, 32 GB" in town.read("CHG-1", "general")

    await town.slash("/ops backup clone")
    assert await town.fill({"To which moment?": "2026-03-01 09:00"}) == {}
    assert "It can be set back to any moment from" in town.read("CHG-2", "general")
