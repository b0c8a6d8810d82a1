"""No history of presses carries a change out without the people that its plan needs, and a digest hides nothing."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from bot.domain.change import Change
from bot.domain.change_policy import ChangePolicy
from bot.domain.change_stage import Stage
from bot.domain.errors import Refused
from bot.domain.freeze import Freeze
from bot.domain.incident import Incident, Severity
from bot.domain.membership import Membership
from bot.domain.plan import Plan, Risk
from playbooks.authorization import Rules
from playbooks.changes import CHANGES
from playbooks.gate import Situation, objection
from tests.war_room import ANA, BEN, CHO, DEE, ELI, FAY, example

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
PEOPLE = (ANA, BEN, CHO, DEE, ELI, FAY, "U0GUEST")
POLICY = ChangePolicy(
    ask=("ana", "ben"), agree=("ben", "dee", "S0LEADS"), destructive=True, destructive_agree=("eli", "fay", "dee")
)
MAY_ASK = {ANA, BEN}
MAY_AGREE = {Risk.SAFE: MAY_ASK, Risk.DISRUPTIVE: {BEN, DEE}, Risk.DESTRUCTIVE: {ELI, FAY, DEE}}
NEEDED = {Risk.SAFE: 0, Risk.DISRUPTIVE: 1, Risk.DESTRUCTIVE: 2}


def plan(risk: Risk, before: str = "a") -> Plan:
    return Plan(
        kind="finalize",
        target="service/control-plane",
        title="Finalize",
        before=before,
        after="b",
        risk=risk,
        because=("so",),
        wanted={"traffic": [["x", 100, "", False]]},
    )


ACTS = st.one_of(
    st.tuples(st.just("agree"), st.sampled_from(PEOPLE), st.sampled_from(["control-plane", "wrong", ""])),
    st.tuples(st.just("alone"), st.sampled_from(PEOPLE), st.sampled_from(["x" * 30, "short"])),
    st.tuples(st.just("pass"), st.integers(1, 20), st.just("")),
    st.tuples(st.just("replan"), st.sampled_from("ab"), st.just("")),
    st.tuples(st.just("join"), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.just("leave"), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.just("freeze"), st.booleans(), st.just("")),
    st.tuples(st.just("severity"), st.sampled_from(list(Severity)), st.just("")),
)


class History:
    """What people do to one change; the press checks what the handlers check."""

    def __init__(self, risk: Risk, requester: str, *, urgent: bool) -> None:
        self.now = NOON
        self.risk = risk
        self.group: set[str] = set()
        self.frozen = False
        self.severity = Severity.CRITICAL if urgent else Severity.LOW
        self.change = Change(
            kind="finalize",
            parameters={},
            requested_by=requester,
            requested_at=NOON,
            place="room/1",
            incident=1,
            urgent=urgent,
        )
        self.change.number = 1
        self.change.planned(plan(risk), NOON)

    def rules(self) -> Rules:
        organisation, _ = example()
        members = {"S0LEADS": Membership(group="S0LEADS", users=frozenset(self.group), looked_at=self.now)}
        return Rules(organisation=replace(organisation, changes=POLICY), now=self.now, members=members)

    def act(self, what: str, whom: object, words: str) -> None:
        match what:
            case "agree" | "alone":
                self._press(what, str(whom), words)
            case "pass" if isinstance(whom, int):
                self.now += timedelta(minutes=whom)
                self.change.expire(self.now)
            case "replan" if self.change.stage is Stage.WAITING:
                self.change.planned(plan(self.risk, str(whom)), self.now)
            case "join":
                self.group.add(str(whom))
            case "leave":
                self.group.discard(str(whom))
            case "freeze":
                self.frozen = bool(whom)
            case "severity" if isinstance(whom, Severity):
                self.severity = whom
            case _:
                pass

    def _press(self, what: str, user: str, words: str) -> None:
        assert self.change.plan
        targets = POLICY.who_may_ask("finalize") if what == "alone" else POLICY.who_may_agree("finalize", self.risk)
        ruling = self.rules().ruling(user, targets)
        if not ruling.may:
            return
        digest = self.change.plan.digest
        try:
            if what == "alone":
                self.change.break_glass(by=user, role=ruling.role, digest=digest, reason=words, now=self.now)
            else:
                self.change.agree(by=user, role=ruling.role, digest=digest, now=self.now, typed=words)
        except Refused:
            return

    def situation(self) -> Situation:
        incident = Incident(
            number=1,
            title="x",
            severity=self.severity,
            severity_since=NOON,
            declared_by=ANA,
            declared_at=NOON,
        )
        freezes = [Freeze(service="", by=ANA, at=NOON)] if self.frozen else []
        return Situation(rules=self.rules(), freezes=freezes, incident=incident)

    def entitled(self, user: str) -> bool:
        """Whether somebody may agree now, said without the code that decides it."""
        grouped = self.group if self.risk is Risk.DISRUPTIVE else set()
        return user in MAY_AGREE[self.risk] | grouped


@settings(max_examples=1500, deadline=None)
@given(
    risk=st.sampled_from(list(Risk)),
    requester=st.sampled_from(PEOPLE),
    urgent=st.booleans(),
    acts=st.lists(ACTS, max_size=12),
)
def test_nothing_begins_without_the_people_it_needs(
    *,
    risk: Risk,
    requester: str,
    urgent: bool,
    acts: list[tuple[str, object, str]],
) -> None:
    history = History(risk, requester, urgent=urgent)
    for act in acts:
        history.act(*act)
    change = history.change
    if objection(change, CHANGES["finalize"], history.situation()):
        return
    assert change.stage is Stage.AGREED
    assert change.plan
    assert requester in MAY_ASK
    assert not history.frozen
    assert change.agreed_at
    assert history.now - change.agreed_at <= timedelta(minutes=5)
    assert {each.digest for each in change.agreements} == {change.plan.digest}
    others = {each.by for each in change.agreements if each.by != requester}
    if change.broke_glass:
        assert (risk is not Risk.DESTRUCTIVE, history.severity in {Severity.CRITICAL, Severity.HIGH}) == (True, True)
        assert all(each.by in MAY_ASK for each in change.agreements)
    else:
        assert len(others) >= NEEDED[risk]
        assert all(history.entitled(each.by) for each in change.agreements)


def test_such_a_history_can_end_well() -> None:
    """Or the test above would prove nothing."""
    for risk, people in ((Risk.SAFE, [ANA]), (Risk.DISRUPTIVE, [DEE]), (Risk.DESTRUCTIVE, [ELI, FAY])):
        history = History(risk, ANA, urgent=True)
        for user in people:
            history.act("agree", user, "control-plane")
        assert objection(history.change, CHANGES["finalize"], history.situation()) == ""


def test_a_group_that_nobody_could_look_at_lets_nobody_through() -> None:
    history = History(Risk.DISRUPTIVE, ANA, urgent=False)
    history.act("join", CHO, "")
    history.act("agree", CHO, "")
    blind = replace(history.rules(), members={})
    situation = replace(history.situation(), rules=blind)
    assert "may not" in objection(history.change, CHANGES["finalize"], situation)


OTHERS: dict[str, object] = {
    "risk": Risk.SAFE,
    "because": ("another",),
    "differences": ("another",),
    "undoes": ("another",),
    "warnings": ("another",),
    "evidence": ("another",),
    "wanted": {"traffic": [["x", 99, "", False]]},
}


@pytest.mark.parametrize("field", [each.name for each in fields(Plan)])
def test_a_digest_changes_with_anything_in_the_plan(field: str) -> None:
    first = plan(Risk.DISRUPTIVE)
    other = OTHERS.get(field, "another")
    assert replace(first, **{field: other}).digest != first.digest


def test_a_digest_is_the_same_for_the_same_plan() -> None:
    assert plan(Risk.SAFE).digest == plan(Risk.SAFE).digest
