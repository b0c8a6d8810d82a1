"""How far a page got, as PagerDuty's incidents and log entries tell it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.integrations.pagerduty_api import JsonObject

AUTOMATIC = "api"
"""The channel of what programs do, this one among them; people answer by phone, app or website."""


@dataclass(frozen=True, kw_only=True)
class Responder:
    """Somebody of PagerDuty's, by PagerDuty's id; `email` only where it was asked for."""

    id: str
    name: str
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Somebody was notified, `how` in words: "push notification", "phone"."""

    who: Responder
    at: datetime
    how: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A person acknowledged or resolved."""

    by: Responder
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OnCall:
    """Somebody on call at a level of an escalation policy; without `since` and `until`, always."""

    level: int
    who: Responder
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PageProgress:
    """What became of a page. `status` is triggered, acknowledged or resolved, or empty: there is no incident.

    PagerDuty takes an alert and opens no incident when nobody is on call at any level of the escalation policy.
    """

    incident: str = ""
    url: str = ""
    status: str = ""
    assignees: tuple[Responder, ...] = ()
    notified: tuple[Notice, ...] = ()
    acknowledged: Answer | None = None
    resolved: Answer | None = None

    @property
    def news(self) -> str:
        """The state in a word that changes whenever people should be told; empty while nobody was reached."""
        match self.status:
            case "resolved":
                return "resolved"
            case "acknowledged":
                return f"acknowledged:{self.acknowledged.by.id if self.acknowledged else ''}"
            case _:
                people = dict.fromkeys(notice.who.id for notice in self.notified)
                return f"notified:{','.join(people)}" if people else ""


def newest(incidents: Iterable[JsonObject]) -> JsonObject | None:
    """The latest incident of a key: a trigger after the end opens another."""
    return max(incidents, key=lambda incident: int(incident["incident_number"]), default=None)


def progress_of(incident: JsonObject, log: Sequence[JsonObject]) -> PageProgress:
    """Reads an incident and its log entries, in whichever order they came."""
    entries = sorted(log, key=lambda entry: str(entry["created_at"]))
    return PageProgress(
        incident=str(incident["id"]),
        url=str(incident.get("html_url") or ""),
        status=str(incident["status"]),
        assignees=tuple(responder_of(each["assignee"]) for each in incident.get("assignments") or ()),
        notified=tuple(_notice(each) for each in entries if each["type"] == "notify_log_entry" and each.get("user")),
        acknowledged=_first_by_a_person(entries, "acknowledge_log_entry"),
        resolved=_first_by_a_person(entries, "resolve_log_entry"),
    )


def responder_of(mention: JsonObject) -> Responder:
    """Somebody whom PagerDuty mentions, or shows in whole."""
    name = mention.get("name") or mention.get("summary") or mention["id"]
    return Responder(id=str(mention["id"]), name=str(name), email=str(mention.get("email") or ""))


def on_call_of(entry: JsonObject) -> OnCall:
    """One entry of PagerDuty's list of who is on call."""
    since, until = (_moment(entry[name]) if entry.get(name) else None for name in ("start", "end"))
    return OnCall(level=int(entry["escalation_level"]), who=responder_of(entry["user"]), since=since, until=until)


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


def _notice(entry: JsonObject) -> Notice:
    notification = (entry.get("channel") or {}).get("notification") or {}
    how = str(notification.get("type") or "").removesuffix("_notification").replace("_", " ")
    return Notice(
        who=responder_of(entry["user"]),
        at=_moment(entry["created_at"]),
        how="push notification" if "push" in how else how,
    )


def _first_by_a_person(entries: Sequence[JsonObject], kind: str) -> Answer | None:
    """Who answered first; what the API did is left out, for it may be our own doing in a person's name."""
    for entry in entries:
        agent, channel = entry.get("agent") or {}, (entry.get("channel") or {}).get("type")
        if entry["type"] == kind and str(agent.get("type")).startswith("user") and channel != AUTOMATIC:
            return Answer(by=responder_of(agent), at=_moment(entry["created_at"]))
    return None
