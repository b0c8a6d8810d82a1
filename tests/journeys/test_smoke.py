"""The same short night on every other combination of database and transport."""

from dataclasses import replace

import pytest

from tests.town import Plan, Town, opened


async def a_short_night(town: Town) -> None:
    """Declared by form, worked through by two people, reminded, restarted, resolved, closed."""
    await town.slash("/incident declare", by="cho")
    assert await town.fill({"What is wrong?": "API is down", "How bad is it?": "High"}, by="cho") == {}
    await town.say("@opsbot role commander", by="ana", where=town.room())
    assert "commander Ana Silva" in town.topic()
    await town.press("Done", by="dee", near="Find out what changed last")
    await town.press("Answer", by="ana", near="Who is affected")
    assert await town.fill({"Impact": "Everybody"}, by="ana") == {}
    await town.press("Next: Mitigate", by="ana")

    await town.pass_time(minutes=30)
    assert "<@U0ANA>, a status update was due" in town.read("a status update was due")
    await town.stop()
    await town.start()
    await town.settle()
    assert town.count("a status update was due") == 1
    await town.slash("/incident update It was the cable", by="ana", where=town.room())
    assert town.count("a status update was due") == 0

    await town.slash("/incident resolve The cable is in again", by="ana", where=town.room())
    await town.slash("/incident close without", by="ana", where=town.room())
    assert "closed" in town.topic()
    assert len(town.texts("critical-incidents")) == 1
    assert [each.status for each in town.ground.pagerduty.incidents] == ["resolved"]


async def test_sqlite_over_http(plan: Plan) -> None:
    async with opened(replace(plan, transport="http")) as town:
        await a_short_night(town)


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_postgresql(plan: Plan, postgres_store_url: str, transport: str) -> None:
    async with opened(replace(plan, database=postgres_store_url, transport=transport)) as town:
        await a_short_night(town)
