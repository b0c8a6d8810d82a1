"""What becomes of a change when Cloud Run says nothing, says no, fails, or when it does not help."""

import pytest

from bot.domain.change_stage import Stage
from bot.domain.looking import LookAt
from playbooks.beginning import Somewhere
from sandbox.faults import Fault
from tests.change_room import BEN, ChangeRoom
from tests.looked import QUICK, SLOW, looks, phase

BAD, GOOD = "control-plane-00042", "control-plane-00041"


def break_down(room: ChangeRoom, kind: str, method: str = "Services.UpdateService", times: int | None = 1) -> None:
    room.over.ground.faults.add(Fault(name=kind, kind=kind, target="google", method=method, times=times))


def shifts(room: ChangeRoom) -> int:
    return sum(event.kind == "shifted" for event in room.platform.chronicle.events)


async def test_after_a_change_it_is_looked_again_so_that_what_helped_is_advised_no_more(room: ChangeRoom) -> None:
    room.outside.seen = {"latency": SLOW}
    await room.outage()
    await room.settle(3)
    assert "👉 00042 deployed" in phase(room)

    change = await room.ask(where=Somewhere(channel="C1"))
    await room.agree(change)
    room.outside.seen = {"latency": QUICK}
    room.outside.done = [each for each in room.outside.done if not isinstance(each, LookAt)]
    assert (await room.ends()).stage is Stage.DONE
    await room.settle(3)

    assert set(looks(room)) >= {"latency"}
    assert "👉" not in phase(room)


async def test_it_is_looked_once_more_when_nothing_of_before_is_counted_as_now(room: ChangeRoom) -> None:
    room.outside.seen = {"latency": SLOW}
    await room.outage()
    await room.settle(3)
    change = await room.ask(where=Somewhere(channel="C1"))
    await room.agree(change)
    assert (await room.ends()).stage is Stage.DONE
    assert "👉 00042 deployed" in phase(room), "the numbers are late"

    room.outside.seen = {"latency": QUICK}
    await room.pass_time(minutes=10)
    assert "👉" not in phase(room)


async def test_what_served_until_just_now_is_not_said_to_have_served_until_this_minute(room: ChangeRoom) -> None:
    change = await room.ask()

    assert change.plan
    assert change.plan.evidence[0].startswith("00041 served until minutes ago, failed ")


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error:UNAVAILABLE", "error:INTERNAL", "ratelimited"])
async def test_an_unknown_outcome_is_settled_by_looking_and_it_happens_once(room: ChangeRoom, kind: str) -> None:
    change = await room.ask()
    break_down(room, kind)
    await room.agree(change)

    assert (await room.ends()).stage is Stage.DONE
    assert (room.serving(), shifts(room)) == ({GOOD: 100}, 1)


async def test_a_refusal_ends_it_with_what_to_grant_and_traffic_stays(room: ChangeRoom) -> None:
    change = await room.ask()
    break_down(room, "error:PERMISSION_DENIED")
    await room.agree(change)

    ended = await room.ends()
    assert ended.stage is Stage.FAILED
    assert "grant it roles/run.developer" in ended.outcome
    assert (room.serving(), shifts(room)) == ({BAD: 100}, 0)


async def test_a_conflict_means_that_nothing_was_done_and_a_new_plan_is_needed(room: ChangeRoom) -> None:
    change = await room.ask()
    break_down(room, "error:ABORTED")
    await room.agree(change)

    ended = await room.ends()
    assert (ended.stage, shifts(room)) == (Stage.SUPERSEDED, 0)
    assert "A new plan is needed" in ended.outcome


async def test_when_it_cannot_be_looked_it_is_waited_and_in_the_end_it_failed(room: ChangeRoom) -> None:
    change = await room.ask()
    break_down(room, "error:UNAVAILABLE", "Services.*", times=None)
    await room.agree(change)

    ended = await room.ends(minutes=15)
    assert ended.stage is Stage.FAILED
    assert "It was not so within 10 min" in ended.outcome


async def test_while_cloud_run_is_at_work_nothing_is_planned(room: ChangeRoom) -> None:
    await room.agree(await room.ask())
    await room.relay.run_dry()
    second = await room.ask("control-plane 00040")
    assert second.stage is Stage.FAILED
    assert "Cloud Run is still changing Control plane" in second.outcome


async def test_a_rollback_that_does_not_help_says_so_and_is_left(room: ChangeRoom) -> None:
    await room.agree(await room.ask("control-plane 00040"))
    await room.ends()
    await room.pass_time(minutes=5)
    await room.agree(await room.ask("control-plane 00042"), by=BEN)

    ended = await room.ends(2)
    assert (ended.stage, room.serving()) == (Stage.FAILED, {BAD: 100})
    assert any("00042 fails" in line for line in ended.found)
    assert "did not help" in room.outside.messages["change/2/card"].summary


async def test_when_nobody_can_tell_it_is_not_called_a_success(room: ChangeRoom) -> None:
    change = await room.ask()
    await room.agree(change)
    await room.settle(6)
    break_down(room, "error:UNAVAILABLE", "Services.*", times=None)

    ended = await room.ends(minutes=20)
    assert ended.stage is Stage.UNCONFIRMED
    assert "Nobody can tell yet whether it helped" in room.outside.messages["change/1/card"].summary


async def test_finalizing_makes_a_revision_of_the_good_one_and_later_deployments_serve(room: ChangeRoom) -> None:
    await room.agree(await room.ask())
    await room.ends()
    before = room.platform.service("control-plane")
    good = before.revision(GOOD)
    assert good
    assert before.pinned
    await room.agree(await room.ask(kind="finalize"))
    assert (await room.ends(2)).stage is Stage.DONE

    after = room.platform.service("control-plane")
    assert room.serving() == {"control-plane-00043": 100}
    assert (after.pinned, after.template.image) == (False, good.template.image)
    room.platform.deploy("control-plane", after.template)
    room.clock.advance(30)
    assert not room.platform.service("control-plane").pinned


async def test_what_is_not_pinned_needs_no_finalizing(room: ChangeRoom) -> None:
    change = await room.ask(kind="finalize")
    assert (change.stage, change.outcome) == (
        Stage.NOTHING,
        "Control plane takes new deployments already; nothing is pinned.",
    )


async def test_unpinning_what_serves_anyway_takes_one_press(room: ChangeRoom) -> None:
    await room.agree(await room.ask("control-plane 00041"))
    await room.ends()
    refused = await room.ask(kind="to-latest")
    assert refused.stage is Stage.FAILED
    assert "/rollback finalize control-plane" in refused.outcome
