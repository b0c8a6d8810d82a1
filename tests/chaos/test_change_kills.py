"""The bot is killed at every step of a change, and each change is carried out once, and ends as it should."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.organisation_file import load_organisation
from bot.store.database import open_database
from bot.store.points import POINTS
from bot.store.unit_of_work import Store
from handlers import COMMANDS
from handlers.manifest import manifest
from sandbox.clock import SandboxClock
from sandbox.postgres_server import PostgresServer
from sandbox.server import Sandbox
from tests.chaos.life import Death
from tests.chaos.ordeal import GLANCE, PATIENCE, Ordeal
from tests.organisation_text import EXAMPLE, described

SERVICE = "control-plane"
COOL = 360
"""Seconds after which the same target may be changed in the same way again."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
BEGUN = {Stage.VERIFYING, Stage.DONE, Stage.FAILED, Stage.UNCONFIRMED}


class ChangeOrdeal(Ordeal):
    """Rollbacks to and fro, asked for by ana and agreed to by ben, while the bot dies."""

    store: Store

    async def roll(self, revision: str) -> Change:
        """A rollback to a revision, until the traffic goes there; people repeat what they were told had failed."""
        async with asyncio.timeout(PATIENCE):
            before = await self.latest()
            while (number := await self.latest()) == before:
                await self.until_heard()
                await self.ground.acting.command("ana", "general", f"/rollback {SERVICE} {revision}")
            while (change := await self.change(number)).stage not in BEGUN:
                await self.until_heard()
                if change.stage is Stage.WAITING:
                    with contextlib.suppress(AssertionError):
                        await self.pressing("Agree", by="ben", where="general", near=f"CHG-{number} · ")
                await asyncio.sleep(GLANCE)
        return change

    async def until_heard(self) -> None:
        await self.see(lambda: self.ground.sockets.connected > 0)

    async def latest(self) -> int:
        """The number of the latest change; 0 when there is none."""
        async with self.store.look() as unit:
            return max(
                (each.number for each in [*await unit.changes.open(), *await unit.changes.begun_since(LONG_AGO)]),
                default=0,
            )

    async def change(self, number: int) -> Change:
        async with self.store.look() as unit:
            found = await unit.changes.get(number)
        assert found
        return found

    def shifts(self) -> int:
        """How often traffic was really sent somewhere."""
        return sum(event.kind == "shifted" for event in self.ground.platform.chronicle.events)


@contextlib.asynccontextmanager
async def change_ordeal(url: str, folder: Path, postgres: PostgresServer) -> AsyncIterator[ChangeOrdeal]:
    ground = Sandbox(manifest=manifest(COMMANDS), clock=SandboxClock(), ack_within=1.0, cloud=True, postgres=postgres)
    await ground.start()
    written, known = described(), load_organisation(EXAMPLE)
    for name in ground.platform.services:
        if (service := known.service(name)) and service.health_url:
            written = written.replace(service.health_url, ground.neighbours.health_url(name))
    config = folder / "opsbot.yaml"
    config.write_text(written, encoding="utf-8")
    try:
        found = ChangeOrdeal(ground, url, folder)
        found.environment |= {"OPSBOT_CONFIG": str(config)}
        found.store = Store(open_database(url), ground.clock)
        await found.introduce()
        try:
            yield found
        finally:
            await found.leave()
            await found.store.close()
    finally:
        await ground.stop()


async def test_a_change_is_carried_out_once_however_often_the_bot_dies(
    sqlite_store_url: str, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    deaths = [Death(point=point, hit=hit) for hit in (2, 4) for point in POINTS]
    async with change_ordeal(sqlite_store_url, tmp_path, postgres_server) as trial:
        async with trial.keeping(deaths):
            done = []
            for revision in ("00040", "00041", "00040", "00041"):
                done.append(await trial.roll(revision))
                trial.ground.clock.advance(COOL)
        async with trial.store.look() as unit:
            begun = [entry.record.about async for entry in unit.audit.entries() if entry.record.deed == "begun"]

    assert trial._toll.kills >= 6, "the processes died while the changes were under way"
    assert trial.shifts() == len(done)
    assert begun == [change.key for change in done]
