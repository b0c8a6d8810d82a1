"""Whatever people, PagerDuty, Slack and the clock do to an incident, in whatever order, some things always hold."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.domain.delivery import Delivery
from bot.domain.effect import Effect, FindChannel, Invite, OpenDirect, OpenRoom, Pin
from bot.domain.errors import AlreadyDone, Refused
from bot.domain.incident import Duty, Incident, Severity, Status
from bot.domain.paging import AcknowledgePage, PageOnCall, PageTarget
from bot.domain.run import Run, RunKey
from playbooks.audience import Audience
from tests import incident_holds as holds
from tests.databases import Templates
from tests.war_room import ANA, BEN, CHO, DEE, WarRoom, war_room

INC_1 = RunKey(incident=1)
Result = TypeVar("Result")
BROKEN = "broken for now"
PEOPLE = st.sampled_from([ANA, BEN, CHO, DEE])
BREAKABLE = st.sampled_from([FindChannel, Invite, OpenDirect, OpenRoom, Pin, AcknowledgePage, PageOnCall, PageTarget])
NEWS = st.sampled_from(
    [
        {"state": "notified", "who": "Ana Silva"},
        {"state": "unnoticed", "why": "nobody is on call"},
        {"state": "acknowledged", "who": "Ana Silva", "pagerduty": "PANA001"},
        {"state": "acknowledged", "who": "A stranger", "pagerduty": "PWHO", "email": "who@example.com"},
        {"state": "resolved"},
    ]
)


class IncidentLife(RuleBasedStateMachine):
    """One incident; a second person sees every button a moment too late, and everything is delivered twice."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.opened = war_room(self.url)
        self.room: WarRoom = self.wait(self.opened.__aenter__())
        self.seen: Incident | None = None
        self.entries = 0
        self.last: Callable[[], Awaitable[object]] | None = None

    def teardown(self) -> None:
        self.wait(self.opened.__aexit__(None, None, None))
        self.loop.close()

    def wait(self, doing: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run(doing)

    def press(self, doing: Callable[[Delivery], Awaitable[object]]) -> bool:
        """Somebody does something; says whether they could. Then everything outside is carried out."""
        return self.wait(self._press(doing))

    async def _press(self, doing: Callable[[Delivery], Awaitable[object]]) -> bool:
        delivery = self.room.delivery()
        try:
            await doing(delivery)
        except Refused as refused:
            assert str(refused)
            return False
        finally:
            await self.room.relay.run_dry()
        self.last = lambda: doing(delivery)
        return True

    @property
    def incident(self) -> Incident:
        return self.wait(self.room.incident())

    @property
    def run(self) -> Run:
        return self.wait(self.room.run())

    @initialize(severity=st.sampled_from(Severity), private=st.booleans(), broken=st.none() | BREAKABLE)
    def declare(self, severity: Severity, private: bool, broken: type[Effect] | None) -> None:  # noqa: FBT001
        if broken:
            self.room.break_down(broken, BROKEN)
        self.wait(self.room.declare(severity, private=private))

    @rule(by=PEOPLE)
    def acknowledge(self, by: str) -> None:
        before = self.incident
        if self.press(lambda delivery: self.room.incidents.acknowledge(1, by=by, delivery=delivery)):
            assert self.incident.commander == (before.commander or by)

    @rule(duty=st.sampled_from(Duty), user=PEOPLE, seen=st.none() | PEOPLE)
    def take_role(self, duty: Duty, user: str, seen: str | None) -> None:
        held = self.incident.duties.get(duty)
        taken = self.press(
            lambda delivery: self.room.incidents.take_role(1, duty, user=user, by=user, held_by=seen, delivery=delivery)
        )
        assert not taken or held == seen
        assert self.incident.duties.get(duty) == (user if taken else held)

    @rule(audiences=st.frozensets(st.sampled_from(Audience)).map(lambda chosen: chosen | {Audience.STATUS_PAGE}))
    def post_update(self, audiences: frozenset[Audience]) -> None:
        text = "Still looking."
        if self.press(lambda delivery: self.room.incidents.post_update(1, text, audiences, by=ANA, delivery=delivery)):
            policy = self.room.organisation.severity(self.incident.severity)
            assert self.incident.update_asked is None
            assert self.incident.update_due == policy.update_due(self.room.clock.now())

    @rule(minutes=st.sampled_from([None, 15, 30]))
    def put_off(self, minutes: int | None) -> None:
        incidents = self.room.incidents
        if minutes:
            self.press(lambda delivery: incidents.snooze(1, minutes, by=ANA, delivery=delivery))
        else:
            self.press(lambda delivery: incidents.no_change(1, by=ANA, delivery=delivery))

    @rule(severity=st.sampled_from(Severity))
    def change_severity(self, severity: Severity) -> None:
        self.press(
            lambda delivery: self.room.incidents.change_severity(1, severity, by=BEN, reason="", delivery=delivery)
        )

    @rule()
    def mitigate(self) -> None:
        self.press(lambda delivery: self.room.incidents.mitigate(1, by=ANA, delivery=delivery))

    @precondition(lambda self: self.room.clock.now().minute % 3 == 0)
    @rule()
    def resolve(self) -> None:
        self.press(lambda delivery: self.room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=delivery))

    @rule()
    def close(self) -> None:
        resolved = self.incident.status is Status.RESOLVED
        assert (
            self.press(lambda delivery: self.room.incidents.close(1, by=ANA, delivery=delivery, without_report=""))
            is resolved
        )

    @rule(
        by=PEOPLE, nth=st.integers(0, 9), way=st.sampled_from(["done", "skip", "answer", "assign"]), late=st.booleans()
    )
    def work(self, by: str, nth: int, way: str, late: bool) -> None:  # noqa: FBT001
        steps = [step for phase in self.run.phases for step in phase.steps] if late else list(self.run.open_steps())
        if not steps:
            return
        step = steps[nth % len(steps)].key
        runner = self.room.runner
        before = self.run.progress(step)
        ways: dict[str, Callable[[Delivery], Awaitable[object]]] = {
            "done": lambda delivery: runner.done(INC_1, step, by=by, delivery=delivery),
            "skip": lambda delivery: runner.skip(INC_1, step, "", by=by, delivery=delivery),
            "answer": lambda delivery: runner.answer(INC_1, step, "Half of the users", by=by, delivery=delivery),
            "assign": lambda delivery: runner.assign(INC_1, step, by, by=by, delivery=delivery),
        }
        if not self.press(ways[way]) or way == "answer":
            return
        assert not before.state.ended

    @rule(behind=st.integers(0, 1))
    def next_phase(self, behind: int) -> None:
        opened = len(self.run.opened) - behind
        pressed = self.press(lambda delivery: self.room.runner.next_phase(INC_1, opened, by=BEN, delivery=delivery))
        assert not (pressed and behind)

    @rule(facts=NEWS)
    def hear_from_pagerduty(self, facts: dict[str, str]) -> None:
        self.room.say(self.incident.alert, **facts)
        self.wait(self.room.pass_time(seconds=6))

    @rule(kind=BREAKABLE)
    def break_or_repair(self, kind: type[Effect]) -> None:
        if kind in self.room.outside.broken:
            self.room.repair(kind)
        else:
            self.room.break_down(kind, BROKEN)

    @rule()
    def try_everything_again(self) -> None:
        serials = {each for progress in self.run.steps.values() for each in progress.buried}
        for serial in serials | {trouble.serial for trouble in self.incident.troubles}:
            self.press(lambda delivery, serial=serial: self.room.runner.try_again(serial, by=ANA, delivery=delivery))  # type: ignore[misc]

    @rule(minutes=st.sampled_from([1, 5, 16, 45, 600]))
    def let_time_pass(self, minutes: int) -> None:
        self.wait(self.room.pass_time(minutes=minutes))

    @rule(minutes=st.sampled_from([20, 100]))
    def be_down_for_a_while(self, minutes: int) -> None:
        self.room.clock.advance(minutes * 60)
        self.wait(self.room.tick())

    @precondition(lambda self: self.last)
    @rule()
    def deliver_again(self) -> None:
        before = self.incident
        assert self.last

        async def again() -> None:
            try:
                await self.last()  # type: ignore[misc]
            except AlreadyDone:
                return
            raise AssertionError("a delivery was decided on twice")

        self.wait(again())
        assert self.incident == before

    @invariant()
    def some_things_always_hold(self) -> None:
        incident, run, now = self.incident, self.run, self.room.clock.now()
        policy = self.room.organisation.severity(incident.severity)
        holds.moves_only_forward(self.seen or incident, incident)
        holds.an_acknowledger_left_it_with_a_commander(incident)
        holds.the_next_update_lies_ahead(incident, policy, now)
        holds.nothing_of_the_past_is_left_to_do(incident, now)
        holds.one_due_message_and_never_for_nothing(incident, run, policy, now)
        holds.the_room_is_left_in_peace(self.seen or incident, incident, self.room.organisation.minimum_gap)
        holds.every_step_of_the_bots_ended_or_failed_or_waits(run)
        self.seen = incident
        self.wait(self._the_timeline_only_grows())
        self.wait(self._nothing_failed_but_what_was_broken())

    async def _the_timeline_only_grows(self) -> None:
        entries = len(await self.room.incidents.timeline(1))
        assert entries >= self.entries
        self.entries = entries

    async def _nothing_failed_but_what_was_broken(self) -> None:
        async with self.room.store.look() as unit:
            waiting = await unit.outbox.waiting()
        assert {each.reason for each in waiting if each.state == "buried"} <= {BROKEN}

    @rule()
    def look_around_the_room(self) -> None:
        """After a while everything stands there as it would be drawn now, and nothing else does."""
        self.wait(self.room.pass_time(seconds=40))
        self.wait(self.room.settle(seconds=10))  # many messages wait for Slack's pace, which a jump does not hasten
        assert len(self.wait(self.room.due_messages())) <= 1
        incident = self.incident
        for name in sorted(incident.shown):
            slot = f"incident/1/{name}"
            informed = name.startswith("inform/")  # tells how it stood when somebody was informed
            if not informed and slot in self.room.outside.messages:
                assert self.room.outside.messages[slot] == self.wait(self.room.rendering.message_of(slot)), name
        if incident.room:
            assert "incident/1/card" in self.room.outside.messages


def test_some_things_hold_all_an_incidents_life(
    database_templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> None:
    class Life(IncidentLife):
        def __init__(self) -> None:
            folder = tmp_path_factory.mktemp("life")
            self.url = database_templates.sqlite(folder)
            super().__init__()

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Life,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a life is short enough to be read as it was
        ),
    )
