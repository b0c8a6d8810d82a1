"""The clients that reach people rather than the platform, as the settings say: mail, and what PagerDuty wakes people for."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.domain.clock import Clock
from bot.integrations.mail import MailServer
from bot.integrations.maintenance import MaintenanceWindows
from bot.integrations.waking import Waking
from bot.integrations.zoom import Zoom
from bot.organisation import Organisation
from bot.pagerduty_account import pagerduty_of
from bot.settings import Settings


@dataclass(frozen=True, kw_only=True)
class TellingHands:
    """None for what is not configured."""

    mail: MailServer | None = None
    windows: MaintenanceWindows | None = None
    pages: Waking | None = None
    meetings: Zoom | None = None


@contextlib.asynccontextmanager
async def telling_hands(settings: Settings, organisation: Organisation, clock: Clock) -> AsyncIterator[TellingHands]:
    """The clients within a block; afterwards every connection is closed."""
    pagerduty = pagerduty_of(settings, clock)
    hands = TellingHands(
        mail=_mail(settings, organisation),
        windows=_windows(settings, clock),
        meetings=_zoom(settings, organisation, clock),
        pages=Waking(pagerduty, organisation) if pagerduty.can_page_people else None,
    )
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(pagerduty.close)
        for each in (hands.windows, hands.meetings):
            if each:
                stack.push_async_callback(each.close)
        yield hands


def _mail(settings: Settings, organisation: Organisation) -> MailServer | None:
    url = settings.smtp_url
    if not (url and organisation.mail.sender):
        return None
    return MailServer(url=url.get_secret_value(), timeout=settings.http_timeout_seconds)


def _windows(settings: Settings, clock: Clock) -> MaintenanceWindows | None:
    token, sender = settings.pagerduty_api_token, settings.pagerduty_from
    if not (token and sender):
        return None
    return MaintenanceWindows(
        token=token.get_secret_value(),
        sender=sender,
        url=settings.pagerduty_api_url,
        timeout=settings.http_timeout_seconds,
        clock=clock,
    )


def _zoom(settings: Settings, organisation: Organisation, clock: Clock) -> Zoom | None:
    account, client, secret = settings.zoom_account_id, settings.zoom_client_id, settings.zoom_client_secret
    if not (account and client and secret):
        return None
    return Zoom(
        account=account,
        client=client,
        secret=secret.get_secret_value(),
        url=settings.zoom_url,
        hosts=organisation.war_room.zoom_hosts,
        timeout=settings.page_timeout_seconds,
        clock=clock,
    )
