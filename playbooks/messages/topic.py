"""The war room's topic: what everybody should see without scrolling, in plain text."""

from collections.abc import Iterator

from bot.domain.incident import Incident, Status
from bot.organisation import Organisation
from bot.slack.text import cut, one_line
from playbooks.messages.card import bridge_of
from playbooks.messages.wording import SEPARATOR, local_time, plain_name, standing

LONGEST_TOPIC = 250
"""Slack's limit."""


def topic(incident: Incident, organisation: Organisation) -> str:
    """Severity, status, who commands, when the next update is promised, the bridge."""
    return cut(one_line(SEPARATOR.join(filter(None, _words(incident, organisation)))), LONGEST_TOPIC)


def _words(incident: Incident, organisation: Organisation) -> Iterator[str]:
    yield ("DRILL, " if incident.drill else "") + _standing(incident)
    if incident.open:
        yield _commander(incident, organisation)
        yield _next_update(incident, organisation)
        yield _bridge(incident, organisation)
    elif incident.resolved_at and incident.status is Status.RESOLVED:
        yield local_time(incident.resolved_at, organisation.timezone, with_date=True)


def _standing(incident: Incident) -> str:
    words = standing(incident)
    return words[0].lower() + words[1:] if incident.merged_into is not None else words.lower()


def _commander(incident: Incident, organisation: Organisation) -> str:
    if not incident.commander:
        return "no commander yet"
    name = plain_name(incident.commander, organisation)
    return f"commander {name}" if name else "commander: see the card"


def _next_update(incident: Incident, organisation: Organisation) -> str:
    if not incident.promised:
        return ""
    daily = organisation.severity(incident.severity).business_hours is not None
    time = local_time(incident.promised, organisation.timezone, with_date=daily)
    return f"update due since {time}" if incident.update_asked else f"next update {time}"


def _bridge(incident: Incident, organisation: Organisation) -> str:
    bridge = bridge_of(incident, organisation)
    return f"bridge {bridge}" if bridge and len(bridge) <= 120 else ""
