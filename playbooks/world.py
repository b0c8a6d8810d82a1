"""The world as evidence and plans may look at it: narrow protocols, and what the operator has not configured.

Nothing here changes anything. Every call raises `CouldNotLook` when what it asks does not answer as it should, within
a deadline of its own; what is not configured at all is None here, and `reached` turns that into `NotConfigured`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.domain.chart import Series
from bot.domain.clock import Clock
from bot.domain.cloud_service import CloudService, Revision
from bot.domain.database_instance import (
    Backup,
    Connections,
    DatabaseInstance,
    DatabaseOperation,
    IdleConnection,
    RecoveryWindow,
    SlowQuery,
)
from bot.domain.evidence import NotConfigured
from bot.domain.health import Certificate, HealthAnswer
from bot.domain.log_entry import LogPage
from bot.domain.maintenance import Maintenance
from bot.domain.metric_query import Aggregation, Measure
from bot.domain.on_call import Coverage, PagedIncident, Reachable, Shift
from bot.domain.remembered import RememberedAlert, RememberedIncident, RememberedRestoreTest
from bot.domain.status_page import Health
from bot.domain.table_health import TableHealth
from bot.organisation import Organisation
from playbooks.diary import Diary
from playbooks.shared import Shared
from playbooks.shelf import Configuration
from playbooks.surroundings import Code, Images, Meetings, Support, Windows

Part = TypeVar("Part")


class Services(Protocol):
    """Cloud Run. Names of services are those in the cloud; every region the organisation's file names is asked."""

    async def services(self) -> Sequence[CloudService]: ...

    async def service(self, name: str, region: str) -> CloudService: ...

    async def revisions(self, name: str, region: str) -> Sequence[Revision]:
        """Newest first."""
        ...

    def digest(self, variable: str, value: str) -> str:
        """What tells a variable of that value, as in `Variable.digest`."""
        ...


class Metrics(Protocol):
    """Cloud Monitoring: numbers over time of services and databases."""

    async def read(
        self,
        measure: Measure,
        of: str,
        *,
        since: datetime,
        until: datetime,
        step: timedelta,
        aggregation: Aggregation,
        by: Sequence[str] = (),
    ) -> Sequence[Series]:
        """The series of one measure of a service (or database instance), one for each value of the labels `by`
        ("revision", "class", "state", "location", "severity"). Percentiles are of the merged distribution."""
        ...


class AlertPolicies(Protocol):
    """The rules by which Cloud Monitoring raises alerts."""

    async def settings(self) -> Mapping[str, str]:
        """Each by its name: what it watches, whether it is on, and whom it tells."""
        ...


class Queries(Protocol):
    """Prometheus: instant and range queries of named, trusted expressions."""

    async def query(self, expression: str, *, at: datetime) -> Sequence[Series]:
        """One point a series; an empty answer is no data, never zero."""
        ...

    async def query_range(
        self, expression: str, *, since: datetime, until: datetime, step: timedelta
    ) -> Sequence[Series]: ...


class Logs(Protocol):
    """Cloud Logging. Filters are built from typed parts only."""

    async def errors(self, service: str, *, since: datetime, until: datetime, most: int = 1000) -> LogPage:
        """Errors, and what stderr says without a severity that reads like one; of all services when it is empty."""
        ...

    async def requests(
        self, service: str, *, since: datetime, until: datetime, statuses: tuple[int, int], most: int = 1000
    ) -> LogPage:
        """Requests answered with a status from the first to the last of `statuses`, inclusive."""
        ...

    async def system(self, service: str, *, since: datetime, until: datetime, most: int = 200) -> LogPage:
        """What the platform says about a service's containers: out of memory, failed starts."""
        ...

    async def changes(self, *, since: datetime, until: datetime, most: int = 200) -> LogPage:
        """Audit entries of changes to services and databases: who did what."""
        ...


class Databases(Protocol):
    """Cloud SQL's administration."""

    async def instance(self, name: str) -> DatabaseInstance: ...

    async def backups(self, instance: str, *, most: int = 400) -> Sequence[Backup]:
        """Newest first."""
        ...

    async def recovery_window(self, instance: str) -> RecoveryWindow: ...

    async def operations(self, instance: str, *, most: int = 50) -> Sequence[DatabaseOperation]:
        """Newest first."""
        ...

    async def numbers(self, instance: str, database: str, query: str) -> Sequence[tuple[str, float]]:
        """A read-only query of any instance, also of a copy nobody uses yet: (label, number) rows."""
        ...


class Sessions(Protocol):
    """The platform's own PostgreSQL, seen from inside."""

    async def connections(self) -> Connections: ...

    async def idle(self, *, longer_than: timedelta, most: int = 30) -> Sequence[IdleConnection]: ...

    async def endable(
        self,
        *,
        state: str,
        longer_than: timedelta,
        databases: Sequence[str] = (),
        spared: Sequence[str] = (),
        most: int = 500,
    ) -> Sequence[IdleConnection]:
        """Those that may be ended, the longest in this state first; none whose user or application is spared."""
        ...

    async def slow_queries(self, *, most: int = 10) -> Sequence[SlowQuery]:
        """By total time; raises `NotConfigured` when pg_stat_statements is not there."""
        ...

    async def table_health(self) -> TableHealth: ...

    async def numbers(self, query: str) -> Sequence[tuple[str, float]]:
        """A named read-only query of the organisation's file: (label, number) rows."""
        ...


