"""The configuration is kept daily, weekly for the holder of the key alone, never over another file; and it tells what changed."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pyrage import decrypt
from pyrage.x25519 import Identity

from bot.configuration_shelf import configuration_shelf
from bot.domain.config_backup import BackUpConfiguration, ConfigHome, daily, taken_at, weekly
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Retry
from bot.domain.evidence import CouldNotLook, Subject, Verdict
from bot.integrations.cloud_storage import BucketShelf
from bot.integrations.config_folder import FolderShelf
from playbooks.config_backup import ConfigBackups
from playbooks.evidence.config_drift import config_drift
from playbooks.settings_now import differences
from playbooks.shelf import Shelf
from playbooks.world import World
from sandbox.cloud_storage import BUCKET
from sandbox.faults import Fault
from sandbox.postgres_server import PostgresServer
from tests.lookout import WEDNESDAY, Lookout, lookout


@pytest.fixture
async def hill(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Lookout]:
    async with lookout(sqlite_store_url, postgres=postgres_server) as hill:
        yield hill


@pytest.fixture(params=["folder", "bucket"])
async def shelf(request: pytest.FixtureRequest, hill: Lookout, tmp_path: Path) -> AsyncIterator[Shelf]:
    made: FolderShelf | BucketShelf
    if request.param == "folder":
        made = FolderShelf(tmp_path / "backups")
    else:
        url = hill.ground.environment()["OPSBOT_CLOUD_STORAGE_URL"]
        made = BucketShelf(bucket=BUCKET, prefix="opsbot/", url=url, timeout=30)
    yield made
    await made.close()


async def test_what_stands_on_a_shelf_stays(shelf: Shelf) -> None:
    await shelf.write("daily/1.json", b"first")
    await shelf.write("daily/1.json", b"second")
    await shelf.write("weekly/1.age", b"third")

    assert await shelf.read("daily/1.json") == b"first"
    assert await shelf.names("daily/") == ["daily/1.json"]


async def test_what_is_not_there_could_not_be_looked_at(shelf: Shelf) -> None:
    assert await shelf.names("daily/") == []
    with pytest.raises(CouldNotLook):
        await shelf.read("daily/none.json")


async def test_a_bucket_that_there_is_not_says_what_to_do(hill: Lookout) -> None:
    url = hill.ground.environment()["OPSBOT_CLOUD_STORAGE_URL"]
    shelf = BucketShelf(bucket="elsewhere", prefix="", url=url, timeout=30)
    with pytest.raises(CouldNotLook, match="there is no such bucket"):
        await shelf.names("")
    await shelf.close()


@pytest.fixture
async def holder() -> Identity:
    return Identity.generate()


@pytest.fixture
async def kept(hill: Lookout, tmp_path: Path, holder: Identity) -> AsyncIterator[World]:
    """A world whose configuration is kept in a folder beside opsbot's own file."""
    own = tmp_path / "opsbot.yaml"
    own.write_text("organisation: Acme\n")
    home = ConfigHome(to="backups", recipients=(str(holder.to_public()),))
    async with configuration_shelf(home, own_file=own, storage_url="http://127.0.0.1:1", within=5) as configuration:
        yield replace(hill.world, configuration=configuration)


async def backed_up(world: World) -> str:
    at = world.clock.now()
    attempt = Attempt(key="k", serial=1, first_at=at, look=False, bound={})
    receipt = await ConfigBackups(world).back_up(BackUpConfiguration(run=1, at=at), attempt)
    return receipt.facts["says"]


async def drift(world: World) -> list[tuple[Verdict, str]]:
    now = world.clock.now()
    seen = await config_drift(world, Subject(services=(), since=now, until=now))
    return [(each.verdict, each.says) for each in seen.findings]


