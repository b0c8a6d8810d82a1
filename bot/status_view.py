"""The status page as customers see it: components, what goes on, what was lately, in plain values and as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

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
class PageView:
    """All that the page says, and nothing that customers may not read."""

    name: str
    timezone: ZoneInfo
    components: tuple[Component, ...]
    current: tuple[Posting, ...]
    past: tuple[Posting, ...]

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
        return max((told(posting)[0].at for posting in (*self.current, *self.past)), default=None)

    def title(self, key: str) -> str:
        """What customers call a component."""
        return next((each.title for each in self.components if each.key == key), "")

    def affected(self, posting: Posting) -> str:
        """The components that an incident hits or hit, by their titles."""
        return ", ".join(filter(None, map(self.title, posting.hit)))


def page_view(postings: Iterable[Posting], organisation: Organisation) -> PageView:
    """The page of an organisation, from what may be shown."""
    shown = sorted(postings, key=lambda posting: posting.public[-1].at, reverse=True)
    worst = healths(shown)
    return PageView(
        name=organisation.name,
        timezone=organisation.timezone,
        components=tuple(
            Component(key=each.key, title=each.title, health=worst.get(each.key, Health.OPERATIONAL))
            for each in organisation.components()
        ),
        current=tuple(posting for posting in shown if not posting.over),
        past=tuple(posting for posting in shown if posting.over),
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
