"""What several looks need at the same moment is read once, for all who wait for it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.cloud_service import CloudService, Condition, Revision, Share
from bot.domain.evidence import CouldNotLook
from playbooks.evidence.blame import blamed, markers
from playbooks.evidence.window import Window
from playbooks.shared import Shared
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)


class Slow:
    """A read that ends when it is told to; it counts how often it is begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def look(self) -> str:
        self.begun += 1
        return await self.answer


async def begun(shared: Shared, read: Slow, number: int) -> list[asyncio.Task[str]]:
    """So many who ask for the same."""
    asking = [asyncio.create_task(shared.read("what", read.look)) for _ in range(number)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return asking


async def test_who_asks_while_it_is_read_waits_for_the_same_answer() -> None:
    shared, read = Shared(), Slow()
    asking = await begun(shared, read, 3)
    read.answer.set_result("so it is")
    assert await asyncio.gather(*asking) == ["so it is"] * 3
    assert read.begun == 1


async def test_who_asks_later_is_told_what_is_so_then() -> None:
    shared, read = Shared(), Slow()
    read.answer.set_result("so it is")
    await shared.read("what", read.look)
    await shared.read("what", read.look)
    assert read.begun == 2


async def test_who_gives_up_waiting_takes_the_answer_from_nobody() -> None:
    shared, read = Shared(), Slow()
    first, second = await begun(shared, read, 2)
    first.cancel()
    await asyncio.sleep(0)
    read.answer.set_result("so it is")
    assert await second == "so it is"


async def test_a_read_that_fails_fails_for_all_who_waited_and_is_made_again() -> None:
    shared, read = Shared(), Slow()
    asking = await begun(shared, read, 2)
    read.answer.set_exception(CouldNotLook("503"))
    assert [type(each) for each in await asyncio.gather(*asking, return_exceptions=True)] == [CouldNotLook] * 2
    with pytest.raises(CouldNotLook):
        await shared.read("what", read.look)
    assert read.begun == 2


class Counting:
    """Cloud Run with one revision, which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def services(self) -> Sequence[CloudService]:
        raise AssertionError

    async def service(self, name: str, region: str) -> CloudService:
        self.asked += 1
        await asyncio.sleep(0)
        share = Share(revision=f"{name}-00042", percent=100)
        return CloudService(name=name, region=region, condition=Condition.READY, serving=(share,))

    async def revisions(self, name: str, region: str) -> Sequence[Revision]:
        del region
        await asyncio.sleep(0)
        created = NOW - timedelta(minutes=10)
        return [Revision(name=f"{name}-00042", service=name, created_at=created, condition=Condition.READY)]

    def digest(self, variable: str, value: str) -> str:
        raise AssertionError((variable, value))


async def test_looks_that_blame_the_same_service_ask_the_cloud_once() -> None:
    cloud = Counting()
    world = replace(empty_world(NOW), services=cloud)
    service = world.organisation.services["control-plane"]
    window = Window(since=NOW - timedelta(hours=1), until=NOW, step=timedelta(minutes=1))
    looks = (blamed(world, service, NOW - timedelta(minutes=9), window) for _ in range(5))
    drawn = (markers(world, service, window) for _ in range(5))
    blames, _ = await asyncio.gather(asyncio.gather(*looks), asyncio.gather(*drawn))
    assert all(each and each.revision.name == "control-plane-00042" for each in blames)
    assert cloud.asked == 2, "once for what serves, and once more for what to go back to"
