"""What a scrape of the platform finds: the application's own metrics, the rows of tables, and which services answer."""

from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.prometheus.samples import Labels, Scrape
from sandbox.world.platform import Platform

ROWS = "pg_stat_user_tables_n_live_tup"
"""What PostgreSQL's exporter calls them."""


def scraping(platform: Platform) -> Callable[[float], Scrape]:
    """Scrapes the platform as it was at a moment."""

    def scrape(at: float) -> Scrape:
        moment = datetime.fromtimestamp(at, UTC)
        found: dict[str, dict[Labels, float]] = {"up": _up(platform, moment)}
        for (name, labels), value in platform.counters(moment).items():
            found.setdefault(name, {})[labels] = value
        used = platform.state(moment).database.name
        found[ROWS] = {(("relname", table),): float(rows) for table, rows in platform.rows(used, moment).items()}
        return found

    return scrape


def _up(platform: Platform, moment: datetime) -> dict[Labels, float]:
    services = platform.load(moment).services
    return {(("job", name),): float(bool(service.instances)) for name, service in services.items()}
