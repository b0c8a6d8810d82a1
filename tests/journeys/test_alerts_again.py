"""An alert that fires again reopens the incident it made, and one of PagerDuty's own is the only page there is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.as_seen import labels_of
from tests.organisation_text import described as quiet_text
from tests.town import Plan, Town, opened

SLOW = {"alertname": "ApiSlow", "service": "agent-runtime", "severity": "warning"}
DOWN = {"alertname": "ApiDown", "service": "control-plane", "severity": "critical"}


RULE, POLICY = "severity: [critical, P1]", "escalation_policy: PONCALL1"


def described(folder: Path, **instead: str) -> str:
    """An opsbot.yaml in which a rule declares for what is urgent in PagerDuty; `policy` may be another one."""
    written = quiet_text().replace(RULE, "severity: [critical, P1, high]")
    config = folder / "urgent.yaml"
    config.write_text(written.replace(POLICY, f"escalation_policy: {instead.get('policy', 'PONCALL1')}"))
    return str(config)


@pytest.fixture
async def strict(plan: Plan, tmp_path: Path) -> AsyncIterator[Town]:
    """A town in which a rule declares for alerts of PagerDuty's."""
    async with opened(replace(plan, environment={"OPSBOT_CONFIG": described(tmp_path)})) as town:
        yield town


async def over(town: Town) -> str:
    """An alert that was declared and resolved, and stopped."""
    key = town.ground.alertmanager.fire(SLOW)
    await town.settle()
    await town.press("Declare", where="alerts")
    await town.fill({"How bad is it?": "Critical"})
    await town.press("Take command", by="ben")
    await town.slash("/incident resolve INC-1 It was the cable")
    town.ground.alertmanager.resolve(key)
    await town.settle()
    await town.pass_time(minutes=30)
    return key


async def down(town: Town) -> None:
    """What a rule declares for fires."""
    town.ground.alertmanager.fire(DOWN)
    await town.settle()


async def stops(town: Town) -> None:
    """It stops, and half an hour passes."""
    town.ground.alertmanager.settle(DOWN)
    await town.settle()
    await town.pass_time(minutes=30)


async def fires_again(town: Town) -> None:
    town.ground.alertmanager.fire(SLOW)
    await town.settle()


async def test_what_fires_again_reopens_its_incident_in_the_same_room_and_pages_once(town: Town) -> None:
    await over(town)
    await fires_again(town)
    assert labels_of(town.find("ApiSlow", "alerts")) == ["Reopen INC-1", "Declare", "Dismiss"]

    await town.press("Reopen INC-1", by="ana", where="alerts")
    assert await town.fill({"Why?": "Slow again"}, by="ana") == {}

    assert town.rooms() == ["inc-1-apislow"]
    assert "INC-1 is reopened by <@U0ANA>." in town.read("is reopened")
    assert [each.status for each in town.ground.pagerduty.incidents] == ["resolved", "triggered"]
    told = town.find("ApiSlow", "alerts")
    assert "INC-1 was reopened for this by <@U0ANA>." in town.read("ApiSlow", "alerts")
    assert labels_of(told) == []
    timeline = await town.slash("/incident timeline INC-1")
    assert "Alert of Alertmanager: ApiSlow (again)" in timeline

    town.ground.alertmanager.fire({**SLOW, "instance": "2"})
    await town.settle()
    assert town.rooms() == ["inc-1-apislow"]
    assert town.count("kept up to date", "alerts") == 2, "what comes now belongs to the incident that goes on"
    assert "Fires now: ApiSlow. It is on the timeline of INC-1." in town.texts("alerts")[-1]


async def test_by_a_rule_it_is_reopened_at_once_and_after_it_was_closed_declared_anew(town: Town) -> None:
    await down(town)
    await town.press("Take command", by="ben", where=town.rooms()[0])
    await town.slash("/incident resolve INC-1 It was the cable")
    await stops(town)
    await down(town)
    assert len(town.rooms()) == 1
    assert "INC-1 is reopened by an alert." in town.read("is reopened", town.rooms()[0])
    assert statuses(town) == ["resolved", "triggered"]

    await town.slash("/incident resolve INC-1 It was the other cable")
    await town.slash("/incident close INC-1 without")
    await stops(town)
    await down(town)
    assert len(town.rooms(2)) == 1
    assert "INC-2 was declared for this by rule control-plane-down." in town.texts("alerts")[-1]


async def test_after_it_was_closed_it_goes_on_in_a_linked_room(town: Town) -> None:
    await over(town)
    await town.slash("/incident close INC-1 without", by="ben")
    await town.pass_time(minutes=2)
    await fires_again(town)

    answer = await town.slash("/incident alerts 2 reopen It is back", by="ana")
    assert "a new one is being opened" in answer
    assert town.rooms() == ["inc-1-apislow", "inc-1-apislow-2"]
    assert "goes on here" in town.read("goes on here", town.rooms()[1])
    assert [each.status for each in town.ground.pagerduty.incidents] == ["resolved", "triggered"]


