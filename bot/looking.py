"""The world as evidence may look at it, and the hands that change it: a client for every system that the settings name."""

import asyncio
import contextlib
import functools
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from bot.configuration_shelf import configuration_shelf
from bot.database_hands import database_hands
from bot.declared_hands import declared_hands
from bot.domain.clock import Clock
from bot.domain.playbook import Playbook
from bot.integrations.alert_policies import AlertPolicies
from bot.integrations.artifact_registry import ArtifactRegistry
from bot.integrations.cloud_logging import CloudLogging
from bot.integrations.cloud_monitoring import CloudMonitoring
from bot.integrations.cloud_run import CloudRun
from bot.integrations.cloud_run_changes import CloudRunChanges
from bot.integrations.cloud_sql import CloudSql
from bot.integrations.github import GitHub
from bot.integrations.google_channel import GoogleChannels
from bot.integrations.load_driver import load_driver
from bot.integrations.pager import Pager
from bot.integrations.postgres import Postgres
from bot.integrations.probe import HealthProbe
from bot.integrations.prometheus import Prometheus
from bot.integrations.zendesk import Zendesk
from bot.organisation import Organisation
from bot.settings import Settings
from bot.shipping_hands import shipping_hands
from bot.store.unit_of_work import Store
from bot.surrounding_clients import artifact_registry_of, github_of, pager_of, zendesk_of
from bot.telling_hands import TellingHands, telling_hands
from playbooks import load
from playbooks.hands import Hands
from playbooks.kept_diary import KeptDiary
from playbooks.memory import Remembered
from playbooks.shelf import Configuration
from playbooks.vocabulary import vocabulary
from playbooks.world import World


@dataclass(frozen=True, kw_only=True)
class Clients:
    """The clients that the settings name; None for what is not configured."""

    probe: HealthProbe
    services: CloudRun | None = None
    metrics: CloudMonitoring | None = None
    alert_policies: AlertPolicies | None = None
    logs: CloudLogging | None = None
    queries: Prometheus | None = None
    databases: CloudSql | None = None
    sessions: Postgres | None = None
    code: GitHub | None = None
    images: ArtifactRegistry | None = None
    support: Zendesk | None = None
    pager: Pager | None = None


@contextlib.asynccontextmanager
async def clients_of(settings: Settings, organisation: Organisation, clock: Clock) -> AsyncIterator[Clients]:
    """The clients within a block; afterwards every connection is closed."""
    channels = GoogleChannels()
    clients = Clients(
        probe=HealthProbe(),
        services=_cloud_run(settings, organisation, channels),
        metrics=_cloud_monitoring(settings, channels, clock),
        alert_policies=_alert_policies(settings, channels),
        logs=_cloud_logging(settings, channels, clock),
        queries=_prometheus(settings),
        databases=_cloud_sql(settings, organisation),
        sessions=_postgres(settings),
        code=github_of(settings, organisation),
        images=artifact_registry_of(settings),
        support=zendesk_of(settings),
        pager=pager_of(settings, clock),
    )
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(channels.close)
        for each in (
            clients.probe,
            clients.queries,
            clients.databases,
            clients.sessions,
            clients.code,
            clients.images,
            clients.support,
            clients.pager,
        ):
            if each:
                stack.push_async_callback(each.close)
        if clients.sessions:
            stack.callback(asyncio.create_task(clients.sessions.keep()).cancel)
        yield clients


@contextlib.asynccontextmanager
async def world_of(settings: Settings, organisation: Organisation, store: Store) -> AsyncIterator[World]:
    """All that evidence and plans may look at, within a block."""
    async with hands_of(settings, organisation, store) as hands:
        yield hands.world


@contextlib.asynccontextmanager
async def hands_of(settings: Settings, organisation: Organisation, store: Store) -> AsyncIterator[Hands]:
    """All that may be changed, and the world to look at, within a block."""
    async with (
        clients_of(settings, organisation, store.clock) as clients,
        database_hands(settings, organisation, clients.databases) as of_databases,
        declared_hands(settings, store.clock) as declared,
        telling_hands(settings, organisation, store.clock) as telling,
        shipping_hands(settings, organisation) as shipping,
        load_driver(store.clock) as load_tests,
        _shelf(settings, organisation) as configuration,
        _warming(clients),
    ):
        world = _world(settings, organisation, store, clients, telling, configuration)
        yield Hands(
            world=world,
            services=_service_changes(settings, clients),
            databases=of_databases.databases,
            sessions=of_databases.sessions,
            workflows=declared.workflows,
            jobs=declared.jobs,
            hooks=declared.hooks,
            load_tests=load_tests,
            mail=telling.mail,
            windows=telling.windows,
            pages=telling.pages,
            meetings=telling.meetings,
            builds=shipping.builds,
            releases=shipping.releases,
        )


