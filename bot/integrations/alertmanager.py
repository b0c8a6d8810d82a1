"""Alertmanager's webhooks (format version 4): the alerts of one of its groups."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from bot.domain.alert import Alert, Source
from bot.integrations.webhook_payload import (
    Json,
    Unreadable,
    address,
    labels,
    moment,
    needed,
    object_in,
    objects,
    words,
)

FORMAT = "4"


class BearerTokens:
    """The tokens of which whoever sends alerts must know one."""

    def __init__(self, tokens: Sequence[str]) -> None:
        if not all(tokens) or not tokens:
            raise ValueError("A token is needed, and an empty one would let everybody in.")
        self._expected = [f"Bearer {token}".encode() for token in tokens]

    def genuine(self, header: str | None) -> bool:
        """Judges the header Authorization; in constant time."""
        given = (header or "").encode("utf-8", "replace")
        matches = [hmac.compare_digest(each, given) for each in self._expected]
        return any(matches)


def read_alerts(body: bytes, now: datetime) -> list[Alert]:
    """The alerts of a notification, as of now: Alertmanager does not say when it sent it. Raises Unreadable."""
    payload = object_in(body)
    if words(payload, "version") != FORMAT:
        raise Unreadable(f"the format is not version {FORMAT}")
    group = needed(payload, "groupKey")
    return [_alert(each, group, now) for each in objects(payload, "alerts")]


def _alert(alert: Json, group: str, now: datetime) -> Alert:
    marks, notes = labels(alert, "labels"), labels(alert, "annotations")
    name = marks.get("alertname", "")
    key = words(alert, "fingerprint") or repr(sorted(marks.items()))
    return Alert(
        source=Source.ALERTMANAGER,
        key=key,
        cause=group,
        title=notes.get("summary") or notes.get("title") or name or "(an alert without a name)",
        firing=words(alert, "status") != "resolved",
        at=now,
        since=min(moment(alert, "startsAt") or now, now),
        service=marks.get("service") or marks.get("job", ""),
        severity=marks.get("severity", ""),
        labels=marks,
        link=address(_reading(alert), "link"),
    )


def _reading(alert: Json) -> Json:
    """Where to read on: the runbook's address of the alert's author, else the expression behind it."""
    notes = labels(alert, "annotations")
    return {"link": notes.get("runbook_url") or notes.get("dashboard_url") or words(alert, "generatorURL")}
