"""The gates of a change: who may, how many, for how long, and everything that may happen between agreeing and doing."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.change_policy import ChangePolicy
from bot.domain.change_stage import Stage
from bot.domain.errors import Refused
from bot.domain.incident import Severity
from bot.domain.plan import Risk
from playbooks.beginning import Somewhere
from sandbox.world.cloud_service import Target
from tests.change_room import ANA, BEN, DEE, ChangeRoom, change_room, token_of
from tests.war_room import CHO, ELI

BAD, GOOD = "control-plane-00042", "control-plane-00041"
LEAD = "U0LEAD"


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[ChangeRoom]:
    async with change_room(sqlite_store_url) as room:
        yield room


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


async def test_who_has_no_role_cannot_even_ask(room: ChangeRoom) -> None:
    with pytest.raises(Refused, match=r"You may not ask for a rollback\. Who may: @U0ANA, @U0BEN"):
        await room.ask(by=CHO)


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


async def test_the_incident_must_still_be_what_it_was_when_it_was_safe(room: ChangeRoom) -> None:
    await room.outage()
    change = await room.ask("")
    await room.agree(change, by=ANA)
    await room.incidents.change_severity(1, Severity.LOW, by=BEN, reason="no", delivery=room.delivery())
    ended = await room.ends()
    assert ended.stage is Stage.REJECTED
    assert "not an open critical or high one any more" in ended.outcome


async def test_somebody_goes_ahead_alone_with_a_reason_and_a_lead_reviews_it(room: ChangeRoom) -> None:
    await room.outage()
    change = await room.ask("control-plane 00040")
    assert change.plan
    assert change.plan.risk is Risk.DISRUPTIVE
    with pytest.raises(Refused, match="20 characters"):
        await room.approvals.go_alone(token_of(change), "too short", by=ANA, delivery=room.delivery())
    reason = "Nobody else is awake and customers cannot log in."
    await room.approvals.go_alone(token_of(change), reason, by=ANA, delivery=room.delivery())
    assert (await room.ends()).stage is Stage.DONE
    assert "change/1/ask/U0ELI" in room.outside.messages

    with pytest.raises(Refused, match="you may review CHG-1"):
        await room.approvals.review(1, by=ANA, delivery=room.delivery())
    await room.pass_time(hours=25)
    assert "change/1/overdue/U0ELI" in room.outside.messages
    await room.approvals.review(1, by=ELI, delivery=room.delivery())
    assert (await room.change()).reviewed_by == ELI


async def test_an_incident_is_not_closed_before_what_was_done_alone_is_reviewed(room: ChangeRoom) -> None:
    await room.outage()
    change = await room.ask("control-plane 00040")
    await room.approvals.go_alone(token_of(change), "x" * 30, by=ANA, delivery=room.delivery())
    await room.ends()
    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    with pytest.raises(Refused, match="CHG-1 was done alone and nobody else has reviewed it yet"):
        await room.incidents.close(1, by=ANA, delivery=room.delivery(), without_report="")
    await room.approvals.review(1, by=BEN, delivery=room.delivery())
    await room.incidents.close(1, by=ANA, delivery=room.delivery(), without_report="")


async def test_what_was_just_done_is_left_alone_unless_it_is_taken_back(room: ChangeRoom) -> None:
    await room.agree(await room.ask())
    await room.settle(6)
    again = await room.ask("control-plane 00040")
    with pytest.raises(Refused, match="CHG-1 did the same just now; see whether it helps"):
        await room.agree(again)
    await room.ends(1)
    undo = await room.requests.undo(1, by=ANA, delivery=room.delivery())
    await room.settle()
    await room.agree(await room.change(undo.number), by=DEE)


async def test_a_rollback_that_is_not_finalised_is_asked_for_every_day(room: ChangeRoom) -> None:
    await room.agree(await room.ask())
    await room.ends()
    await room.pass_time(hours=25)
    assert "change/1/follow-up/1" in room.outside.messages
    await room.pass_time(hours=24)
    assert "change/1/follow-up/2" in room.outside.messages

    finalize = await room.ask(kind="finalize")
    await room.agree(finalize)
    await room.ends(2)
    await room.pass_time(hours=49)
    assert "change/1/follow-up/3" not in room.outside.messages
    assert (await room.change(1)).next_due is None


async def test_nobody_goes_ahead_alone_without_an_outage(room: ChangeRoom) -> None:
    change = await room.ask()
    with pytest.raises(Refused, match="open incident of critical or high severity"):
        await room.approvals.go_alone(token_of(change), "x" * 30, by=ANA, delivery=room.delivery())


async def test_it_is_called_off_before_it_begins(room: ChangeRoom) -> None:
    change = await room.ask()
    with pytest.raises(Refused, match="You may not call off"):
        await room.approvals.cancel(1, by=CHO, delivery=room.delivery())
    await room.approvals.cancel(1, by=DEE, delivery=room.delivery())
    assert (await room.change()).stage is Stage.REJECTED
    with pytest.raises(Refused, match="is over"):
        await room.agree(change)


async def test_a_rollback_is_taken_back_by_another_change_that_people_agree_to(room: ChangeRoom) -> None:
    await room.agree(await room.ask())
    await room.ends()
    undo = await room.requests.undo(1, by=ANA, delivery=room.delivery())
    await room.settle()
    planned = await room.change(undo.number)
    assert planned.plan
    assert planned.plan.after == "100 % to 00042"
    await room.agree(planned, by=DEE)
    ended = await room.ends(2)
    assert room.serving() == {BAD: 100}
    assert (ended.stage, (await room.change(1)).undone_by) == (Stage.FAILED, 2)


async def test_a_plan_that_cannot_be_made_says_why(room: ChangeRoom) -> None:
    change = await room.ask("control-plane 00099")
    assert change.stage is Stage.FAILED
    assert "There is no revision of Control plane `00099`" in change.outcome


async def test_in_observe_mode_every_plan_is_shown_and_nothing_is_done(sqlite_store_url: str) -> None:
    async with change_room(sqlite_store_url, observing=True) as room:
        change = await room.ask()
        assert change.stage is Stage.BY_HAND
        with pytest.raises(Refused):
            await room.agree(change)
        await room.settle(5)
        assert room.serving() == {BAD: 100}


async def test_when_nobody_is_named_nobody_may(sqlite_store_url: str) -> None:
    async with change_room(sqlite_store_url, policy=ChangePolicy()) as room:
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
