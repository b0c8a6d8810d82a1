"""The gates of a change: who may, how many, for how long, and everything that may happen between agreeing and doing."""

from datetime import timedelta

import pytest

from bot.domain.change_policy import ChangePolicy
from bot.domain.change_stage import Stage
from bot.domain.errors import Refused
from bot.domain.plan import Risk
from playbooks.beginning import Somewhere
from sandbox.postgres_server import PostgresServer
from sandbox.world.cloud_service import Target
from tests.change_room import ANA, BEN, DEE, ChangeRoom, change_room, token_of
from tests.war_room import CHO

BAD, GOOD = "control-plane-00042", "control-plane-00041"
LEAD = "U0LEAD"


async def test_outside_an_incident_a_second_person_agrees_and_it_is_done_and_verified(room: ChangeRoom) -> None:
    change = await room.ask()
    assert (change.stage, change.plan and change.plan.risk) == (Stage.WAITING, Risk.DISRUPTIVE)
    assert "dm/U0BEN" not in room.outside.posts
    assert {"change/1/card", "change/1/mirror", "change/1/ask/U0BEN", "change/1/ask/U0DEE"} <= set(room.outside.posts)

    await room.agree(change)
    done = await room.ends()
    assert done.stage is Stage.DONE
    assert room.serving() == {GOOD: 100}
    assert await room.deeds() == ["asked for", "planned", "agreed", "begun", "carried out", "verified"]


async def test_where_the_card_stands_there_is_no_line_about_it(room: ChangeRoom) -> None:
    async with room.store.begin() as unit:
        await unit.bindings.bind("channel/#alerts", {"channel": "C0ALERTS"})
    await room.ask(where=Somewhere(channel="C0ALERTS"))
    assert "change/1/card" in room.outside.posts
    assert "change/1/mirror" not in room.outside.posts


async def test_in_an_outage_the_one_who_asked_presses_alone(room: ChangeRoom) -> None:
    await room.outage()
    change = await room.ask("", where=Somewhere(channel="C1"))
    assert change.plan
    assert (change.plan.risk, change.urgent) == (Risk.SAFE, True)

    await room.agree(change, by=ANA)
    assert (await room.ends()).stage is Stage.DONE


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (ANA, "You may not agree to CHG-1. Who may: @U0BEN, @U0DEE."),
        (CHO, "You may not agree to CHG-1. Who may: @U0BEN, @U0DEE."),
    ],
)
async def test_neither_who_asked_nor_who_has_no_role_agrees(room: ChangeRoom, by: str, why: str) -> None:
    change = await room.ask()
    with pytest.raises(Refused, match=why):
        await room.agree(change, by=by)
    await room.settle()
    assert room.serving() == {BAD: 100}
    assert (await room.deeds())[-1] == "refused"


async def test_who_may_agree_does_not_agree_to_what_they_asked_for(room: ChangeRoom) -> None:
    change = await room.ask(by=BEN)
    with pytest.raises(Refused, match="somebody else has to agree"):
        await room.agree(change, by=BEN)
    assert (await room.change()).stage is Stage.WAITING


async def test_a_plan_expires_and_is_planned_anew(room: ChangeRoom) -> None:
    change = await room.ask()
    await room.pass_time(minutes=29)
    assert (await room.change()).stage is Stage.WAITING
    await room.pass_time(minutes=2)
    assert (await room.change()).stage is Stage.EXPIRED
    with pytest.raises(Refused, match="CHG-1 is over: expired"):
        await room.agree(change)

    again = await room.requests.again(1, by=ANA, delivery=room.delivery())
    await room.settle()
    assert (await room.change(again.number)).stage is Stage.WAITING


async def test_before_a_plan_expires_whoever_could_agree_and_whoever_asked_hear_of_it_once(room: ChangeRoom) -> None:
    await room.ask()
    await room.pass_time(minutes=24)
    assert [slot for slot in room.outside.posts if "/expiring/" in slot] == []
    await room.pass_time(minutes=2)
    warned = [slot for slot in room.outside.posts if "/expiring/" in slot]
    assert f"change/1/expiring/1/{ANA}" in warned
    assert len(warned) == len([name for name in (await room.change()).shown if name.startswith("ask/")]) + 1
    await room.pass_time(minutes=3)
    assert [slot for slot in room.outside.posts if "/expiring/" in slot] == warned
    assert (await room.change()).stage is Stage.WAITING


async def test_in_an_outage_a_plan_expires_after_ten_minutes(room: ChangeRoom) -> None:
    await room.outage()
    await room.ask("")
    await room.pass_time(minutes=11)
    assert (await room.change()).stage is Stage.EXPIRED


async def test_a_second_press_finds_it_agreed_and_it_happens_once(room: ChangeRoom) -> None:
    change = await room.ask()
    await room.agree(change, by=BEN)
    with pytest.raises(Refused, match="CHG-1 is agreed already, agreed to by @U0BEN"):
        await room.agree(change, by=DEE)
    await room.ends()
    assert [deed for deed in await room.deeds() if deed == "begun"] == ["begun"]


async def test_a_button_of_an_earlier_plan_is_out_of_date(room: ChangeRoom) -> None:
    change = await room.ask()
    stale = token_of(change)
    async with room.store.begin() as unit:
        current = await unit.changes.get_to_decide(1)
        assert current
        assert current.plan
        current.planned(current.plan, unit.now)
        await unit.changes.save(current)
    with pytest.raises(Refused, match="out of date"):
        await room.approvals.agree(stale, by=BEN, delivery=room.delivery())