async def test_two_who_reopen_it_reopen_it_once(town: Town) -> None:
    await over(town)
    await fires_again(town)
    await town.press("Reopen INC-1", by="ana", where="alerts")
    await town.press("Reopen INC-1", by="ben", where="alerts")
    assert await town.fill({"Why?": "Slow again"}, by="ana") == {}

    wrong = await town.fill({"Why?": "Slow again"}, by="ben")
    assert wrong == {"Why?": "INC-1 was declared for these alerts already; work on it there."}
    assert town.count("is reopened") == 1


async def test_one_that_was_made_private_meanwhile_is_reopened_by_those_who_may_know_alone(town: Town) -> None:
    await over(town)
    await fires_again(town)
    await town.slash("/incident private INC-1 now", by="ben")

    await town.press("Reopen INC-1", by="gus", where="alerts")
    assert "There is no INC-1" in town.whispered("gus")
    assert not town.has_form("gus")
    assert "There is no INC-1" in await town.slash("/incident alerts 2 reopen", by="gus")
    assert "INC-1 is open again." in await town.slash("/incident alerts 2 reopen", by="ben")


async def test_an_alert_of_pagerduty_is_the_only_page_and_is_answered_there(strict: Town) -> None:
    town = strict
    await goes_down(town)

    assert town.rooms() == ["inc-1-api-is-down"]
    assert statuses(town) == ["triggered"]
    assert "Paged Ana Silva" in town.texts()[0]
    await town.press("Acknowledge", by="ben")
    assert statuses(town) == ["acknowledged"]

    await town.slash("/incident resolve INC-1 It was the cable", by="ben")
    assert statuses(town) == ["resolved"]
    assert "no second page is sent" in await town.slash("/incident timeline INC-1")


async def test_so_it_is_when_somebody_declares(town: Town) -> None:
    await goes_down(town)
    await town.press("Declare", by="ben", where="alerts")
    assert await town.fill({"How bad is it?": "Critical"}, by="ben") == {}

    assert statuses(town) == ["triggered"]
    await town.press("Take command", by="ben")
    assert statuses(town) == ["acknowledged"]


async def test_who_acknowledges_it_in_pagerduty_commands(strict: Town) -> None:
    town = strict
    await goes_down(town)
    town.ground.pagerduty.acknowledge(town.ground.pagerduty.incidents[0].id, "PBEN001")
    await town.pass_time(seconds=10)

    assert "Commander <@U0BEN>" in town.texts()[0]
    assert statuses(town) == ["acknowledged"]


async def test_reopening_for_one_that_fires_again_sends_no_second_page(town: Town) -> None:
    await goes_down(town)
    await town.press("Declare", by="ben", where="alerts")
    await town.fill({"How bad is it?": "Critical"}, by="ben")
    await town.slash("/incident resolve INC-1 It was the cable", by="ben")
    await town.pass_time(minutes=30)
    await goes_down(town)

    await town.press("Reopen INC-1", by="ana", where="alerts")
    assert await town.fill({"Why?": "Down again"}, by="ana") == {}
    assert statuses(town) == ["resolved", "triggered"]
    await town.press("Acknowledge", by="ben", near="is reopened")
    assert statuses(town) == ["resolved", "acknowledged"]


async def test_when_it_ends_by_itself_and_nobody_has_answered_opsbot_pages(strict: Town) -> None:
    town = strict
    await goes_down(town)
    town.ground.pagerduty.end_alert(town.ground.pagerduty.incidents[0].id)
    await town.pass_time(seconds=10)

    assert statuses(town) == ["resolved", "triggered"]


async def test_what_wakes_others_is_not_the_page_of_the_incident(plan: Plan, tmp_path: Path) -> None:
    config = described(tmp_path, policy="POTHERS1")
    async with opened(replace(plan, environment={"OPSBOT_CONFIG": config})) as town:
        await goes_down(town)

        assert statuses(town) == ["triggered", "triggered"]


async def test_without_the_right_to_answer_it_opsbot_pages_itself(plan: Plan, tmp_path: Path) -> None:
    environment = {"OPSBOT_CONFIG": described(tmp_path), "PAGERDUTY_FROM": ""}
    async with opened(replace(plan, environment=environment)) as town:
        await goes_down(town)

        assert statuses(town) == ["triggered", "triggered"]


async def goes_down(town: Town) -> None:
    """Another system raises an alert for which PagerDuty wakes somebody."""
    town.ground.pagerduty.raise_alert("Control plane", "API is down", "critical", key="api-is-down")
    await town.settle()
    await town.pass_time(seconds=10)


def statuses(town: Town) -> list[str]:
    """How what PagerDuty wakes people for stands, the oldest first."""
    return [each.status for each in town.ground.pagerduty.incidents]