async def test_it_holds_settings_and_no_value_of_a_variable(kept: World, tmp_path: Path) -> None:
    await backed_up(kept)

    [path] = (tmp_path / "backups" / "daily").iterdir()
    settings = json.loads(path.read_text())["settings"]
    assert settings["Control plane most instances"]
    assert settings["agent-marketplace-db tier"] == "db-custom-4-16384"
    assert all(value.startswith(("literal", "secret:")) for name, value in settings.items() if " variable " in name)
    assert json.loads(path.read_text())["opsbot.yaml"] == "organisation: Acme\n"


async def test_it_holds_who_is_woken_and_what_raises_alerts(kept: World, hill: Lookout, tmp_path: Path) -> None:
    await backed_up(kept)

    [path] = (tmp_path / "backups" / "daily").iterdir()
    settings = json.loads(path.read_text())["settings"]
    assert settings["PagerDuty policy Platform on-call level 1"].startswith("Platform on-call")
    assert settings["PagerDuty schedule Platform on-call Layer 1"].startswith(
        "Ana Silva, Ben Okafor; every 168 h from "
    )
    assert any(name.startswith("alert policy ") for name in settings)


async def test_the_weekly_copy_is_for_the_holder_of_the_key_and_there_is_one_a_week(
    kept: World, hill: Lookout, tmp_path: Path, holder: Identity
) -> None:
    await backed_up(kept)
    hill.pass_minutes(24 * 60)
    await backed_up(kept)

    [sealed] = (tmp_path / "backups" / "weekly").iterdir()
    assert b"Control plane" not in sealed.read_bytes()
    assert json.loads(decrypt(sealed.read_bytes(), [holder]))["opsbot.yaml"] == "organisation: Acme\n"
    assert len(list((tmp_path / "backups" / "daily").iterdir())) == 2


async def test_what_changed_since_the_last_backup_is_told_and_nothing_else(
    kept: World, hill: Lookout, tmp_path: Path
) -> None:
    assert (await drift(kept))[0][1].startswith("There is no earlier backup")
    await backed_up(kept)
    hill.pass_minutes(24 * 60)
    assert [verdict for verdict, _ in await drift(kept)] == [Verdict.GREEN]

    (tmp_path / "opsbot.yaml").write_text("organisation: Acme\nwatch: 20m\n")
    assert await drift(kept) == [(Verdict.AMBER, "opsbot.yaml: 1 line added, 0 taken away")]


async def test_after_days_without_a_backup_it_says_of_when_the_last_is_and_calls_nothing_old(
    kept: World, hill: Lookout
) -> None:
    """The one that is made up for is being made beside it; one that is not made is told by whoever did not make it."""
    await backed_up(kept)
    hill.pass_minutes(3 * 24 * 60)
    [(verdict, says)] = await drift(kept)
    assert verdict is Verdict.GREEN
    assert says == "No setting changed since the backup of Wed 10:00 EST"


async def test_where_nobody_said_where_it_gives_up_and_what_is_down_is_asked_again(kept: World, hill: Lookout) -> None:
    with pytest.raises(GiveUp, match="config_backup"):
        await backed_up(replace(kept, configuration=None))
    hill.ground.faults.add(Fault(name="down", kind="error:503", target="cloud_sql"))
    with pytest.raises(Retry):
        await backed_up(kept)


def test_settings_that_are_new_gone_and_other_are_told_apart() -> None:
    before = json.dumps({"settings": {"a": "1", "b": "2"}, "opsbot.yaml": ""}).encode()
    now = json.dumps({"settings": {"b": "3", "c": "4"}, "opsbot.yaml": ""}).encode()
    assert differences(before, now) == ["a is gone, it was 1", "b: 2 → 3", "c is new: 4"]
    with pytest.raises(CouldNotLook):
        differences(b"{}", now)


def test_names_tell_when() -> None:
    at = WEDNESDAY
    assert taken_at(daily(at)) == at
    assert taken_at(weekly(at)) is None
    assert weekly(at) == weekly(at + timedelta(days=3))
