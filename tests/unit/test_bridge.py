"""A call for an incident alone: made once, found again, ended, and never more than what people need to join it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.bridge import URL
from bot.domain.course import NO_MEETING
from bot.domain.errors import GiveUp, Refused
from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.incident import Incident, Severity, Status
from bot.domain.plan import Risk
from playbooks.bridging import Bridging, bridge_for
from playbooks.changes.bridge import BRIDGE
from playbooks.hands import Hands
from sandbox.zoom import HOSTS
from tests.telling import Telling, telling, zoom_client

MAKING = "POST /v2/users/{host}/meetings"


@pytest.fixture
async def desk() -> AsyncIterator[Telling]:
    async with telling() as desk:
        desk.incident = an_incident(desk)
        yield desk


def an_incident(desk: Telling, *, number: int = 42, private: bool = False) -> Incident:
    return Incident(
        number=number,
        title="API is down",
        severity=Severity.CRITICAL,
        severity_since=desk.now,
        declared_by="U0ANA",
        declared_at=desk.now,
        alert=f"opsbot-inc-{number}-a1b2",
        private=private,
    )


def topics(desk: Telling) -> list[str]:
    return [each.topic for each in desk.zoom.meetings]


async def test_a_call_is_made_and_ended(desk: Telling) -> None:
    plan = await desk.plan(BRIDGE, "")
    assert (plan.risk, plan.target, plan.before) == (Risk.SAFE, "bridge/INC-42", "the link that all incidents share")
    done = await desk.carry_out(BRIDGE, plan)
    assert topics(desk) == ["INC-42: API is down"]
    assert done.brought[URL].startswith("https://zoom.example/j/")
    assert "zak" not in f"{done}", "what lets somebody lead it is nobody's business"
    assert (await desk.verify(BRIDGE, plan)).helped is True

    assert desk.incident
    desk.incident.bridge, desk.incident.meeting = done.brought[URL], done.brought["bridge_meeting"]
    assert "has one already" in (await desk.plan(BRIDGE, "")).nothing_to_do
    end = await desk.undo(BRIDGE, plan)
    assert (await desk.carry_out(BRIDGE, end)).brought == {URL: "", "bridge_meeting": NO_MEETING}
    assert not desk.zoom.meetings
    assert (await desk.verify(BRIDGE, end)).helped is True
    await desk.carry_out(BRIDGE, end)


@pytest.mark.parametrize("kind", ["drop_after", "internal_error_applied", "garbage_json", "drop_before", "ratelimited"])
async def test_a_lost_answer_makes_no_second_call(desk: Telling, kind: str) -> None:
    plan = await desk.plan(BRIDGE, "")
    desk.breaks(kind, "zoom", MAKING)
    await desk.carry_out(BRIDGE, plan)
    await desk.carry_out(BRIDGE, plan, look=True)
    assert len(topics(desk)) == 1


async def test_the_effect_of_declaring_makes_the_same_call(desk: Telling) -> None:
    effects, effect = Bridging(desk.hands), bridge_for(an_incident(desk, private=True))
    desk.breaks("drop_after", "zoom", MAKING)
    receipt = await desk.until_done(lambda attempt: effects.open(effect, attempt))
    assert receipt.facts[URL]
    assert topics(desk) == ["INC-42"], "the title of a private incident stays here"


async def test_hosts_take_turns(desk: Telling) -> None:
    client = zoom_client(desk.zoom_url, desk.clock, hosts=HOSTS[1:])
    for number in (1, 2, 3):
        await client.make(f"INC-{number}", mark=f"mark-{number}", turn=number)
    await client.close()
    assert [each.host for each in desk.zoom.meetings] == [HOSTS[2], HOSTS[1], HOSTS[2]]


async def test_a_token_that_has_ended_is_renewed(desk: Telling) -> None:
    assert desk.hands.meetings
    for number in (1, 2):
        await desk.hands.meetings.make(f"INC-{number}", mark=f"mark-{number}", turn=number)
        desk.clock.advance(3 * 3600)
    assert len(desk.zoom.meetings) == 2


async def test_what_is_wrong_with_the_settings_is_said_and_the_secret_is_not(desk: Telling) -> None:
    wrong = zoom_client(desk.zoom_url, desk.clock, secret="another-secret")
    with pytest.raises(GiveUp, match="does not let us in: check ZOOM_ACCOUNT_ID") as caught:
        await wrong.make("INC-1", mark="mark", turn=1)
    assert "another-secret" not in str(caught.value)
    with pytest.raises(CouldNotLook, match="does not let us in"):
        await wrong.examine()
    await wrong.close()
    stranger = zoom_client(desk.zoom_url, desk.clock, hosts=["who@example.com"])
    with pytest.raises(CouldNotLook, match="does not have it"):
        await stranger.examine()
    await stranger.close()


async def test_without_zoom_the_link_of_all_is_the_bridge(desk: Telling) -> None:
    effect = bridge_for(an_incident(desk))
    plan = await desk.plan(BRIDGE, "")
    desk.world = replace(desk.world, meetings=None)
    with pytest.raises(NotConfigured, match="set ZOOM_ACCOUNT_ID"):
        await desk.plan(BRIDGE, "")
    desk.hands = Hands(world=desk.world)
    with pytest.raises(NotConfigured):
        await desk.carry_out(BRIDGE, plan)
    with pytest.raises(GiveUp, match="Zoom is not configured"):
        await desk.until_done(lambda attempt: Bridging(desk.hands).open(effect, attempt))


async def test_bad_input_is_refused_with_what_to_do(desk: Telling) -> None:
    with pytest.raises(Refused, match="There is no word `of`"):
        desk.read(BRIDGE, "of")
    assert (await desk.plan(BRIDGE, "off")).nothing_to_do == "INC-42 has no call of its own."
    assert desk.incident
    desk.incident.status = Status.RESOLVED
    assert "nobody meets for it any more" in (await desk.plan(BRIDGE, "")).nothing_to_do
    desk.incident = None
    with pytest.raises(Refused, match="in its war room"):
        desk.read(BRIDGE, "")
