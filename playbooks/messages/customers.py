"""What customers may be written after an incident: a draft without internal words, for somebody to make their own."""

from datetime import UTC, datetime

from bot.domain.incident import Incident
from bot.organisation import Organisation
from playbooks.messages.wording import listed


def customer_draft(incident: Incident, organisation: Organisation) -> str:
    """When it was and what it touched, with gaps where only a person knows what to say."""
    parts = [service.title for service in organisation.components() if service.key in incident.services]
    what = listed(parts) if parts else "our service"
    began = incident.started_at or incident.detected_at or incident.declared_at
    ended = incident.mitigated_at or incident.resolved_at
    verb = "were" if len(parts) > 1 else "was"
    return (
        f"{_span(began, ended)}, {what} {verb} disrupted. We are sorry.\n\n"
        "What happened: …\n"
        "What we did: …\n"
        "What we do so that it does not happen again: …\n\n"
        f"{organisation.name}"
    )


def _span(began: datetime, ended: datetime | None) -> str:
    first = began.astimezone(UTC)
    last = ended.astimezone(UTC) if ended else None
    day = f"{first.day} {first:%B %Y}"
    if last is None:
        return f"Since {first:%H:%M} UTC on {day}"
    if last.date() == first.date():
        return f"From {first:%H:%M} to {last:%H:%M} UTC on {day}"
    return f"From {first:%H:%M} UTC on {day} to {last:%H:%M} UTC on {last.day} {last:%B %Y}"