async def test_a_deployment_in_between_makes_it_superseded_and_nothing_is_done(room: ChangeRoom) -> None:
    change = await room.ask()
    await room.agree(change)
    room.platform.set_traffic("control-plane", [Target(percent=100, revision="control-plane-00040")])
    room.clock.advance(10)

    ended = await room.ends()
    assert ended.stage is Stage.SUPERSEDED
    assert "changed meanwhile" in ended.outcome
    assert room.serving() == {"control-plane-00040": 100}


async def test_a_role_that_is_lost_between_agreeing_and_doing_stops_it(room: ChangeRoom) -> None:
    room.groups.members_of["S0LEADS"] = frozenset({LEAD})
    change = await room.ask()
    await room.agree(change, by=LEAD)
    room.groups.members_of["S0LEADS"] = frozenset()

    ended = await room.ends()
    assert (ended.stage, ended.outcome) == (
        Stage.REJECTED,
        "Somebody who agreed may not (any more, or nobody can tell now).",
    )
    assert room.serving() == {BAD: 100}


async def test_a_group_that_cannot_be_looked_at_lets_nobody_through(room: ChangeRoom) -> None:
    room.groups.members_of["S0LEADS"] = frozenset({LEAD})
    change = await room.ask()
    room.groups.members_of.clear()
    await room.pass_time(minutes=2)
    with pytest.raises(Refused, match="Nobody can tell now whether you may agree"):
        await room.agree(change, by=LEAD)
    await room.agree(change, by=BEN)
    assert (await room.ends()).stage is Stage.DONE, "who is named in the file needs no group"


async def test_who_left_the_group_is_seen_within_a_minute(room: ChangeRoom) -> None:
    room.groups.members_of["S0LEADS"] = frozenset({LEAD})
    change = await room.ask()
    room.groups.members_of["S0LEADS"] = frozenset()
    await room.settle(seconds=31)
    with pytest.raises(Refused, match="You may not agree"):
        await room.agree(change, by=LEAD)


async def test_it_begins_within_five_minutes_or_not_at_all(room: ChangeRoom) -> None:
    change = await room.ask()
    await room.agree(change)
    room.clock.advance(6 * 60)
    await room.relay.run_dry()
    ended = await room.change()
    assert (ended.stage, room.serving()) == (Stage.REJECTED, {BAD: 100})
    assert "within five minutes" in ended.outcome


async def test_a_freeze_stops_what_is_no_rollback_before_and_after_agreeing(room: ChangeRoom) -> None:
    change = await room.ask()
    await room.agree(change)
    await room.ends()
    finalize = await room.ask(kind="finalize")
    await room.agree(finalize, by=BEN)
    await room.freezing.begin("", "launch", by=CHO, delivery=room.delivery())

    ended = await room.ends(2)
    assert (ended.stage, ended.outcome) == (
        Stage.REJECTED,
        "Changes were frozen meanwhile; /ops freeze status says why.",
    )
    third = await room.ask(kind="finalize")
    with pytest.raises(Refused, match="Changes of everything are frozen by @U0CHO: launch"):
        await room.agree(third)
    with pytest.raises(Refused, match="You may not end a freeze"):
        await room.freezing.end("", by=CHO, delivery=room.delivery())
    await room.freezing.end("", by=BEN, delivery=room.delivery())
    await room.agree(third)
    assert (await room.ends(3)).stage is Stage.DONE


async def test_a_rollback_goes_on_during_a_freeze(room: ChangeRoom) -> None:
    await room.freezing.begin("control-plane", "", by=ANA, delivery=room.delivery())
    change = await room.ask()
    await room.agree(change)
    assert (await room.ends()).stage is Stage.DONE


async def test_of_one_target_one_change_is_under_way(room: ChangeRoom) -> None:
    first, second = await room.ask(), await room.ask("control-plane 00040")
    await room.agree(first)
    with pytest.raises(Refused, match="CHG-1 is changing the same already"):
        await room.agree(second)
    await room.ends(1)


async def test_what_is_so_already_is_not_done_again(room: ChangeRoom) -> None:
    change = await room.ask("control-plane 00042")
    assert (change.stage, change.outcome) == (
        Stage.NOTHING,
        "All traffic of Control plane goes to 00042 already.",
    )


async def test_a_plan_that_cannot_be_made_says_why(room: ChangeRoom) -> None:
    change = await room.ask("control-plane 00099")
    assert change.stage is Stage.FAILED
    assert "There is no revision of Control plane `00099`" in change.outcome


async def test_in_observe_mode_every_plan_is_shown_and_nothing_is_done(
    sqlite_store_url: str, postgres_server: PostgresServer
) -> None:
    async with change_room(sqlite_store_url, postgres=postgres_server, observing=True) as room:
        change = await room.ask()
        assert change.stage is Stage.BY_HAND
        with pytest.raises(Refused):
            await room.agree(change)
        await room.settle(5)
        assert room.serving() == {BAD: 100}


async def test_when_nobody_is_named_nobody_may(sqlite_store_url: str, postgres_server: PostgresServer) -> None:
    async with change_room(sqlite_store_url, postgres=postgres_server, policy=ChangePolicy()) as room:
        with pytest.raises(Refused, match=r"nobody: opsbot\.yaml names none"):
            await room.ask()


async def test_the_audit_names_everybody_and_is_whole(room: ChangeRoom) -> None:
    change = await room.ask()
    with pytest.raises(Refused):
        await room.agree(change, by=CHO)
    await room.agree(change, by=BEN)
    await room.ends()
    entries = await room.audit()
    assert [(each.record.deed, each.record.by) for each in entries] == [
        ("asked for", ANA),
        ("planned", ""),
        ("refused", CHO),
        ("agreed", BEN),
        ("begun", ""),
        ("carried out", ""),
        ("verified", ""),
    ]
    assert all(each.at <= room.clock.now() + timedelta(0) for each in entries)
