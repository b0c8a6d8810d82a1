"""PagerDuty, to be looked at: who is on call now and next, whether the rota has gaps, and what people were woken for."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.domain.clock import Clock
from bot.domain.errors import GiveUp, Retry
from bot.domain.evidence import CouldNotLook
from bot.domain.on_call import Coverage, PagedIncident, Reachable, Shift
from bot.integrations.page_progress import OnCall, Responder, on_call_of
from bot.integrations.pager_settings import schedules_of, settings_of
from bot.integrations.pagerduty_api import JsonObject, RestApi, read
from bot.integrations.pagerduty_check import gaps_in

FARTHEST = timedelta(days=90)
"""How far ahead, and for how long, PagerDuty says who is on call."""
LONGEST = timedelta(days=180)
"""PagerDuty lists incidents of at most six months."""
INSTANT = timedelta(seconds=1)
SHORTEST_GAP = timedelta(minutes=1)
"""Rotas change on the minute; what is shorter comes from PagerDuty's whole seconds."""
FIRST = 1
"""The level of an escalation policy that is woken first."""

Found = TypeVar("Found")
Shape = TypeVar("Shape")


class Pager:
    """Reads one account. Every call raises `CouldNotLook` when the answer cannot be had.

    PagerDuty reads times without an offset in the account's own zone, so every time here has one.
    """

    def __init__(self, *, token: str, url: str, timeout: float, clock: Clock) -> None:
        """No call takes longer than twice `timeout`, in seconds."""
        self._rest = RestApi(token, sender=None, url=url, timeout=timeout)
        self._clock = clock

    async def close(self) -> None:
        """Takes no more calls."""
        self._rest.close()

    async def on_call(self, policy: str, *, at: datetime) -> Sequence[Shift]:
        """Who is on call at a moment, the first level first; empty when nobody is."""
        shifts = await self._shifts(policy, at, at + INSTANT)
        return [each for each in shifts if _began(each) <= at and (each.until is None or each.until > at)]

    async def next_shifts(self, policy: str, *, since: datetime, until: datetime) -> Sequence[Shift]:
        """The shifts that begin within a stretch of time, the earliest first."""
        shifts = await self._shifts(policy, since, until)
        coming = [each for each in shifts if each.since is not None and since < each.since < until]
        return sorted(coming, key=lambda each: (_began(each), each.level))

    async def coverage(self, policy: str, *, since: datetime, until: datetime) -> Coverage:
        """How much of a time the policy's first level wakes somebody.

        Later levels do not count: whoever is always on the second would hide every gap of the rota.
        """
        shifts = await self._shifts(policy, since, until)
        first = [_turn(each) for each in shifts if each.level == FIRST]
        gaps = tuple((start, end) for start, end in gaps_in(first, since, until) if end - start >= SHORTEST_GAP)
        missing = sum((end - start for start, end in gaps), timedelta())
        return Coverage(covered=until - since - missing, wanted=until - since, gaps=gaps)

    async def reachable(self, user: str) -> Reachable:
        """By what somebody, by PagerDuty's id, is reached, and by what they are woken."""
        params = {"include[]": ["contact_methods", "notification_rules"]}
        return self._read(_reachable, await self._asked(self._rest.get(f"/users/{user}", params)))

    async def incidents(self, *, since: datetime, until: datetime) -> Sequence[PagedIncident]:
        """What was opened within a stretch of time, whatever became of it; the earliest first."""
        if until - since > LONGEST:
            raise CouldNotLook("PagerDuty lists incidents of at most six months.")
        params = {**_between(since, until), "sort_by": "created_at:asc"}
        found = await self._asked(self._rest.all("/incidents", params))
        acknowledged = await self._acknowledged(since) if found else {}
        return [self._read(lambda each: _incident(each, acknowledged), each) for each in found]

    async def settings(self, policy: str) -> Mapping[str, str]:
        """Who is woken in which order, and by which rotas, by name."""
        answer = await self._asked(self._rest.get(f"/escalation_policies/{policy}", {}))
        keys = self._read(schedules_of, answer)
        schedules = [await self._asked(self._rest.get(f"/schedules/{key}", {})) for key in keys]
        return self._read(lambda found: settings_of(found, schedules), answer)

    async def examine(self) -> str:
        """That the token may read; raises `CouldNotLook` with the remedy when it may not."""
        policies = await self._asked(self._rest.all("/escalation_policies", {}))
        return f"PagerDuty answers; it has {len(policies)} escalation {'policy' if len(policies) == 1 else 'policies'}."

    async def _shifts(self, policy: str, since: datetime, until: datetime) -> list[Shift]:
        if until - since > FARTHEST:
            raise CouldNotLook("PagerDuty says who is on call for at most 90 days.")
        params = {"escalation_policy_ids[]": [policy], **_between(since, until)}
        entries = await self._asked(self._rest.all("/oncalls", params))
        shifts = [self._read(_shift, each) for each in entries]
        return sorted(shifts, key=lambda each: (each.level, _began(each)))

    async def _acknowledged(self, since: datetime) -> Mapping[str, datetime]:
        """When each incident was first acknowledged, which it forgets itself once it is resolved."""
        params = {**_between(since, self._clock.now() + INSTANT), "is_overview": "true"}
        entries = await self._asked(self._rest.all("/log_entries", params))
        return self._read(_first_acknowledged, entries)

    async def _asked(self, call: Awaitable[Found]) -> Found:
        try:
            return await call
        except (Retry, GiveUp) as error:
            raise CouldNotLook(f"{error}.") from error

    def _read(self, reader: Callable[[Shape], Found], answer: Shape) -> Found:
        try:
            return read(reader, answer)
        except Retry as error:
            raise CouldNotLook(f"{error}.") from error


