"""Which commit a change brings where, as its plan wants it: that is recorded where the code is (GH-04)."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.deployment import Shipment
from bot.domain.plan import Plan
from bot.organisation import Service

COMMIT, REPOSITORY = "commit", "repository"
PRODUCTION, STAGING = "production", "staging"
ROLLBACK = "rollback"


def shipping(service: Service, commit: str) -> Mapping[str, str]:
    """What a plan wants that deploys a commit; an empty one is not known."""
    return {COMMIT: commit, REPOSITORY: service.repository or ""}


def nowhere(plan: Plan) -> Shipment | None:
    """The `ships` of what deploys nothing."""
    del plan
    return None


def to_production(plan: Plan) -> Shipment | None:
    """What a plan brings to production; None where nobody knows which commit that is, or where its code is."""
    return _shipment(plan, PRODUCTION)


def back_in_production(plan: Plan) -> Shipment | None:
    """The same, where the commit was in production before, and its revision is still there."""
    shipment = _shipment(plan, PRODUCTION)
    return replace(shipment, task=ROLLBACK) if shipment else None


def to_staging(plan: Plan) -> Shipment | None:
    """The same, to staging."""
    return _shipment(plan, STAGING)


def _shipment(plan: Plan, environment: str) -> Shipment | None:
    commit, repository = plan.wanted.get(COMMIT), plan.wanted.get(REPOSITORY)
    if not (commit and repository):
        return None
    return Shipment(repository=str(repository), commit=str(commit), environment=environment)