def _world(
    settings: Settings,
    organisation: Organisation,
    store: Store,
    clients: Clients,
    telling: TellingHands,
    configuration: Configuration | None,
) -> World:
    return World(
        clock=store.clock,
        organisation=organisation,
        probe=clients.probe,
        memory=Remembered(store),
        configuration=configuration,
        diary=KeptDiary(store, organisation=organisation, playbooks=_runbook(settings, organisation)),
        services=clients.services,
        metrics=clients.metrics,
        alert_policies=clients.alert_policies,
        logs=clients.logs,
        queries=clients.queries,
        databases=clients.databases,
        sessions=clients.sessions,
        code=clients.code,
        images=clients.images,
        support=clients.support,
        pager=clients.pager,
        windows=telling.windows,
        meetings=telling.meetings,
    )


def _runbook(settings: Settings, organisation: Organisation) -> Callable[[], Mapping[str, Playbook]]:
    """The playbooks, read when somebody first asks for them."""

    @functools.cache
    def playbooks() -> Mapping[str, Playbook]:
        return load(vocabulary(organisation.changes.declared), settings.playbooks).playbooks

    return playbooks


def _shelf(
    settings: Settings, organisation: Organisation
) -> contextlib.AbstractAsyncContextManager[Configuration | None]:
    return configuration_shelf(
        organisation.config_backup,
        own_file=settings.config,
        storage_url=settings.cloud_storage_url,
        within=settings.http_timeout_seconds,
    )


def _service_changes(settings: Settings, clients: Clients) -> CloudRunChanges | None:
    seconds = settings.http_timeout_seconds
    return CloudRunChanges(clients.services, timeout=seconds) if clients.services else None


@contextlib.asynccontextmanager
async def _warming(clients: Clients) -> AsyncIterator[None]:
    """Loads what is heavy in the background, so that the first look does not wait for it."""
    heavy = [each for each in (clients.services, clients.metrics, clients.logs) if each]
    warming = [asyncio.create_task(each.warm()) for each in heavy]
    try:
        yield
    finally:
        for task in warming:
            task.cancel()
        # What went wrong is told to whoever looks.
        await asyncio.gather(*warming, return_exceptions=True)


def _cloud_run(settings: Settings, organisation: Organisation, channels: GoogleChannels) -> CloudRun | None:
    if not settings.google_cloud_project:
        return None
    return CloudRun(
        channels=channels,
        project=settings.google_cloud_project,
        regions=organisation.regions(),
        endpoint=settings.cloud_run_endpoint,
        timeout=settings.http_timeout_seconds,
        key=_digest_key(settings),
    )


def _digest_key(settings: Settings) -> bytes:
    """What values of variables are digested with: the same after a restart, so that a backup tells which have changed."""
    token = settings.slack_bot_token.get_secret_value().encode()
    return hashlib.blake2b(token, person=b"variables").digest() if token else secrets.token_bytes(32)


def _cloud_monitoring(settings: Settings, channels: GoogleChannels, clock: Clock) -> CloudMonitoring | None:
    if not settings.google_cloud_project:
        return None
    return CloudMonitoring(
        channels=channels,
        project=settings.google_cloud_project,
        endpoint=settings.cloud_monitoring_endpoint,
        timeout=settings.http_timeout_seconds,
        clock=clock,
    )


def _alert_policies(settings: Settings, channels: GoogleChannels) -> AlertPolicies | None:
    if not settings.google_cloud_project:
        return None
    return AlertPolicies(
        channels=channels,
        project=settings.google_cloud_project,
        endpoint=settings.cloud_monitoring_endpoint,
        timeout=settings.http_timeout_seconds,
    )


def _cloud_logging(settings: Settings, channels: GoogleChannels, clock: Clock) -> CloudLogging | None:
    if not settings.google_cloud_project:
        return None
    return CloudLogging(
        channels=channels,
        project=settings.google_cloud_project,
        endpoint=settings.cloud_logging_endpoint,
        timeout=settings.http_timeout_seconds,
        clock=clock,
    )


def _prometheus(settings: Settings) -> Prometheus | None:
    url = settings.prometheus_url
    return Prometheus(url=url, timeout=settings.http_timeout_seconds) if url else None


def _cloud_sql(settings: Settings, organisation: Organisation) -> CloudSql | None:
    if not settings.google_cloud_project:
        return None
    return CloudSql(
        project=settings.google_cloud_project,
        url=settings.cloud_sql_url,
        timeout=settings.http_timeout_seconds,
        instances=tuple(database.instance for database in organisation.databases.values()),
    )


def _postgres(settings: Settings) -> Postgres | None:
    url = settings.platform_database_url
    return Postgres(url=url.get_secret_value(), timeout=settings.http_timeout_seconds) if url else None
