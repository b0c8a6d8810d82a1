"""Alerts suggest incidents, or declare them where a rule says so."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.as_seen import labels_of, words_of
from tests.organisation_text import described as quiet_text
from tests.town import Plan, Town, opened

SLOW = {"alertname": "ApiSlow", "service": "agent-runtime", "severity": "warning"}
DOWN = {"alertname": "ApiDown", "service": "control-plane", "severity": "critical"}


async def test_an_alert_of_pagerduty_is_suggested_and_declared_with_one_form(town: Town) -> None:
    raise_alert(town, "Billing", "Payments fail")
    await town.settle()

    told = town.read("Payments fail", "alerts")
    assert "1 alert from PagerDuty" in told
    assert "since" in told
    assert "Services: Billing" in told
    assert not town.rooms()

    await town.press("Declare", by="ben", where="alerts")
    form = town.form("ben")
    assert any("Payments fail" in str(block) for block in form["blocks"])
    assert await town.fill({"How bad is it?": "High"}, by="ben") == {}

    assert town.room() == "inc-1-payments-fail"
    assert "Services: Billing" in town.texts()[0]
    assert "INC-1 was declared for this by <@U0BEN>." in town.read("Payments fail", "alerts")
    assert labels_of(town.find("Payments fail", "alerts")) == []
    assert "Alert of PagerDuty: Payments fail" in await town.slash("/incident timeline INC-1")


async def test_alerts_of_one_cause_are_one_message_that_says_when_they_stop(town: Town) -> None:
    prints = [town.ground.alertmanager.fire({**SLOW, "instance": str(number)}) for number in range(12)]
    await town.settle()

    assert town.count("ApiSlow", "alerts") == 1
    told = town.read("ApiSlow", "alerts")
    assert "12 alerts from Alertmanager" in told
    assert "ApiSlow (warning) × 12" in told

    town.ground.alertmanager.resolve(prints.pop())
    await town.settle()
    assert "11 of 12 firing" in town.read("ApiSlow", "alerts")

    await town.pass_time(minutes=20)
    for each in prints:
        town.ground.alertmanager.resolve(each)
    await town.settle()

    told = town.read("ApiSlow", "alerts")
    assert "stopped" in told
    assert "after 20 min" in told
    assert town.count("ApiSlow", "alerts") == 1
    assert labels_of(town.find("ApiSlow", "alerts")) == []


async def test_alerts_of_one_service_that_come_together_are_one_suggestion(town: Town) -> None:
    town.ground.alertmanager.fire(SLOW)
    await town.settle()
    await town.pass_time(minutes=5)
    raise_alert(town, "Agent runtime", "Runs fail")
    await town.settle()

    assert len(town.texts("alerts")) == 1
    told = town.read("ApiSlow", "alerts")
    assert "2 alerts from Alertmanager and PagerDuty" in told
    assert "Runs fail" in told

    raise_alert(town, "Billing", "Payments fail")
    await town.settle()
    assert len(town.texts("alerts")) == 2


async def test_a_dismissed_suggestion_stays_quiet_until_it_stops_and_comes_back(town: Town) -> None:
    key = town.ground.alertmanager.fire(SLOW)
    await town.settle()
    await town.press("Dismiss", by="cho", where="alerts")
    assert "Dismissed by <@U0CHO>." in town.read("ApiSlow", "alerts")

    await town.pass_time(minutes=60)
    town.ground.alertmanager.fire(SLOW)
    await town.settle()
    assert town.count("ApiSlow", "alerts") == 1

    town.ground.alertmanager.resolve(key)
    await town.settle()
    await town.pass_time(minutes=60)
    town.ground.alertmanager.fire(SLOW)
    await town.settle()
    assert town.count("ApiSlow", "alerts") == 2


async def test_a_rule_declares_at_once_and_asks_for_a_commander(town: Town) -> None:
    town.ground.alertmanager.fire(DOWN, {"summary": "API is down"})
    await town.settle()

    assert town.room() == "inc-1-api-is-down"
    assert "Declared by rule control-plane-down" in town.texts()[0]
    assert "Rule control-plane-down declared this, not a person." in town.read("not a person")
    assert "INC-1 was declared for this by rule control-plane-down." in town.read("API is down", "alerts")
    assert [each.status for each in town.ground.pagerduty.incidents] == ["triggered"]

    await town.press("Take command", by="ben", near="not a person")
    assert "Commander <@U0BEN>" in town.texts()[0]
    assert town.count("not a person") == 0


async def test_a_rule_declares_once_and_what_fires_again_is_noted(town: Town) -> None:
    key = town.ground.alertmanager.fire(DOWN)
    await town.settle()
    town.ground.alertmanager.fire(DOWN)
    town.ground.alertmanager.fire({**DOWN, "instance": "2"})
    await town.settle()
    town.ground.alertmanager.resolve(key)
    await town.settle()
    town.ground.alertmanager.fire(DOWN)
    await town.settle()

    assert incidents(town) == ["INC-1"]
    timeline = await town.slash("/incident timeline INC-1")
    assert "Alert of Alertmanager: ApiDown (stopped)" in timeline
    assert "Alert of Alertmanager: ApiDown (again)" in timeline

    await town.slash("/incident resolve INC-1 It was the cable")
    await town.pass_time(minutes=20)
    town.ground.alertmanager.resolve(key)
    await town.settle()
    assert incidents(town) == ["INC-1"], "what fired on is no news"

    town.ground.alertmanager.fire({**DOWN, "instance": "3"})
    await town.settle()
    assert incidents(town) == ["INC-1"]
    assert "INC-1 is reopened by an alert." in town.read("is reopened")


async def test_what_fires_again_after_its_incident_is_suggested_with_what_came_before(town: Town) -> None:
    key = town.ground.alertmanager.fire(SLOW)
    await town.settle()
    await town.press("Declare", where="alerts")
    await town.fill({"How bad is it?": "High"})
    await town.slash("/incident resolve INC-1 It was the cable")
    town.ground.alertmanager.resolve(key)
    await town.settle()
    await town.pass_time(minutes=30)
    town.ground.alertmanager.fire(SLOW)
    await town.settle()

    assert town.count("ApiSlow", "alerts") == 2
    assert "INC-1 was declared for this before; it is over." in town.texts("alerts")[-1]
    assert incidents(town) == ["INC-1"]


async def test_two_who_declare_the_same_make_one_incident(town: Town) -> None:
    town.ground.alertmanager.fire(SLOW)
    await town.settle()
    await town.press("Declare", by="ana", where="alerts")
    await town.press("Declare", by="ben", where="alerts")
    assert await town.fill({"How bad is it?": "High"}, by="ana") == {}
    wrong = await town.fill({"How bad is it?": "Low"}, by="ben")

    assert wrong == {"What is wrong?": "INC-1 was declared for these alerts already; work on it there."}
    assert incidents(town) == ["INC-1"]


async def test_a_private_incident_is_not_named_in_the_alerts_channel(town: Town) -> None:
    town.ground.alertmanager.fire(SLOW)
    await town.settle()
    await town.press("Declare", by="ana", where="alerts")
    await town.fill(
        {
            "How bad is it?": "High",
            "Is it confidential?": ("Private: only those who are invited see it",),
        }
    )

    told = town.read("ApiSlow", "alerts")
    assert "INC-1" not in told
    assert "Being taken care of by <@U0ANA>." in told


async def test_a_suggestion_says_which_open_incident_it_looks_like(town: Town) -> None:
    await town.slash("/incident declare high Payments fail for everybody")
    raise_alert(town, "Billing", "Payments fail for all")
    await town.settle()

    assert "Looks like INC-1 Payments fail for everybody, which is open." in town.read("fail for all", "alerts")


async def test_our_own_pages_suggest_nothing_and_are_learnt_at_once(town: Town) -> None:
    await town.slash("/incident declare critical API is down", by="cho")
    await town.settle()
    town.ground.pagerduty.acknowledge(town.ground.pagerduty.incidents[0].id, "PBEN001")
    await town.settle()

    assert "Commander <@U0BEN>" in town.texts()[0]
    assert town.texts("alerts") == []
    timeline = await town.slash("/incident timeline INC-1")
    await town.pass_time(seconds=30)
    assert await town.slash("/incident timeline INC-1") == timeline


async def test_without_an_api_token_a_webhook_tells_who_acknowledged(plan: Plan) -> None:
    async with opened(replace(plan, environment={"PAGERDUTY_API_TOKEN": ""})) as town:
        await town.slash("/incident declare critical API is down", by="cho")
        town.ground.pagerduty.acknowledge(town.ground.pagerduty.incidents[0].id, "PBEN001")
        await town.settle()

        assert "Commander <@U0BEN>" in town.texts()[0]


@pytest.mark.parametrize("kind", ["duplicate_delivery", "drop_after"])
async def test_a_webhook_that_comes_twice_declares_once(town: Town, kind: str) -> None:
    town.breaks(kind, target="webhook")
    town.ground.alertmanager.fire(DOWN)
    raise_alert(town, "Billing", "Payments fail")
    await town.settle()
    await town.pass_time(minutes=1)

    assert incidents(town) == ["INC-1"]
    assert len(town.texts("alerts")) == 2


async def test_what_came_while_the_bot_was_down_is_heard_later(town: Town) -> None:
    await town.stop()
    raise_alert(town, "Billing", "Payments fail")
    await town.ground.idle()
    await town.start()
    await town.pass_time(minutes=2)

    assert town.count("Payments fail", "alerts") == 1


async def test_a_secret_that_was_changed_in_one_place_loses_nothing(plan: Plan) -> None:
    async with opened(replace(plan, environment={"PAGERDUTY_WEBHOOK_SECRET": "new-secret"})) as town:
        raise_alert(town, "Billing", "Payments fail")
        await town.settle()
        assert town.texts("alerts") == []

        secret = town.ground.environment()["PAGERDUTY_WEBHOOK_SECRET"]
        await town.stop()
        await town.start({"PAGERDUTY_WEBHOOK_SECRET": f"new-secret, {secret}"})
        await town.pass_time(minutes=2)
        assert town.count("Payments fail", "alerts") == 1


async def test_without_rules_every_alert_is_suggested_and_rules_can_leave_some_alone(
    plan: Plan, tmp_path: Path
) -> None:
    written = quiet_text()
    start, end = written.index("\nalerts:"), written.index("\n# Alerts of one service")
    config = tmp_path / "without-rules.yaml"
    config.write_text(written[:start] + written[end:])
    async with opened(replace(plan, environment={"OPSBOT_CONFIG": str(config)})) as town:
        town.ground.alertmanager.fire(DOWN)
        town.ground.alertmanager.fire({"alertname": "Watchdog", "service": "web", "severity": "none"})
        await town.settle()
        assert len(town.texts("alerts")) == 2
        assert not incidents(town)

    async with opened(replace(plan, database=f"sqlite:///{tmp_path / 'other.db'}")) as town:
        town.ground.alertmanager.fire({"alertname": "Watchdog", "service": "web", "severity": "none"})
        await town.settle()
        assert town.texts("alerts") == []


async def test_hostile_alerts_are_shown_and_never_shout(town: Town) -> None:
    title = "<!channel> *bold* `code` <https://evil.example|bank> \u202egnihtyna\x07 " + "x" * 100_000
    town.ground.alertmanager.fire({**SLOW, "team": "<!here>"}, {"summary": title, "runbook_url": "javascript:alert(1)"})
    await town.settle()
    await town.press("Declare", by="ana", where="alerts")
    assert await town.fill({"How bad is it?": "Low"}) == {}

    for where in ("alerts", town.room()):
        for message in town.messages(where):
            assert "<!channel>" not in message.get("text", "")
            assert "<!here>" not in str(message.get("blocks"))
            assert "javascript:" not in str(message)
            assert not any(label in str(message.get("blocks")) for label in ("'broadcast'", "'usergroup'"))
    assert "evil.example" in words_of(town.messages("alerts")[0])


def raise_alert(town: Town, service: str, summary: str) -> None:
    """Another system raises an alert that PagerDuty opens an incident for."""
    town.ground.pagerduty.raise_alert(service, summary, "critical")


def incidents(town: Town) -> list[str]:
    """The incidents that have a room, in order."""
    rooms = (each.name for each in town.ground.workspace.channels if each.name.startswith("inc-"))
    return sorted("-".join(name.upper().split("-")[:2]) for name in rooms)
