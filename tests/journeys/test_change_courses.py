"""What happens around a change: somebody goes ahead alone, it is called off, taken back, reviewed, followed up."""

import pytest

from bot.domain.change_stage import Stage
from bot.domain.errors import Refused
from bot.domain.incident import Severity
from bot.domain.plan import Risk
from playbooks.home import Homes
from tests.change_room import ANA, BEN, DEE, ChangeRoom, token_of
from tests.war_room import CHO, ELI

BAD = "control-plane-00042"


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


async def test_a_rollback_that_is_not_finalised_is_asked_for_once_and_stays_owed_until_it_is(room: ChangeRoom) -> None:
    await room.agree(await room.ask())
    await room.ends()
    await room.pass_time(hours=25)
    assert "change/1/follow-up" in room.outside.messages
    await room.pass_time(hours=24)
    assert (await room.change(1)).next_due

    finalize = await room.ask(kind="finalize")
    await room.agree(finalize)
    await room.ends(2)
    await room.pass_time(hours=49)
    assert room.outside.posts.count("change/1/follow-up") == 1
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


async def test_whoever_may_agree_sees_it_on_their_home_until_it_is_decided(room: ChangeRoom) -> None:
    homes = Homes(store=room.store, organisation=room.requests._organisation)
    change = await room.ask()
    waits = {user: "CHG-1" in str(await homes.home_of(user)) for user in (ANA, BEN, CHO, DEE)}
    assert waits == {ANA: False, BEN: True, CHO: False, DEE: True}
    await room.agree(change)
    assert "CHG-1" not in str(await homes.home_of(DEE))
