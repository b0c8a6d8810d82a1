"""The facts by which steps tick themselves (`done_when:`), and when each of them is so."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.domain.incident import Duty, Incident, Status
from bot.domain.playbook import Fact

Seen = Callable[[Incident, datetime], bool]
"""Whether a fact is so of an incident, for a step that opened at a moment."""


def holds(fact: Fact, incident: Incident, opened: datetime) -> bool:
    """Whether a step that waits for a fact, and opened at that moment, is done."""
    return SEEN[fact](incident, opened)


def _updated(incident: Incident, opened: datetime) -> bool:
    return incident.last_update is not None and incident.last_update.at >= opened


SEEN: Mapping[Fact, Seen] = {
    Fact.ACKNOWLEDGED: lambda incident, _: incident.acknowledged_at is not None,
    Fact.COMMANDER: lambda incident, _: Duty.COMMANDER in incident.duties,
    Fact.COMMUNICATIONS: lambda incident, _: Duty.COMMUNICATIONS in incident.duties,
    Fact.SCRIBE: lambda incident, _: Duty.SCRIBE in incident.duties,
    Fact.UPDATED: _updated,
    Fact.MITIGATED: lambda incident, _: incident.mitigated_at is not None,
    Fact.WATCHED: lambda incident, _: incident.watched_at is not None,
    Fact.RESOLVED: lambda incident, _: incident.status.rank >= Status.RESOLVED.rank,
    Fact.CLOSED: lambda incident, _: incident.status is Status.CLOSED,
    Fact.REPORTED: lambda incident, _: incident.reported_at is not None,
    Fact.ACCEPTED: lambda *_: False,  # an incident is handed over otherwise
    # Changes are not made through opsbot yet, so nothing can be seen of them: people skip such a step.
    Fact.VERIFIED: lambda *_: False,
}
