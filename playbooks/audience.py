"""Whom a status update reaches."""

from enum import StrEnum

from bot.domain.incident import Incident, Severity
from bot.organisation import SeverityPolicy


class Audience(StrEnum):
    ROOM = "room"
    ANNOUNCEMENT = "announcement"
    STAKEHOLDERS = "stakeholders"
    STATUS_PAGE = "status-page"


def resets_timer(audiences: frozenset[Audience], incident: Incident, policy: SeverityPolicy) -> bool:
    """Whether an update quiets the reminder; what customers feel as an outage must reach them to do so."""
    return Audience.STATUS_PAGE in audiences or not owed_to_customers(incident, policy)


def owed_to_customers(incident: Incident, policy: SeverityPolicy) -> bool:
    """Whether only an update that reaches the status page counts."""
    return incident.severity is Severity.CRITICAL and policy.announce and incident.for_customers
