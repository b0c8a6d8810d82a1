"""Whatever people press, in whatever order, while roles come and go: nothing begins without those whom it needs.

The whole engine runs here, over the practice ground; who may is said once more in this file, without the code that
decides it.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from bot.domain.audit import Entry
from bot.domain.change import Change
from bot.domain.change_policy import ChangePolicy
from bot.domain.errors import Refused
from bot.domain.plan import Risk
from sandbox.postgres_server import PostgresServer
from tests.change_room import ANA, BEN, DEE, ChangeRoom, change_room, token_of
from tests.war_room import CHO, ELI, FAY

PEOPLE = (ANA, BEN, CHO, DEE, ELI, FAY)
POLICY = ChangePolicy(
    ask=("ana", "ben", "S0LEADS"), agree=("ben", "dee", "S0LEADS"), destructive=True, destructive_agree=("eli", "fay")
)
MAY_ASK, MAY_AGREE, MAY_DESTROY = {ANA, BEN}, {BEN, DEE}, {ELI, FAY}
NEEDED = {Risk.SAFE: 0, Risk.DISRUPTIVE: 1, Risk.DESTRUCTIVE: 2}
ASKED = (("rollback", "control-plane 00040"), ("rollback", "control-plane 00041"), ("isolate", "billing"))
STARTS_WITHIN = 5
"""Minutes after the last agreement."""

ACTS = st.one_of(
    st.tuples(st.just("agree"), st.sampled_from(PEOPLE), st.sampled_from(("billing", "control-plane", "", "web"))),
    st.tuples(st.just("agree"), st.sampled_from(PEOPLE), st.just("billing")),
    st.tuples(st.just("alone"), st.sampled_from(PEOPLE), st.just("x" * 30)),
    st.tuples(st.just("join"), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.just("leave"), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.just("freeze"), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.just("thaw"), st.just(ANA), st.just("")),
    st.tuples(st.just("cancel"), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.just("pass"), st.just("6"), st.just("")),
    st.tuples(st.just("carry out"), st.just(""), st.just("")),
)


@dataclass
class Truth:
    """Who may and what holds, as this file knows it."""

    group: set[str] = field(default_factory=set)
    frozen: bool = False

    def may_ask(self) -> set[str]:
        return MAY_ASK | self.group

    def may_agree(self, risk: Risk) -> set[str]:
        match risk:
            case Risk.SAFE:
                return self.may_ask()
            case Risk.DISRUPTIVE:
                return MAY_AGREE | self.group
            case Risk.DESTRUCTIVE:
                return MAY_DESTROY


@pytest.fixture
async def room(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[ChangeRoom]:
    async with change_room(sqlite_store_url, postgres=postgres_server, policy=POLICY) as room:
        yield room


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.sampled_from(ASKED),
    by=st.sampled_from((ANA, ANA, BEN, BEN, CHO)),
    acts=st.lists(ACTS, min_size=1, max_size=8),
)
async def test_nothing_begins_without_the_people_it_needs(
    room: ChangeRoom, asked: tuple[str, str], by: str, acts: list[tuple[str, str, str]]
) -> None:
    truth, known = Truth(), len(await room.audit())
    await quieten(room, truth)
    kind, words = asked
    try:
        change = await room.ask(words, kind, by=by)
    except Refused:
        assert by not in truth.may_ask()
        return
    for act in acts:
        with contextlib.suppress(Refused):
            await do(room, truth, change, *act)
        entries = await room.audit()
        for entry in entries[known:]:
            if entry.record.deed == "begun":
                await check(room, truth, entry, entries)
        known = len(entries)
    await room.settle()
    for entry in (await room.audit())[known:]:
        if entry.record.deed == "begun":
            await check(room, truth, entry, await room.audit())


async def do(room: ChangeRoom, truth: Truth, change: Change, what: str, whom: str, words: str) -> None:
    match what:
        case "agree":
            await room.agree(await room.change(change.number), by=whom, typed=words)
        case "alone":
            token = token_of(await room.change(change.number))
            await room.approvals.go_alone(token, words, by=whom, delivery=room.delivery())
        case "join" | "leave":
            (truth.group.add if what == "join" else truth.group.discard)(whom)
            room.groups.members_of["S0LEADS"] = frozenset(truth.group)
        case "freeze":
            await room.freezing.begin("", "", by=whom, delivery=room.delivery())
            truth.frozen = True
        case "thaw":
            await room.freezing.end("", by=whom, delivery=room.delivery())
            truth.frozen = False
        case "cancel":
            await room.approvals.cancel(change.number, by=whom, delivery=room.delivery())
        case "pass":
            await room.pass_time(minutes=int(whom))
        case _:
            await room.settle()


async def check(room: ChangeRoom, truth: Truth, begun: Entry, entries: list[Entry]) -> None:
    """Something began: those whom it needs had agreed to this very plan, and may now."""
    change = await room.change(int(begun.record.about.removeprefix("CHG-")))
    assert change.plan
    agreed = [each for each in entries if each.record.about == change.key and each.record.deed == "agreed"]
    risk, people = change.plan.risk, {each.record.by for each in agreed}
    assert change.requested_by in truth.may_ask()
    assert people <= truth.may_agree(risk)
    assert len(people - {change.requested_by}) >= NEEDED[risk]
    assert {each.record.detail["plan"] for each in agreed} == {begun.record.detail["plan"]} == {change.plan.digest}
    assert (begun.at - agreed[-1].at).total_seconds() <= STARTS_WITHIN * 60
    assert change.kind == "rollback" or not truth.frozen
    assert risk is not Risk.DESTRUCTIVE or {each.record.detail["typed"] for each in agreed} == {"billing"}


async def quieten(room: ChangeRoom, truth: Truth) -> None:
    """What an earlier history left behind is over."""
    room.groups.members_of["S0LEADS"] = frozenset(truth.group)
    with contextlib.suppress(Refused):
        await room.freezing.end("", by=ANA, delivery=room.delivery())
    room.platform.set_ingress("billing", "INGRESS_TRAFFIC_ALL")
    room.clock.advance(45 * 60)
    await room.tick()


async def test_such_a_history_can_end_well(room: ChangeRoom) -> None:
    """Or the test above would prove nothing."""
    change = await room.ask("control-plane 00041", by=ANA)
    truth = Truth()
    await do(room, truth, change, "join", CHO, "")
    await room.settle(seconds=31)
    await do(room, truth, change, "agree", CHO, "")
    await room.settle()
    begun = [each for each in await room.audit() if each.record.deed == "begun"]
    assert len(begun) == 1
    await check(room, truth, begun[0], await room.audit())

    destroyed = await room.ask("billing", "isolate", by=BEN)
    for user in (ELI, FAY):
        await do(room, truth, destroyed, "agree", user, "billing")
    await room.settle()
    begun = [each for each in await room.audit() if each.record.deed == "begun"]
    assert len(begun) == 2
    await check(room, truth, begun[1], await room.audit())