class Pager(Protocol):
    """PagerDuty, to be read."""

    async def on_call(self, policy: str, *, at: datetime) -> Sequence[Shift]: ...

    async def next_shifts(self, policy: str, *, since: datetime, until: datetime) -> Sequence[Shift]: ...

    async def coverage(self, policy: str, *, since: datetime, until: datetime) -> Coverage: ...

    async def incidents(self, *, since: datetime, until: datetime) -> Sequence[PagedIncident]: ...

    async def reachable(self, user: str) -> Reachable: ...

    async def settings(self, policy: str) -> Mapping[str, str]:
        """Who is woken in which order, and by which rotas, by name: what a backup of the configuration keeps."""
        ...


class Probe(Protocol):
    """Asking an address from here. What it finds is an answer too: it never raises `CouldNotLook`."""

    async def health(self, url: str) -> HealthAnswer: ...

    async def certificate(self, host: str) -> Certificate | None:
        """None when no certificate could be read."""
        ...


class Memory(Protocol):
    """What opsbot itself remembers."""

    async def incidents(self, *, since: datetime) -> Sequence[RememberedIncident]:
        """Public, real incidents that were open at any time since then."""
        ...

    async def unresolved_alerts(self) -> Sequence[RememberedAlert]: ...

    async def status_page(self) -> Mapping[str, Health]:
        """How each component does that customers are told does not do well, by its service's name."""
        ...

    async def restore_tests(self, *, since: datetime) -> Sequence[RememberedRestoreTest]:
        """Those of backups that were asked for here since then and have ended, the oldest first."""
        ...

    async def maintenances(self) -> Sequence[Maintenance]:
        """Those that are planned or go on, in order."""
        ...

    async def maintained(self, *, since: datetime) -> Sequence[Maintenance]:
        """Those that have ended since then, in order."""
        ...


class Outside(StrEnum):
    """The parts of the world, with what to set when one is not configured."""

    SERVICES = "Cloud Run is not configured; set GOOGLE_CLOUD_PROJECT."
    METRICS = "Cloud Monitoring is not configured; set GOOGLE_CLOUD_PROJECT."
    QUERIES = "Prometheus is not configured; set OPSBOT_PROMETHEUS_URL."
    LOGS = "Cloud Logging is not configured; set GOOGLE_CLOUD_PROJECT."
    DATABASES = "Cloud SQL is not configured; set GOOGLE_CLOUD_PROJECT."
    SESSIONS = "The platform's database is not configured; set OPSBOT_PLATFORM_DATABASE_URL."
    CODE = "GitHub is not configured; set GITHUB_TOKEN."
    IMAGES = "Artifact Registry is not configured; set GOOGLE_CLOUD_PROJECT."
    BUILDS = "Cloud Build is not configured; set GOOGLE_CLOUD_PROJECT."
    SUPPORT = "Support tickets are not configured; set ZENDESK_TOKEN, ZENDESK_EMAIL and OPSBOT_ZENDESK_URL."
    MAIL = "Mail is not configured; set OPSBOT_SMTP_URL, and `mail: from` in opsbot.yaml."
    MEETINGS = "Zoom is not configured; set ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET."
    PAGES = "Chosen people cannot be paged; set PAGERDUTY_API_TOKEN and PAGERDUTY_FROM."
    WINDOWS = "Maintenance windows of PagerDuty are not configured; set PAGERDUTY_API_TOKEN and PAGERDUTY_FROM."
    LOAD_TESTS = "Nothing can be load-tested from here; ask where opsbot runs."
    HOOKS = "Webhooks cannot be signed; set OPSBOT_HOOK_SECRET."
    PAGER = "PagerDuty cannot be read; set PAGERDUTY_API_TOKEN."


@dataclass(frozen=True, kw_only=True)
class World:
    """All that evidence and plans may look at."""

    clock: Clock
    organisation: Organisation
    probe: Probe
    memory: Memory
    diary: Diary
    services: Services | None = None
    metrics: Metrics | None = None
    alert_policies: AlertPolicies | None = None
    queries: Queries | None = None
    logs: Logs | None = None
    databases: Databases | None = None
    sessions: Sessions | None = None
    code: Code | None = None
    images: Images | None = None
    support: Support | None = None
    pager: Pager | None = None
    configuration: Configuration | None = None
    windows: Windows | None = None
    meetings: Meetings | None = None
    shared: Shared = field(default_factory=Shared)


def reached(part: Part | None, outside: Outside) -> Part:
    """A part of the world; raises `NotConfigured`, which says what to set, when there is none."""
    if part is None:
        raise NotConfigured(outside.value)
    return part
