"""Channels that opsbot was not invited to: what waits for an invitation says so where people look, and nothing is lost."""

from sandbox.slack import gathering
from tests.as_seen import labels_of
from tests.town import Town

SLOW = {"alertname": "ApiSlow", "service": "agent-runtime", "severity": "warning"}


def put_out(town: Town, name: str) -> None:
    """Opsbot is not in a channel."""
    channel = town.ground.workspace.channel(name)
    assert channel
    gathering.leave(town.ground.desk, channel, town.ground.app.bot_user)


async def invite(town: Town, name: str) -> None:
    await town.ground.acting.invite("ana", name, "opsbot")
    await town.pass_time(seconds=61)


async def test_a_step_says_that_it_waits_for_an_invitation(town: Town) -> None:
    put_out(town, "critical-incidents")
    await town.slash("/incident declare critical API is down")

    steps = town.read("Declare · ")
    assert "Announce it in #critical-incidents. — waiting for an invitation to #critical-incidents" in steps
    assert "opsbot is on it" not in steps

    await invite(town, "critical-incidents")
    assert "✓ 2. Announce it in #critical-incidents." in town.read("Declare · ")
    assert "INC-1 API is down" in town.texts("critical-incidents")[0]


async def test_so_does_that_of_an_incident_declared_later(town: Town) -> None:
    put_out(town, "critical-incidents")
    await town.slash("/incident declare critical API is down")
    await town.slash("/incident declare critical Payments fail")
    await town.pass_time(seconds=61)

    assert "waiting for an invitation to #critical-incidents" in town.read("Declare · ", town.room(2))


async def test_alerts_that_nobody_would_see_are_told_to_who_would_respond(town: Town) -> None:
    put_out(town, "alerts")
    town.ground.alertmanager.fire(SLOW)
    await town.settle()

    told = town.directs("ana")[-1]
    assert "ApiSlow" in told
    assert "#alerts does not work: opsbot waits for an invitation to #alerts" in told
    assert town.directs("dee")[-1] == told
    assert labels_of(town.find("ApiSlow", town.direct("ana"))) == ["Declare", "Dismiss"]

    await town.pass_time(minutes=10)
    assert len([each for each in town.directs("ana") if "ApiSlow" in each]) == 1

    await town.press("Declare", by="ana", where=town.direct("ana"))
    assert await town.fill({"How bad is it?": "High"}) == {}
    await invite(town, "alerts")
    assert "INC-1 was declared for this by <@U0ANA>." in town.read("ApiSlow", "alerts")


async def test_so_are_those_that_come_after_opsbot_was_taken_out(town: Town) -> None:
    town.ground.alertmanager.fire({**SLOW, "service": "billing"})
    await town.settle()
    put_out(town, "alerts")
    town.ground.alertmanager.fire(SLOW)
    await town.settle()

    (told,) = town.directs("dee")
    assert "ApiSlow" in told
    assert "#alerts does not work: opsbot was removed from its channel; invite it again." in told
