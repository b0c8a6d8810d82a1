"""Outages that mislead: a slow database behind a slow service, and agents that fail for three different reasons."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.postgres_server import PostgresServer
from tests.town import Plan, Town, opened


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    """A town around a platform that can be changed."""
    async with opened(replace(plan, cloud=postgres_server)) as town:
        yield town


async def declared(town: Town, breakage: str, title: str, number: int = 1) -> str:
    """Something broke a quarter of an hour ago, and its incident is declared; its room."""
    town.ground.platform.break_(breakage)
    await town.pass_time(minutes=15)
    await town.slash(f"/incident declare critical {title}", where="general")
    return town.room(number)


async def test_slow_queries_are_the_databases_and_more_instances_are_no_cure(town: Town) -> None:
    room = await declared(town, "slow-queries", "Everything is slow")
    first = town.read("within 5 min", room).splitlines()[0]
    assert "00042 deployed" in first
    assert "[Roll back]" in first

    await town.slash("/ops scale control-plane 12", where=room)
    assert "more instances ask more of it" in town.read("CHG-1", room)
    await town.press("Cancel", by="ana", where=room, near="CHG-1")

    await town.press("Roll back", by="ana", where=room, near="👉")
    await town.press("Roll back", by="ana", where=room, near="CHG-2")
    await town.pass_time(seconds=10)
    assert town.ground.platform.broken() == []
    await town.pass_time(minutes=6)
    assert "✅ CHG-2" in town.read("CHG-2 · ", room)


async def test_agents_fail_for_three_reasons_and_each_has_a_cure_of_its_own(town: Town) -> None:
    platform = town.ground.platform
    room = await declared(town, "tool-down", "Agents fail")
    assert "going back a revision does not help" in town.read("within 5 min", room)
    await town.slash("/ops env agent-runtime WEB_SEARCH_PROVIDER=secondary", where=room)
    await town.press("Agree", by="ben", where=room, near="CHG-1")
    await town.pass_time(minutes=1)
    assert platform.broken() == []
    await town.slash("/incident resolve Another provider.", where=room)

    platform.mend_all()
    await town.pass_time(minutes=40)
    room = await declared(town, "permission-revoked", "Agents are refused", 2)
    said = town.read("within 5 min", room)
    assert "document-store is denied" in said
    assert "[Roll back]" not in said.splitlines()[0]
    platform.relieve("permission-revoked", "document-store")
    assert platform.broken() == []
    await town.slash("/incident resolve Granted again.", where=room)

    await town.pass_time(minutes=40)
    room = await declared(town, "bad-agent-update", "An agent fails", 3)
    assert town.read("within 5 min", room).startswith("👉 00044 deployed ")
    await town.press("Roll back", by="ana", where=room, near="👉")
    await town.press("Roll back", by="ana", where=room, near="CHG-2")
    await town.pass_time(seconds=10)
    assert platform.broken() == []
