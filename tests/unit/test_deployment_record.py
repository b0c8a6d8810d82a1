"""A change that deploys a known commit is recorded when it begins and when it ends, and no other is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.change import Change
from bot.domain.deployment import DeploymentState, RecordDeployment, Shipment
from bot.domain.plan import Plan, Risk
from playbooks.deployment_record import record_of

AT = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
PLAN = Plan(
    kind="deploy",
    target="service/control-plane",
    title="Deploy Control plane 1.9.0",
    before="00041 serves",
    after="a new revision serves",
    risk=Risk.SAFE,
    because=(),
    wanted={"repository": "agent-marketplace/control-plane", "commit": "c0ffee"},
)
SHIPMENT = Shipment(repository="agent-marketplace/control-plane", commit="c0ffee", environment="production")


def agreed(plan: Plan = PLAN) -> Change:
    change = Change(
        number=12, kind=plan.kind, parameters={}, requested_by="U0ANA", requested_at=AT, place="channel/#alerts"
    )
    change.planned(plan, AT)
    change.agree(by="U0ANA", role="on-call", digest=plan.digest, now=AT)
    return change


def begun(plan: Plan = PLAN) -> Change:
    change = agreed(plan)
    change.begin(AT)
    return change


def over(*, helped: bool | None) -> Change:
    change = begun()
    change.carried_out("00042 has all the traffic.", AT)
    change.verified((), helped=helped, now=AT + timedelta(minutes=5))
    return change


def broken() -> Change:
    change = begun()
    change.fail("00042 fails 20 % at 5 %", AT)
    return change


def overtaken() -> Change:
    change = begun()
    change.supersede("Somebody deployed meanwhile", AT)
    return change


def recorded(change: Change) -> RecordDeployment | None:
    return record_of(change, card="change/12/card")


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (begun(), DeploymentState.IN_PROGRESS),
        (over(helped=True), DeploymentState.SUCCESS),
        (over(helped=None), DeploymentState.SUCCESS),
        (over(helped=False), DeploymentState.FAILURE),
        (broken(), DeploymentState.FAILURE),
        (overtaken(), DeploymentState.INACTIVE),
    ],
)
def test_each_stage_has_github_s_word(change: Change, state: DeploymentState) -> None:
    record = recorded(change)

    assert record
    assert (record.state, record.shipment) == (state, SHIPMENT)
    assert (record.mark, record.title) == ("opsbot-CHG-12-20260304T150000Z", "CHG-12: Deploy Control plane 1.9.0")
    assert "20 %" not in record.says, "what a service does is not for everybody who reads its code"


def test_staging_is_another_environment() -> None:
    record = recorded(begun(replace(PLAN, wanted={**PLAN.wanted, "where": "staging"})))

    assert record
    assert record.shipment == replace(SHIPMENT, environment="staging")


@pytest.mark.parametrize(
    "change",
    [
        agreed(),
        begun(replace(PLAN, wanted={**PLAN.wanted, "commit": ""})),
        begun(replace(PLAN, wanted={"commit": "c0ffee", "repository": ""})),
        begun(replace(PLAN, wanted={})),
        begun(replace(PLAN, kind="restart")),
        begun(replace(PLAN, kind="gone")),
    ],
    ids=["not begun", "no commit", "no repository", "planned before there were records", "deploys nothing", "unknown"],
)
def test_nothing_else_is_recorded(change: Change) -> None:
    assert recorded(change) is None


def test_what_expires_before_it_begins_is_not_recorded() -> None:
    change = agreed()
    change.expire(AT + timedelta(hours=1))
    assert recorded(change) is None
