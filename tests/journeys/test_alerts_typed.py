"""Alerts that wait for a decision are listed, declared and dismissed in words: in Slack, and at a terminal without it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.at_terminal import Terminal
from tests.town import Plan, Town, opened

SLOW = {"alertname": "ApiSlow", "service": "agent-runtime", "severity": "warning"}
FULL = {"alertname": "DiskFull", "service": "billing", "severity": "warning"}


async def fire(town: Town, *alerts: dict[str, str]) -> None:
    for each in alerts:
        town.ground.alertmanager.fire(each)
        await town.settle()


async def test_what_waits_is_listed_and_declared_by_its_number(town: Town) -> None:
    assert await town.slash("/incident alerts") == "No alert waits for a decision."
    await fire(town, SLOW, FULL)

    listed = await town.slash("/incident alerts")
    assert "1. ApiSlow (high)" in listed
    assert "2. DiskFull (high)" in listed

    assert "Declared INC-1 ApiSlow, high." in await town.slash("/incident alerts 1 declare")
    assert "INC-1 was declared for this by <@U0ANA>." in town.read("ApiSlow", "alerts")
    assert "Services: Agent runtime" in town.texts()[0]
    assert "INC-1 was declared for these alerts already" in await town.slash("/incident alerts 1 declare", by="ben")
    assert "1. ApiSlow" not in await town.slash("/incident alerts")


async def test_severity_and_title_are_said_on_the_line(town: Town) -> None:
    await fire(town, SLOW)

    answer = await town.slash("/incident alerts 1 declare critical Nothing runs any more")
    assert "Declared INC-1 Nothing runs any more, critical." in answer


async def test_what_needs_no_incident_is_dismissed_once(town: Town) -> None:
    await fire(town, SLOW)

    assert await town.slash("/incident alerts 1 dismiss", by="cho") == "Dismissed: ApiSlow."
    assert "Dismissed by <@U0CHO>." in town.read("ApiSlow", "alerts")
    assert "dismissed already" in await town.slash("/incident alerts 1 dismiss", by="ben")


async def test_words_that_say_nothing_are_refused_with_what_to_type(town: Town) -> None:
    await fire(town, SLOW)

    for words in ("1", "1 forget", "dismiss", "one declare"):
        assert "/incident alerts 1 dismiss" in await town.slash(f"/incident alerts {words}")
    assert "so old that they were forgotten" in await town.slash("/incident alerts 99 dismiss")


async def test_the_same_at_a_terminal(plan: Plan, tmp_path: Path) -> None:
    async with opened(replace(plan, start=datetime.now(UTC))) as town:
        await fire(town, SLOW, FULL)
        at = Terminal(ground=town.ground, folder=tmp_path, database=plan.database)

        assert "1. ApiSlow (high)" in (await at.opsbot("incident", "alerts")).out
        declared = await at.opsbot("incident", "alerts", "1", "declare")
        assert (declared.code, declared.out.splitlines()[0]) == (0, "Declared INC-1 ApiSlow, high."), declared.err
        dismissed = await at.opsbot("incident", "alerts", "2", "dismiss")
        assert "Dismissed: DiskFull." in dismissed.out
        refused = await at.opsbot("incident", "alerts", "1", "declare")
        assert (refused.code, "declared for these alerts already" in refused.err) == (1, True)
        assert "INC-1 ApiSlow" in (await at.opsbot("incident", "list")).out
