"""The clients that build images and release versions, as the settings say."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.integrations.cloud_build import CloudBuild
from bot.integrations.deployment_access import DeploymentAccess
from bot.integrations.github_releases import GitHubReleases
from bot.integrations.github_writing import GitHubWriting
from bot.organisation import Organisation
from bot.settings import Settings


@dataclass(frozen=True, kw_only=True)
class ShippingHands:
    """None for what is not configured."""

    builds: CloudBuild | None = None
    releases: GitHubReleases | None = None
    records: DeploymentAccess | None = None


@contextlib.asynccontextmanager
async def shipping_hands(settings: Settings, organisation: Organisation) -> AsyncIterator[ShippingHands]:
    """The clients within a block; afterwards every connection is closed."""
    hands = ShippingHands(
        builds=_builds(settings, organisation),
        releases=_releases(settings),
        records=_records(settings, organisation),
    )
    async with contextlib.AsyncExitStack() as stack:
        for each in (hands.builds, hands.releases, hands.records):
            if each:
                stack.push_async_callback(each.close)
        yield hands


def _builds(settings: Settings, organisation: Organisation) -> CloudBuild | None:
    if not settings.google_cloud_project:
        return None
    return CloudBuild(
        project=settings.google_cloud_project,
        timeout=settings.http_timeout_seconds,
        endpoint=settings.cloud_build_endpoint,
        triggers=[found for each in organisation.services.values() if (found := each.shipping.trigger(each.region))],
    )


def _releases(settings: Settings) -> GitHubReleases | None:
    if not settings.github_token:
        return None
    token, seconds = settings.github_token.get_secret_value(), settings.http_timeout_seconds
    return GitHubReleases(GitHubWriting(token=token, url=settings.github_url, timeout=seconds))


def _records(settings: Settings, organisation: Organisation) -> DeploymentAccess | None:
    if not settings.github_token:
        return None
    return DeploymentAccess(
        token=settings.github_token.get_secret_value(),
        url=settings.github_url,
        timeout=settings.http_timeout_seconds,
        repositories=[each.repository for each in organisation.services.values() if each.repository],
    )
