"""What a scrape of the platform finds: the application's own metrics, and which services answer at all."""

from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.prometheus.samples import Labels, Scrape
from sandbox.world.platform import Platform


def scraping(platform: Platform) -> Callable[[float], Scrape]:
    """Scrapes the platform as it was at a moment."""

    def scrape(at: float) -> Scrape:
        moment = datetime.fromtimestamp(at, UTC)
        found: dict[str, dict[Labels, float]] = {"up": _up(platform, moment)}
        for (name, labels), value in platform.counters(moment).items():
            found.setdefault(name, {})[labels] = value
        return found

    return scrape


def _up(platform: Platform, moment: datetime) -> dict[Labels, float]:
    services = platform.load(moment).services
    return {(("job", name),): float(bool(service.instances)) for name, service in services.items()}
