"""A practice ground that was stopped and started again is the one that it was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sandbox.clock import SandboxClock
from sandbox.server import Sandbox
from tests.contract.tiny_app import MANIFEST, over_sockets


@asynccontextmanager
async def standing_in(folder: Path | None, clock: SandboxClock | None = None) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(manifest=MANIFEST, folder=folder, clock=clock, ack_within=0.3)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


async def test_people_channels_and_messages_are_there_again(tmp_path: Path) -> None:
    async with standing_in(tmp_path) as before:
        message = await before.acting.message("ana", "general", "Database is down")
        await before.acting.react("ben", "general", message.ts, "eyes")
        await before.acting.create_channel("ana", "lunch", is_private=True)
        await before.acting.read("ben", "general", message.ts)

    async with standing_in(tmp_path) as after:
        channel = after.workspace.channel("general")
        assert channel is not None
        again = after.workspace.message(channel.id, message.ts)
        lunch = after.workspace.channel("lunch")

    assert again is not None
    assert (again.text, again.reactions) == ("Database is down", {"eyes": ["U0BEN"]})
    assert channel.last_read == {"U0BEN": message.ts}
    assert lunch is not None
    assert lunch.members == ["U0ANA"]
    assert len(after.workspace.users) == len(before.workspace.users)


async def test_business_time_goes_on_where_it_was(tmp_path: Path) -> None:
    async with standing_in(tmp_path) as before:
        before.clock.advance(3600)

    async with standing_in(tmp_path) as after:
        assert after.clock.offset == pytest.approx(3600, abs=1)


async def test_an_event_that_was_not_taken_is_tried_again(tmp_path: Path) -> None:
    clock = SandboxClock(ticking=False)
    async with standing_in(tmp_path, clock) as before:
        await before.acting.message("ana", "general", "anybody there?")
        await before.idle()

    async with standing_in(tmp_path, clock) as after, over_sockets(after) as app:
        assert app.heard == []
        clock.advance(60)
        await after.idle()

    assert [event["text"] for event in app.events("message")] == ["anybody there?"]
    assert app.retries == [("2", "timeout")]


async def test_an_event_that_was_taken_does_not_come_again(tmp_path: Path) -> None:
    clock = SandboxClock(ticking=False)
    async with standing_in(tmp_path, clock) as before, over_sockets(before):
        await before.acting.message("ana", "general", "hello")
        await before.idle()

    async with standing_in(tmp_path, clock) as after, over_sockets(after) as app:
        clock.advance(600)
        await after.idle()

    assert app.heard == []


async def test_an_app_finds_its_way_back_to_the_same_address(tmp_path: Path) -> None:
    first = Sandbox(manifest=MANIFEST, folder=tmp_path)
    await first.start()
    port = int(first.url.rpartition(":")[2])
    async with over_sockets(first, ping=0.2) as app:
        await first.stop()
        second = Sandbox(manifest=MANIFEST, folder=tmp_path, port=port)
        await second.start()
        await second.sockets.reach(1)
        outcome = await second.acting.command("ana", "general", "/say hello")

    assert outcome.ok
    assert len(app.heard) == 1
    await second.stop()


async def test_without_a_folder_nothing_is_kept() -> None:
    async with standing_in(None) as before:
        message = await before.acting.message("ana", "general", "hello")

    async with standing_in(None) as after:
        channel = after.workspace.channel("general")
        assert channel is not None
        assert after.workspace.message(channel.id, message.ts) is None
