"""The account at PagerDuty, as the settings say."""

from bot.domain.clock import Clock
from bot.integrations.alert_proof import AlertProof
from bot.integrations.pagerduty import PagerDuty
from bot.organisation import Organisation
from bot.settings import Settings


def pagerduty_of(settings: Settings, clock: Clock) -> PagerDuty:
    """PagerDuty as the settings say."""
    key, token = settings.pagerduty_routing_key, settings.pagerduty_api_token
    return PagerDuty(
        routing_key=key.get_secret_value() if key else None,
        api_token=token.get_secret_value() if token else None,
        sender=settings.pagerduty_from,
        events_url=settings.pagerduty_events_url,
        api_url=settings.pagerduty_api_url,
        timeout=settings.page_timeout_seconds,
        clock=clock,
    )


def alert_proof_of(settings: Settings, organisation: Organisation, clock: Clock) -> AlertProof:
    """What proves that alerts arrive, as the settings and the organisation's file say."""
    token = settings.pagerduty_api_token
    return AlertProof(
        token=token.get_secret_value() if token else None,
        events_url=settings.pagerduty_events_url,
        api_url=settings.pagerduty_api_url,
        timeout=settings.page_timeout_seconds,
        paging=organisation.paging,
        clock=clock,
    )
