"""The REST API's maintenance windows: list, open, change, and end.

Faithful in what the bot uses: a From header to change anything, a window of the past that cannot be ended (405), one that
is under way which ends by being deleted, one to come which goes away.
"""

from datetime import datetime

from aiohttp import web

from sandbox.pagerduty.door import ARGUMENTS, INVALID, Refusal
from sandbox.pagerduty.maintenance import Window
from sandbox.pagerduty.rest_api import RestApi, found, paged
from sandbox.payload import JsonObject


class RestMaintenance:
    """The addresses below /maintenance_windows."""

    def __init__(self, api: RestApi) -> None:
        self._api = api
        self._account = api.account
        self._windows = api.pages.windows

    def routes(self) -> list[web.RouteDef]:
        route = self._api.route
        return [
            route("GET", "/maintenance_windows", self._list),
            route("POST", "/maintenance_windows", self._open),
            route("GET", "/maintenance_windows/{id}", self._get),
            route("PUT", "/maintenance_windows/{id}", self._change),
            route("DELETE", "/maintenance_windows/{id}", self._end),
        ]

    def _list(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        services, filter_ = request.query.getall("service_ids[]", []), request.query.get("filter", "all")
        every = [
            each
            for each in self._windows
            if (not services or set(services) & set(each.services)) and filter_ in {"all", self._when(each)}
        ]
        every.sort(key=lambda each: each.start)
        return paged(request, "maintenance_windows", [each.shown(self._account) for each in every])

    def _open(self, request: web.Request, body: JsonObject) -> tuple[int, JsonObject]:
        sender, wanted = self._api.sender(request), body.get("maintenance_window") or {}
        services = [str(each.get("id")) for each in wanted.get("services") or []]
        start, end = _moment(wanted, "start_time"), _moment(wanted, "end_time")
        mistakes = [f"Service {each} is not found" for each in services if self._account.service(each) is None]
        mistakes += [] if services else ["Services can't be empty"]
        mistakes += [] if end > max(start, self._api.pages.now()) else ["End time must be after start time"]
        if mistakes:
            raise _invalid(mistakes)
        window = self._windows.open(
            start=start,
            end=end,
            services=services,
            description=str(wanted.get("description") or ""),
            user=sender.id,
        )
        return 201, {"maintenance_window": window.shown(self._account)}

    def _get(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        return 200, {"maintenance_window": self._window(request).shown(self._account)}

    def _change(self, request: web.Request, body: JsonObject) -> tuple[int, JsonObject]:
        self._api.sender(request)
        window, wanted = self._not_over(request), body.get("maintenance_window") or {}
        if "end_time" in wanted:
            window.end = _moment(wanted, "end_time")
        window.description = str(wanted.get("description") or window.description)
        self._windows.keep(window)
        return 200, {"maintenance_window": window.shown(self._account)}

    def _end(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        window = self._not_over(request)
        if self._when(window) == "ongoing":
            window.end = self._api.pages.now()
        else:
            window.deleted = True
        self._windows.keep(window)
        return 204, {}

    def _not_over(self, request: web.Request) -> Window:
        window = self._window(request)
        if self._when(window) == "past":
            raise Refusal(405, "Maintenance windows that have already ended cannot be deleted.", code=ARGUMENTS)
        return window

    def _window(self, request: web.Request) -> Window:
        return found(self._windows.get(request.match_info["id"]))

    def _when(self, window: Window) -> str:
        now = self._api.pages.now()
        return "past" if window.end <= now else "ongoing" if window.start <= now else "future"


def _moment(wanted: JsonObject, name: str) -> float:
    try:
        moment = datetime.fromisoformat(str(wanted.get(name)))
    except ValueError:
        raise _invalid([f"{name} is not a valid time"]) from None
    if moment.tzinfo is None:
        raise _invalid([f"{name} has no offset"])
    return moment.timestamp()


def _invalid(errors: list[str]) -> Refusal:
    return Refusal(400, "Invalid Input Provided", code=INVALID, errors=errors)
