"""What the code's repository is told of a change that deploys: that it began, and how it ended; GH-04."""

from collections.abc import Mapping
from datetime import UTC
from types import MappingProxyType

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.deployment import DeploymentState, RecordDeployment
from playbooks.changes import CHANGES

RECORDED: Mapping[Stage, tuple[DeploymentState, str]] = MappingProxyType(
    {
        Stage.CARRYING_OUT: (DeploymentState.IN_PROGRESS, "Begun"),
        Stage.DONE: (DeploymentState.SUCCESS, "Done, and it is well"),
        Stage.UNCONFIRMED: (DeploymentState.SUCCESS, "Done; nobody could tell whether it is well"),
        Stage.FAILED: (DeploymentState.FAILURE, "Failed"),
        Stage.SUPERSEDED: (DeploymentState.INACTIVE, "Nothing was done: it was not as planned for any more"),
    }
)
"""No more is said there of how it went than this: what a service logs may not be read by everybody who reads its code."""


def record_of(change: Change, *, card: str) -> RecordDeployment | None:
    """What is to be recorded at the stage it is at; None of what has not begun, or deploys no commit that is known."""
    kind, recorded = CHANGES.get(change.kind), RECORDED.get(change.stage)
    if not (kind and recorded and change.plan and change.begun_at):
        return None
    shipment, (state, says) = kind.ships(change.plan), recorded
    if shipment is None:
        return None
    return RecordDeployment(
        change=change.number,
        mark=f"opsbot-{change.key}-{change.requested_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        title=f"{change.key}: {change.plan.title}",
        shipment=shipment,
        state=state,
        says=f"{says} ({change.key}).",
        card=card,
    )
