"""The status page as customers see it: components, what goes on, what was lately, in plain values and as JSON."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.maintenance import Maintenance
from bot.domain.maintenance_notice import PageNotice, PageStage
from bot.domain.status_page import Health, Notice, Posting, healths
from bot.organisation import Organisation

HISTORY = timedelta(days=14)
"""How long an incident that is over stays on the page."""

OVERALL = {
    Health.OPERATIONAL: "All systems are operational",
    Health.MAINTENANCE: "Maintenance is under way",
    Health.DEGRADED: "Some systems are degraded",
    Health.PARTIAL: "Some systems are partly down",
    Health.MAJOR: "Some systems are down",
}
UNCLEAR = "We are looking into a problem"
"""What is said when something goes on and no component is named."""


@dataclass(frozen=True, kw_only=True)
class Component:
    """A part of the platform as customers know it."""

    key: str
    title: str
    health: Health


@dataclass(frozen=True, kw_only=True)
class Window:
    """A maintenance as customers know it, by what reached the page."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    services: tuple[str, ...]
    notices: tuple[PageNotice, ...]
    """What they were told, the latest first."""

    @property
    def stage(self) -> PageStage:
        return self.notices[0].stage

    @property
    def over(self) -> bool:
        return self.stage is PageStage.COMPLETED

    @property
    def going_on(self) -> bool:
        return self.stage in {PageStage.IN_PROGRESS, PageStage.VERIFYING}


@dataclass(frozen=True, kw_only=True)
class PageView:
    """All that the page says, and nothing that customers may not read."""

    name: str
    timezone: ZoneInfo
    components: tuple[Component, ...]
    current: tuple[Posting, ...]
    past: tuple[Posting, ...]
    windows: tuple[Window, ...] = ()
    """Maintenances that come or go on, in order; and those that are over."""

    @property
    def health(self) -> Health:
        """How the worst component does."""
        return max(
            (each.health for each in self.components), key=lambda health: health.rank, default=Health.OPERATIONAL
        )

    @property
    def headline(self) -> str:
        return UNCLEAR if self.current and self.health is Health.OPERATIONAL else OVERALL[self.health]

    @property
    def changed(self) -> datetime | None:
        """When customers were last told something."""
        postings = (told(posting)[0].at for posting in (*self.current, *self.past))
        return max((*postings, *(window.notices[0].at for window in self.windows)), default=None)

    def title(self, key: str) -> str:
        """What customers call a component."""
        return next((each.title for each in self.components if each.key == key), "")

    def affected(self, posting: Posting) -> str:
        """The components that an incident hits or hit, by their titles."""
        return ", ".join(filter(None, map(self.title, posting.hit)))


def page_view(
    postings: Iterable[Posting], organisation: Organisation, maintenances: Iterable[Maintenance] = ()
) -> PageView:
    """The page of an organisation, from what may be shown."""
    windows = tuple(filter(None, map(_window, maintenances)))
    touched = {key for window in windows if window.going_on for key in window.services}
    shown = sorted(postings, key=lambda posting: posting.public[-1].at, reverse=True)
    worst = healths(shown)
    return PageView(
        name=organisation.name,
        timezone=organisation.timezone,
        components=tuple(
            Component(key=each.key, title=each.title, health=_health(each.key, worst, touched))
            for each in organisation.components()
        ),
        current=tuple(posting for posting in shown if not posting.over),
        past=tuple(posting for posting in shown if posting.over),
        windows=windows,
    )


def _health(key: str, worst: Mapping[str, Health], touched: Collection[str]) -> Health:
    """How a component does: what an incident says of it counts more than that it is being maintained."""
    maintained = Health.MAINTENANCE if key in touched else Health.OPERATIONAL
    return max(worst.get(key, maintained), maintained, key=lambda health: health.rank)


def _window(of: Maintenance) -> Window | None:
    """A maintenance, once something of it has reached the page."""
    public = tuple(notice for notice in reversed(of.page) if notice.published_at)
    if not public:
        return None
    return Window(
        key=of.posting,
        title=of.title,
        starts_at=of.starts_at,
        ends_at=of.ends_at,
        services=of.services,
        notices=public,
    )


def told(posting: Posting) -> Sequence[Notice]:
    """What customers were told of an incident, the latest first."""
    return posting.public[::-1]


def as_json(view: PageView) -> dict[str, object]:
    """The page for programs; moments in ISO 8601, UTC."""
    return {
        "page": {"name": view.name, "updated_at": view.changed.isoformat() if view.changed else None},
        "status": {"health": view.health.value, "description": view.headline},
        "components": [{"id": each.key, "name": each.title, "health": each.health.value} for each in view.components],
        "incidents": [_incident(view, posting) for posting in view.current],
        "history": [_incident(view, posting) for posting in view.past],
        "maintenances": [_maintenance(view, window) for window in view.windows],
    }


def _maintenance(view: PageView, window: Window) -> dict[str, object]:
    return {
        "id": window.key,
        "name": window.title,
        "stage": window.stage.value,
        "starts_at": window.starts_at.isoformat(),
        "ends_at": window.ends_at.isoformat(),
        "components": [key for key in window.services if view.title(key)],
        "updates": [
            {"stage": notice.stage.value, "text": notice.text, "at": notice.at.isoformat()} for notice in window.notices
        ],
    }


def _incident(view: PageView, posting: Posting) -> dict[str, object]:
    latest = posting.public[-1]
    return {
        "id": posting.key,
        "name": posting.title,
        "stage": latest.stage.value,
        "started_at": posting.public[0].at.isoformat(),
        "components": {key: health.value for key, health in latest.components.items() if view.title(key)},
        "updates": [
            {"stage": notice.stage.value, "text": notice.text, "at": notice.at.isoformat()} for notice in told(posting)
        ],
    }
