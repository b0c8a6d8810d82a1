"""Maintenance windows of PagerDuty: seen, opened and ended; while one is open, its services wake nobody."""

from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeVar

from bot.domain.clock import Clock
from bot.domain.errors import GiveUp, Retry
from bot.domain.evidence import CouldNotLook
from bot.domain.maintenance_window import MaintenanceWindow
from bot.integrations.pagerduty_api import JsonObject, PagerDutyRefusal, RestApi, read

PATH = "/maintenance_windows"
OVER = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
"""How PagerDuty refuses to end a window that is over."""

Found = TypeVar("Found")


class MaintenanceWindows:
    """The windows of one account. What looks raises `CouldNotLook`; what changes raises `Retry` and `GiveUp`."""

    def __init__(self, *, token: str, sender: str, url: str, timeout: float, clock: Clock) -> None:
        """Windows are opened in the name of `sender`, the e-mail address of a user of PagerDuty's; `timeout` in seconds."""
        self._rest = RestApi(token, sender=sender, url=url, timeout=timeout)
        self._clock = clock

    async def close(self) -> None:
        """Takes no more calls."""
        self._rest.close()

    async def windows(self, services: Sequence[str]) -> Sequence[MaintenanceWindow]:
        """Those that are open or to come of any of the services, by PagerDuty's ids; the earliest first."""
        found = [each for filter_ in ("ongoing", "future") for each in await self._listed(services, filter_)]
        windows = [_read(each) for each in found]
        known = {each.id: each for each in windows if each.until > self._clock.now()}
        return sorted(known.values(), key=lambda each: each.since)

    async def open(self, services: Sequence[str], *, since: datetime, until: datetime, says: str) -> None:
        """One more window; whoever opens it looks first whether it is there already."""
        window = {
            "type": "maintenance_window",
            "start_time": since.astimezone(UTC).isoformat(timespec="seconds"),
            "end_time": until.astimezone(UTC).isoformat(timespec="seconds"),
            "description": says,
            "services": [{"id": service, "type": "service_reference"} for service in services],
        }
        await self._rest.create(PATH, window)

    async def end(self, window: str) -> None:
        """It is over from now on; one that has not begun never begins. That it is over already is as good."""
        try:
            await self._rest.remove(f"{PATH}/{window}")
        except PagerDutyRefusal as refusal:
            if refusal.status not in OVER:
                raise

    async def examine(self) -> str:
        """That windows can be seen; raises `CouldNotLook` with the remedy when they cannot."""
        found = await self._listed((), "ongoing")
        return f"PagerDuty's maintenance windows: {len(found)} open"

    async def _listed(self, services: Sequence[str], filter_: str) -> list[JsonObject]:
        params = {"filter": filter_, **({"service_ids[]": list(services)} if services else {})}
        return await _asked(self._rest.all(PATH, params))


async def _asked(call: Awaitable[Found]) -> Found:
    try:
        return await call
    except (Retry, GiveUp) as error:
        raise CouldNotLook(f"{error}.") from error


def _read(found: JsonObject) -> MaintenanceWindow:
    try:
        return read(_window, found)
    except Retry as error:
        raise CouldNotLook(f"{error}.") from error


def _window(found: JsonObject) -> MaintenanceWindow:
    return MaintenanceWindow(
        id=str(found["id"]),
        services=tuple(str(each["id"]) for each in found["services"]),
        since=_moment(found["start_time"]),
        until=_moment(found["end_time"]),
        says=str(found.get("description") or ""),
        by=str((found.get("created_by") or {}).get("summary") or ""),
    )


def _moment(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError(f"{written} has no offset")
    return at.astimezone(UTC)
