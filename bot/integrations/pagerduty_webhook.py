"""PagerDuty's v3 webhooks: whether PagerDuty signed one, and what it says."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from bot.domain.alert import Alert, Source
from bot.domain.page_event import PageEvent, Turn
from bot.integrations.webhook_payload import Json, Unreadable, address, moment, needed, object_in, part, words

PREFIX = "incident."
WAKING = "high"
"""The urgency at which PagerDuty wakes people at every hour."""
MOST_SIGNATURES = 10
"""Signatures of one request that are looked at; PagerDuty sends one for each secret that is valid."""


class WebhookSignatures:
    """Checks signatures against every secret given, so that one can be changed while webhooks arrive.

    They carry no time: whoever has heard a webhook can send it again, so events are told apart by their signed ids.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        if not all(secrets) or not secrets:
            raise ValueError("A webhook secret is needed, and an empty one would let everybody in.")
        self._secrets = [secret.encode() for secret in secrets]

    def genuine(self, body: bytes, header: str | None) -> bool:
        """Judges the raw body by the header X-PagerDuty-Signature (`v1=…,v1=…`); in constant time."""
        given = [each.strip().encode("utf-8", "replace") for each in (header or "").split(",")[:MOST_SIGNATURES]]
        expected = [b"v1=" + hmac.new(secret, body, "sha256").hexdigest().encode() for secret in self._secrets]
        # Everything is compared, also after a match: the time taken must not tell which it was.
        matches = [hmac.compare_digest(one, other) for one in expected for other in given]
        return any(matches)


def read_event(body: bytes) -> tuple[str, datetime | None, PageEvent | None]:
    """An event's id, when it occurred, and the event; None for the kinds that opsbot has no use for.

    Raises Unreadable when it is no event at all.
    """
    event = part(object_in(body), "event")
    identity, kind = needed(event, "id"), needed(event, "event_type")
    occurred = moment(event, "occurred_at")
    if kind.removeprefix(PREFIX) not in set(Turn) or not kind.startswith(PREFIX):
        return identity, occurred, None
    if occurred is None:
        raise Unreadable("occurred_at is missing")
    return identity, occurred, _event(event, identity, Turn(kind.removeprefix(PREFIX)), occurred)


def _event(event: Json, identity: str, turn: Turn, occurred: datetime) -> PageEvent:
    agent, incident = part(event, "agent"), part(event, "data")
    person = words(agent, "type") == "user_reference"
    name = words(agent, "summary") if person else ""
    return PageEvent(
        id=identity,
        turn=turn,
        alert=_alert(incident, turn, occurred, answered_by=name if turn is Turn.ACKNOWLEDGED else ""),
        incident_key=words(incident, "incident_key"),
        by=words(agent, "id") if person else "",
        by_name=name,
    )


def _alert(incident: Json, turn: Turn, occurred: datetime, *, answered_by: str) -> Alert:
    key, service = needed(incident, "id"), part(incident, "service")
    urgency, priority = words(incident, "urgency"), words(part(incident, "priority"), "summary")
    labels = {"service_id": words(service, "id"), "urgency": urgency, "priority": priority}
    return Alert(
        source=Source.PAGERDUTY,
        key=key,
        cause=f"{words(service, 'id')}/{words(incident, 'incident_key') or key}",
        title=words(incident, "title") or words(incident, "summary") or key,
        firing=turn is not Turn.RESOLVED,
        at=occurred,
        since=moment(incident, "created_at") or occurred,
        service=words(service, "summary"),
        severity=priority or urgency,
        labels={name: value for name, value in labels.items() if value},
        link=address(incident, "html_url"),
        answered_by=answered_by,
        page=words(incident, "incident_key") if urgency == WAKING else "",
        policy=words(part(incident, "escalation_policy"), "id"),
    )
