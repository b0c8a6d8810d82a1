"""Deployments as the code's own repository remembers them: which commit was brought where by a change, and how that went."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.effect import Effect, Priority
from bot.domain.repository import DEPLOY


class DeploymentState(StrEnum):
    """How a deployment goes, in GitHub's words."""

    IN_PROGRESS = "in_progress"
    SUCCESS = "success"
    FAILURE = "failure"
    INACTIVE = "inactive"
    """Nothing of it stands."""


@dataclass(frozen=True, kw_only=True)
class Shipment:
    """A commit on its way: `repository` as owner/name, `environment` is "production" or "staging".

    `task` is "rollback" where a revision gets traffic that was made before: then nothing new is made of the commit.
    """

    repository: str
    commit: str
    environment: str
    task: str = DEPLOY


@dataclass(frozen=True, kw_only=True)
class RecordDeployment(Effect):
    """Have GitHub know how far the deployment of a change is, in one record of it.

    `mark` is the change's own for ever: by it the record is found again. `card` is the slot of its card, to which the
    record links where that stands anywhere.
    """

    change: int
    mark: str
    title: str
    shipment: Shipment
    state: DeploymentState
    says: str
    card: str
    rank = Priority.HOUSEKEEPING
    lifetime = timedelta(hours=12)
    method = "github.content"

    @property
    def lane(self) -> str:
        return f"deployment/{self.change}"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.card,)
