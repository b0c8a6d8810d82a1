"""The clients of what is around the platform, as the settings say; None for what is not configured."""

from bot.domain.clock import Clock
from bot.integrations.artifact_registry import ArtifactRegistry
from bot.integrations.github import GitHub
from bot.integrations.pager import Pager
from bot.integrations.zendesk import Zendesk
from bot.organisation import Organisation
from bot.settings import Settings


def github_of(settings: Settings, organisation: Organisation) -> GitHub | None:
    """GitHub, to be looked at."""
    if not settings.github_token:
        return None
    return GitHub(
        token=settings.github_token.get_secret_value(),
        url=settings.github_url,
        timeout=settings.http_timeout_seconds,
        repositories=tuple(dict.fromkeys((*organisation.repositories, *_report_home(organisation)))),
    )


def _report_home(organisation: Organisation) -> tuple[str, ...]:
    home = organisation.report_home.repository
    return (home,) if home else ()


def artifact_registry_of(settings: Settings) -> ArtifactRegistry | None:
    """Google's registry of images."""
    if not settings.google_cloud_project:
        return None
    return ArtifactRegistry(timeout=settings.http_timeout_seconds, endpoint=settings.artifact_registry_endpoint)


def zendesk_of(settings: Settings) -> Zendesk | None:
    """The customers' tickets."""
    if not (settings.zendesk_token and settings.zendesk_email and settings.zendesk_url):
        return None
    return Zendesk(
        email=settings.zendesk_email,
        token=settings.zendesk_token.get_secret_value(),
        url=settings.zendesk_url,
        timeout=settings.http_timeout_seconds,
    )


def pager_of(settings: Settings, clock: Clock) -> Pager | None:
    """PagerDuty, to be looked at."""
    if not settings.pagerduty_api_token:
        return None
    return Pager(
        token=settings.pagerduty_api_token.get_secret_value(),
        url=settings.pagerduty_api_url,
        timeout=settings.http_timeout_seconds,
        clock=clock,
    )
