"""What is said first stays right when several things look guilty, and while the platform's numbers are still late."""

from collections.abc import Mapping

import pytest

from bot.domain.evidence import Evidence, Verdict
from playbooks import load
from playbooks.suggesting import suggested
from playbooks.vocabulary import vocabulary
from sandbox.world.cloud_service import Target
from tests.lookout import Lookout, likeliest, said

ROOM = ("error-ratio", "latency", "error-groups", "new-errors", "requests", "agent-runs", "instances", "revisions")
"""What a war room looks at."""
CATALOGUE = load(vocabulary(), None)


@pytest.mark.parametrize(("before", "minutes"), [(25, 2), (25, 9), (6, 2), (6, 5), (6, 9)])
async def test_a_revision_that_was_well_before_a_crowd_came_is_not_gone_back_from(
    hill: Lookout, before: float, minutes: float
) -> None:
    hill.breaks("innocent-deploy", "control-plane")
    hill.pass_minutes(before)
    hill.breaks("traffic-surge")
    hill.pass_minutes(minutes)

    evidence = await hill.look(*ROOM)

    best = likeliest(evidence)
    assert best
    assert (best.change, best.target, best.playbook) == ("scale", "control-plane", "scale-out")
    assert "rollback" not in _changes(evidence)


async def test_a_bad_deployment_is_gone_back_from_though_it_took_a_while(hill: Lookout) -> None:
    hill.breaks("innocent-deploy", "web")
    hill.pass_minutes(25)
    hill.breaks("bad-deploy")
    hill.pass_minutes(9)

    best = likeliest(await hill.look(*ROOM))

    assert best
    assert (best.change, best.target) == ("rollback", "control-plane")


async def test_a_crowd_is_seen_in_the_log_before_the_numbers_arrive(hill: Lookout) -> None:
    hill.breaks("traffic-surge")
    hill.pass_minutes(2)

    evidence = await hill.look(*ROOM)

    assert evidence["instances"].verdict is Verdict.RED
    assert "Control plane had no instance for" in said(evidence["instances"])
    assert evidence["requests"].verdict is Verdict.RED
    assert "scale" in {each.change for each in evidence["requests"].advice}
    assert _suggested(evidence)[0] == "scale-out"
    assert "agent-execution-failures" not in _suggested(evidence)


async def test_agents_are_not_blamed_for_what_they_run_on(hill: Lookout) -> None:
    hill.breaks("bad-deploy")
    hill.pass_minutes(9)

    evidence = await hill.look(*ROOM)

    assert evidence["agent-runs"].verdict.unhealthy
    assert "agent-execution-failures" not in _suggested(evidence)


async def test_memory_that_is_full_already_is_called_so(hill: Lookout) -> None:
    hill.breaks("memory-leak")
    hill.pass_minutes(20)

    best = likeliest(await hill.look("memory"))

    assert best
    assert best.says == "Agent runtime 00042 leaks and is full; a restart makes room"


async def test_a_leak_of_a_revision_that_was_replaced_is_advised_no_more_though_its_numbers_still_arrive(
    hill: Lookout,
) -> None:
    hill.breaks("memory-leak")
    hill.pass_minutes(20)
    hill.ground.platform.set_traffic("agent-runtime", [Target(revision="agent-runtime-00041", percent=100)])
    hill.pass_minutes(2)

    seen = await hill.look("memory")

    assert "00042 memory" in said(seen["memory"])
    assert likeliest(seen) is None


async def test_instances_that_cannot_start_are_not_scaled_out(hill: Lookout) -> None:
    hill.breaks("secret-gone")
    hill.pass_minutes(13)

    evidence = await hill.look(*ROOM)

    best = likeliest(evidence)
    assert best
    assert best.says == (
        "Billing cannot start: secret payment-key, version 2, is destroyed; set PAYMENT_KEY to a version that exists"
    )
    assert (best.change, best.target, best.playbook) == ("env", "billing", "service-wont-start")
    assert "scale" not in _changes(evidence)


def _changes(evidence: Mapping[str, Evidence]) -> set[str]:
    return {each.change for found in evidence.values() for each in found.advice}


def _suggested(evidence: Mapping[str, Evidence]) -> list[str]:
    return [each.name for each in suggested(CATALOGUE, evidence)]