def _between(since: datetime, until: datetime) -> JsonObject:
    return {
        "since": since.astimezone(UTC).isoformat(timespec="seconds"),
        "until": until.astimezone(UTC).isoformat(timespec="seconds"),
        "time_zone": "UTC",
    }


def _shift(entry: JsonObject) -> Shift:
    found = on_call_of(entry)
    return Shift(
        user=found.who.id,
        name=found.who.name,
        level=found.level,
        since=found.since,
        until=found.until,
        policy=str((entry.get("escalation_policy") or {}).get("id") or ""),
        schedule=str((entry.get("schedule") or {}).get("summary") or ""),
    )


def _began(shift: Shift) -> datetime:
    """Whoever is always on call was before anybody else."""
    return shift.since or datetime.min.replace(tzinfo=UTC)


def _turn(shift: Shift) -> OnCall:
    who = Responder(id=shift.user, name=shift.name)
    return OnCall(level=shift.level, who=who, since=shift.since, until=shift.until)


def _first_acknowledged(entries: Sequence[JsonObject]) -> Mapping[str, datetime]:
    first: dict[str, datetime] = {}
    for entry in entries:
        if entry["type"] == "acknowledge_log_entry":
            incident, at = str(entry["incident"]["id"]), _moment(entry["created_at"])
            first[incident] = min(at, first.get(incident, at))
    return first


def _incident(found: JsonObject, acknowledged: Mapping[str, datetime]) -> PagedIncident:
    status = str(found["status"])
    ended = found.get("resolved_at") or (found.get("last_status_change_at") if status == "resolved" else None)
    return PagedIncident(
        id=str(found["id"]),
        title=str(found.get("title") or found.get("summary") or found["id"]),
        status=status,
        urgency=str(found.get("urgency") or ""),
        priority=str((found.get("priority") or {}).get("summary") or ""),
        service=str((found.get("service") or {}).get("summary") or ""),
        created_at=_moment(found["created_at"]),
        acknowledged_at=acknowledged.get(str(found["id"])),
        resolved_at=_moment(ended) if ended else None,
        url=str(found.get("html_url") or ""),
        key=str(found.get("incident_key") or ""),
    )


def _reachable(user: JsonObject) -> Reachable:
    ways = {str(each["id"]): _way(each) for each in user.get("contact_methods") or ()}
    rules = [each for each in user.get("notification_rules") or () if each.get("urgency") == "high"]
    woken = [ways.get(str((each.get("contact_method") or {}).get("id")), "") for each in rules]
    return Reachable(ways=tuple(dict.fromkeys(ways.values())), urgent=tuple(dict.fromkeys(filter(None, woken))))


def _way(method: JsonObject) -> str:
    """`phone_contact_method` is a phone."""
    kind = str(method["type"]).removesuffix("_reference").removesuffix("_contact_method")
    return {"sms": "text message", "push_notification": "push"}.get(kind, kind)


def _moment(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError(f"{written} has no offset")
    return at.astimezone(UTC)
