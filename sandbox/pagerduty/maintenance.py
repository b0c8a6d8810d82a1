"""Maintenance windows: while one is open nothing that its services raise opens an incident."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sandbox.pagerduty.account import SITE, Account
from sandbox.pagerduty.incident import moment
from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf


@dataclass(kw_only=True)
class Window:
    """A stretch of time, in seconds since the epoch, for some services; `user` opened it."""

    id: str
    start: float
    end: float
    services: list[str]
    description: str
    user: str
    deleted: bool = False

    def shown(self, account: Account) -> JsonObject:
        """The window as GET /maintenance_windows gives it."""
        return {
            "id": self.id,
            "type": "maintenance_window",
            "summary": self.description,
            "self": f"https://api.pagerduty.example/maintenance_windows/{self.id}",
            "html_url": f"{SITE}/maintenance_windows#/show/{self.id}",
            "start_time": moment(self.start),
            "end_time": moment(self.end),
            "description": self.description,
            "services": [account.reference("service", each) for each in self.services],
            "teams": [],
            "created_by": account.reference("user", self.user),
        }


class Windows:
    """The windows of an account."""

    def __init__(self, archive: Archive, now: Callable[[], float]) -> None:
        self._now = now
        self._shelf = Shelf[Window](
            archive, "pagerduty_window", lambda each: dict(vars(each)), lambda record: Window(**record)
        )

    def __iter__(self) -> Iterator[Window]:
        return (each for each in self._shelf if not each.deleted)

    def get(self, key: str) -> Window | None:
        return next((each for each in self if each.id == key), None)

    def open(self, *, start: float, end: float, services: Sequence[str], description: str, user: str) -> Window:
        """One more; what would have begun in the past begins now."""
        window = Window(
            id=f"PM{uuid4().hex[:5].upper()}",
            start=max(start, self._now()),
            end=end,
            services=list(services),
            description=description,
            user=user,
        )
        self.keep(window)
        return window

    def keep(self, window: Window) -> None:
        self._shelf.put(window.id, window)

    def hushed(self, service: str) -> bool:
        """Whether a service is in maintenance now."""
        now = self._now()
        return any(service in each.services and each.start <= now < each.end for each in self)
