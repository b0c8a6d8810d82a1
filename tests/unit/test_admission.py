"""Who is let in at the door, by what the mirror of Slack's profiles says; and what a value of a button may be about."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.delivery import Delivery
from bot.domain.effect import Priority
from bot.domain.errors import Refused
from bot.domain.form import Answers
from bot.domain.profile import SetProfile, Standing
from handlers.admission import Admission
from handlers.sender import Sender, sender_of
from handlers.spoken import Filled, Pressed
from playbooks import load
from playbooks.beginning import Somewhere
from playbooks.runbook import Runbook
from playbooks.vocabulary import vocabulary
from tests.war_room import ANA, BEN, GUS, WarRoom, war_room

TEAM = "T0HOME"
NEW = "U0NEW"
STEPS = "---\nkind: scenario\ntitle: Spike\n---\n## Look\n1. Look at it\n"


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as room:
        yield room


@pytest.fixture
def admission(room: WarRoom) -> Admission:
    async def team() -> str:
        return TEAM

    return Admission(store=room.store, organisation=room.organisation, incidents=room.incidents, team=team)


def sender(user: str = NEW, *teams: str) -> Sender:
    return Sender(user=user, teams=frozenset(teams or (TEAM,)))


async def keep(room: WarRoom, standing: Standing, user: str = NEW) -> None:
    async with room.store.begin() as unit:
        await unit.people.keep(user, standing)


async def looked_up(room: WarRoom) -> list[SetProfile]:
    async with room.store.look() as unit:
        return [each.effect for each in await unit.outbox.waiting() if isinstance(each.effect, SetProfile)]


@pytest.mark.parametrize("standing", [each for each in Standing if each is not Standing.FULL])
async def test_only_full_members_are_let_in(room: WarRoom, admission: Admission, standing: Standing) -> None:
    await keep(room, Standing.FULL)
    await admission.admit(sender())

    await keep(room, standing)
    with pytest.raises(Refused, match="member"):
        await admission.admit(sender())


async def test_who_acts_in_another_workspace_is_not_looked_up(room: WarRoom, admission: Admission) -> None:
    for teams in (("T0OTHER",), (TEAM, "T0OTHER")):
        with pytest.raises(Refused, match="its own workspace"):
            await admission.admit(sender(ANA, *teams))
    assert await looked_up(room) == []


async def test_the_mirror_is_refreshed_after_a_few_minutes_and_not_before(room: WarRoom, admission: Admission) -> None:
    await keep(room, Standing.FULL)
    await admission.admit(sender())
    assert await looked_up(room) == []

    room.clock.advance(timedelta(minutes=6).total_seconds())
    for _ in range(3):
        await admission.admit(sender())
    assert [each.user for each in await looked_up(room)] == [NEW]


async def test_while_slack_is_silent_the_named_are_let_in_and_others_are_asked_to_try_again(
    room: WarRoom, admission: Admission
) -> None:
    await admission.admit(sender(ANA))

    with pytest.raises(Refused, match="try again in a moment"):
        await admission.admit(sender())
    assert {each.user for each in await looked_up(room)} == {ANA, NEW}


async def test_while_slack_is_silent_what_was_known_holds(room: WarRoom, admission: Admission) -> None:
    await keep(room, Standing.GUEST, ANA)
    room.clock.advance(timedelta(days=2).total_seconds())

    with pytest.raises(Refused, match="Guests"):
        await admission.admit(sender(ANA))


async def test_the_named_are_looked_up_as_the_bot_starts_when_nobody_has_lately(
    room: WarRoom, admission: Admission
) -> None:
    await keep(room, Standing.FULL, ANA)
    await admission.expect()

    found = await looked_up(room)
    assert {each.user for each in found} == {member.slack for member in room.organisation.people.values()} - {ANA}
    assert {each.priority for each in found} == {Priority.HOUSEKEEPING}


def test_a_sender_is_read_from_every_kind_of_delivery() -> None:
    command = {"command": "/incident", "user_id": "U1", "team_id": "T1"}
    press = {"type": "block_actions", "user": {"id": "U1", "team_id": "T2"}, "team": {"id": "T1"}}
    words = {"event": {"user": "U1", "user_team": "T2", "team": "T1"}}
    bare = {"type": "shortcut", "user": {"id": "U1"}, "team": None}

    assert sender_of(command) == sender("U1", "T1")
    assert sender_of(press) == sender_of(words) == sender("U1", "T1", "T2")
    assert sender_of(bare) == Sender(user="U1", teams=frozenset())


async def test_a_run_beside_a_private_incident_is_for_those_who_may_know_of_that(
    room: WarRoom, admission: Admission, tmp_path: Path
) -> None:
    (tmp_path / "spike.md").write_text(STEPS)
    incident = await room.declare(by=ANA, private=True)
    runbook = Runbook(store=room.store, organisation=room.organisation, catalogue=load(vocabulary(), tmp_path))
    where = Somewhere(channel=(await room.incident()).room)
    run = await runbook.start("spike", where, by=ANA, delivery=room.delivery())

    value = f"{run.key}/look/1"
    await admission.admit_press(pressed("step-done", value, by=ANA))
    with pytest.raises(Refused, match=f"There is no {incident.key}"):
        await admission.admit_press(pressed("step-done", value, by=GUS))
    with pytest.raises(Refused, match=f"There is no {incident.key}"):
        await admission.admit_form(filled("skip", value, by=GUS))
    with pytest.raises(Refused, match="There is no run"):
        await runbook.stop(run.key, by=GUS, delivery=room.delivery())


@pytest.mark.parametrize("value", ["", "x", "1 OR 1=1", "-1", "1" * 12, "run-x/look/1", "٣"])
async def test_a_value_that_nobody_drew_does_nothing(admission: Admission, value: str) -> None:
    with pytest.raises(Refused, match="older message"):
        await admission.admit_press(pressed("acknowledge", value, by=BEN))
    with pytest.raises(Refused, match="older message"):
        await admission.admit_form(filled("severity", value, by=BEN))


def pressed(action: str, value: str, *, by: str) -> Pressed:
    return Pressed(action=action, value=value, user=by, channel="C9", delivery=Delivery(source="test", key=value))


def filled(form: str, subject: str, *, by: str) -> Filled:
    answers = Answers(subject=subject, values={})
    return Filled(form=form, answers=answers, user=by, delivery=Delivery(source="test", key=subject))
