"""A run of a playbook: its steps end in their own way, its phases open, and nothing happens twice."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.delivery import Delivery
from bot.domain.effect import Edit, OpenRoom
from bot.domain.errors import AlreadyDone, Refused
from bot.domain.incident import Severity, Status
from bot.domain.paging import PageOnCall
from bot.domain.run import RunKey, State
from playbooks.audience import Audience
from tests.war_room import ANA, BEN, CHO, WarRoom, war_room

INC_1 = RunKey(incident=1)


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as room:
        await room.declare()
        await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
        await room.settle(3)
        yield room


async def test_the_next_phase_opens_when_all_steps_ended_and_moves_the_incident(room: WarRoom) -> None:
    run = await room.run()
    assert [phase.slug for phase in run.phases] == ["declare", "assess"]
    assert (await room.incident()).status is Status.INVESTIGATING
    assert "incident/1/phase/assess" in room.outside.messages


async def test_next_opens_a_phase_and_the_same_button_again_is_refused(room: WarRoom) -> None:
    await room.runner.next_phase(INC_1, 2, by=ANA, delivery=room.delivery())

    with pytest.raises(Refused, match="out of date"):
        await room.runner.next_phase(INC_1, 2, by=BEN, delivery=room.delivery())
    assert len((await room.run()).opened) == 3


async def test_the_phase_after_resolving_does_not_open_before(room: WarRoom) -> None:
    await room.runner.next_phase(INC_1, 2, by=ANA, delivery=room.delivery())
    await room.runner.next_phase(INC_1, 3, by=ANA, delivery=room.delivery())

    with pytest.raises(Refused, match="when it is resolved"):
        await room.runner.next_phase(INC_1, 4, by=ANA, delivery=room.delivery())


async def test_a_step_that_was_pressed_tells_the_second_who_did_it(room: WarRoom) -> None:
    await room.runner.done(INC_1, "assess/3", by=ANA, delivery=room.delivery())

    with pytest.raises(Refused, match=ANA):
        await room.runner.skip(INC_1, "assess/3", "", by=BEN, delivery=room.delivery())


async def test_a_click_that_comes_twice_changes_nothing(room: WarRoom) -> None:
    click = Delivery(source="slack/action", key="1")
    await room.runner.done(INC_1, "assess/3", by=ANA, delivery=click)
    entries = len(await room.incidents.timeline(1))

    with pytest.raises(AlreadyDone):
        await room.runner.done(INC_1, "assess/3", by=ANA, delivery=click)
    assert len(await room.incidents.timeline(1)) == entries


async def test_the_reason_for_skipping_may_follow(room: WarRoom) -> None:
    await room.runner.skip(INC_1, "assess/3", "", by=ANA, delivery=room.delivery())
    await room.runner.skip(INC_1, "assess/3", "no deploys today", by=ANA, delivery=room.delivery())

    progress = (await room.run()).progress("assess/3")
    assert (progress.state, progress.note) == (State.SKIPPED, "no deploys today")
    with pytest.raises(Refused):
        await room.runner.skip(INC_1, "assess/3", "mine", by=BEN, delivery=room.delivery())


async def test_a_question_is_answered_and_not_pressed(room: WarRoom) -> None:
    with pytest.raises(Refused, match="Answer"):
        await room.runner.done(INC_1, "assess/1", by=ANA, delivery=room.delivery())
    await room.runner.answer(INC_1, "assess/1", "Half of the users", by=ANA, delivery=room.delivery())
    await room.runner.answer(INC_1, "assess/2", "Control plane", by=ANA, delivery=room.delivery())

    incident = await room.incident()
    assert incident.answers["impact"] == "Half of the users"
    assert incident.services == ("control-plane",)
    await room.runner.answer(INC_1, "assess/1", "All of them", by=BEN, delivery=room.delivery())
    assert (await room.incident()).answers["impact"] == "All of them"


async def test_a_service_that_there_is_not_is_refused_with_the_nearest(room: WarRoom) -> None:
    with pytest.raises(Refused, match="no service `contrl-plane`; did you mean `control-plane`") as refused:
        await room.runner.answer(INC_1, "assess/2", "billing, contrl-plane", by=ANA, delivery=room.delivery())

    assert refused.value.field == "answer"
    assert (await room.incident()).services == ()


async def test_a_fact_ticks_its_step_and_cannot_be_pressed(room: WarRoom) -> None:
    await room.runner.next_phase(INC_1, 2, by=ANA, delivery=room.delivery())
    with pytest.raises(Refused, match="ticks itself"):
        await room.runner.done(INC_1, "mitigate/5", by=ANA, delivery=room.delivery())

    audiences = frozenset({Audience.ROOM})
    await room.incidents.post_update(1, "Rolling back.", audiences, by=ANA, delivery=room.delivery())
    assert (await room.run()).progress("mitigate/5").state is State.DONE


async def test_only_what_reads_differently_is_edited(room: WarRoom) -> None:
    room.outside.done.clear()
    await room.runner.assign(INC_1, "assess/3", CHO, by=ANA, delivery=room.delivery())
    await room.settle(3)

    assert [effect.slot for effect in room.outside.done if isinstance(effect, Edit)] == ["incident/1/phase/assess"]


async def test_resolving_skips_what_is_left_and_opens_the_work_after_it(room: WarRoom) -> None:
    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    await room.settle(5)

    run = await room.run()
    assert run.current
    assert run.current.slug == "learn"
    assert {step.key.split("/")[0] for step in run.open_steps()} == {"learn"}
    assert "incident/1/phase/learn" in room.outside.messages
    assert "incident/1/phase/mitigate" not in room.outside.messages
    with pytest.raises(Refused, match="resolved"):
        await room.incidents.resolve(1, "Again.", by=BEN, delivery=room.delivery())


async def test_an_incident_closes_when_it_is_resolved_and_not_before(room: WarRoom) -> None:
    with pytest.raises(Refused, match="not resolved"):
        await room.incidents.close(1, by=ANA, delivery=room.delivery(), without_report="")
    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    await room.incidents.close(1, by=ANA, delivery=room.delivery(), without_report="")

    assert (await room.run()).finished
    with pytest.raises(Refused):
        await room.incidents.note(99, "x", by=ANA, delivery=room.delivery())


async def test_a_worse_severity_starts_its_playbook_where_the_incident_stands(sqlite_store_url: str) -> None:
    async with war_room(sqlite_store_url) as room:
        await room.declare(Severity.MEDIUM)
        await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
        await room.runner.answer(INC_1, "assess/4", "Slow for everybody", by=ANA, delivery=room.delivery())
        await room.runner.next_phase(INC_1, 1, by=ANA, delivery=room.delivery())
        await room.settle(5)
        reason = "now it is down"
        incident = await room.incidents.change_severity(
            1, Severity.CRITICAL, by=ANA, reason=reason, delivery=room.delivery()
        )
        await room.settle(8)

        run = await room.run()
        assert (run.id, run.playbook.name, run.current and run.current.slug) == (2, "critical-incident", "mitigate")
        assert {step.key.split("/")[0] for step in run.open_steps()} == {"mitigate"}
        assert run.progress("declare/4").state is State.DONE
        assert run.progress("assess/1").state is State.DONE
        done = room.outside.done
        assert len([effect for effect in done if isinstance(effect, OpenRoom)]) == 1
        assert len([effect for effect in done if isinstance(effect, PageOnCall)]) == 1
        assert "incident/1/announcement" in room.outside.messages
        assert f"incident/1/inform/{CHO}" in room.outside.messages
        assert incident.response_due is None


async def test_a_better_severity_announces_nothing_anew_and_keeps_what_is_shown(room: WarRoom) -> None:
    await room.incidents.change_severity(1, Severity.LOW, by=ANA, reason="", delivery=room.delivery())
    await room.settle(8)

    run = await room.run()
    assert run.playbook.name == "low-incident"
    assert room.outside.posts.count("incident/1/announcement") == 1
    assert "incident/1/phase/declare" in room.outside.messages
    with pytest.raises(Refused, match="already"):
        await room.incidents.change_severity(1, Severity.LOW, by=ANA, reason="", delivery=room.delivery())
