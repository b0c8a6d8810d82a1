"""Programs start things too: the webhooks of PagerDuty and Alertmanager, checked, read, and committed before an answer."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.domain.clock import Clock
from bot.domain.errors import AlreadyDone
from bot.integrations.alertmanager import BearerTokens, read_alerts
from bot.integrations.pagerduty_webhook import WebhookSignatures, read_event
from bot.integrations.request_body import body_of
from bot.integrations.webhook_payload import Unreadable
from bot.store.incidents import Stale
from bot.store.unit_of_work import DatabaseDown
from playbooks.alerts import Alerts
from playbooks.page_events import PageEvents

LARGEST = 2_000_000
"""Bytes of a body; PagerDuty sends at most 256 kB, and a group of a thousand alerts fits."""
OLDEST = timedelta(hours=72)
"""PagerDuty repeats an event for 48 hours; what is older was recorded by somebody, and is sent again to deceive."""

log = structlog.get_logger(__name__)


class Webhooks:
    """What stands behind the two addresses. What may be lost by a refusal is answered with 503: it is sent again.

    PagerDuty drops what is answered with 4xx, and after three such answers it sends nothing for a day: a secret that
    was changed in one place alone must not cost any event. Alertmanager sends the same group again by itself.
    """

    def __init__(
        self,
        *,
        alerts: Alerts,
        page_events: PageEvents,
        secrets: Sequence[str],
        tokens: Sequence[str],
        clock: Clock,
    ) -> None:
        """`secrets` are PagerDuty's, `tokens` Alertmanager's; without any, that source is told that it is not set up."""
        self._alerts = alerts
        self._page_events = page_events
        self._signatures = WebhookSignatures(secrets) if secrets else None
        self._tokens = BearerTokens(tokens) if tokens else None
        self._clock = clock
        self.refused = 0
        """How many came with no proof of who sent them."""

    async def pagerduty(self, request: Request) -> Response:
        """One event of PagerDuty's."""
        if self._signatures is None:
            return _later("PAGERDUTY_WEBHOOK_SECRET is not set")
        body = await body_of(request, largest=LARGEST)
        if isinstance(body, Response):
            return body
        if not self._signatures.genuine(body, request.headers.get("x-pagerduty-signature")):
            self._refuse("pagerduty", len(body))
            return _later("not signed with a secret that is known here")
        return await _committed(lambda: self._hear_event(body))

    async def alertmanager(self, request: Request) -> Response:
        """One group of Alertmanager's alerts."""
        if self._tokens is None:
            return _later("ALERTMANAGER_TOKEN is not set")
        if not self._tokens.genuine(request.headers.get("authorization")):
            self._refuse("alertmanager", 0)
            return PlainTextResponse("not the token that is known here", status_code=401)
        body = await body_of(request, largest=LARGEST)
        return body if isinstance(body, Response) else await _committed(lambda: self._hear_alerts(body))

    async def _hear_event(self, body: bytes) -> None:
        identity, occurred, event = read_event(body)
        if event is None:
            log.info("an event of PagerDuty's was not needed", event_id=identity)
        elif occurred and self._clock.now() - occurred > OLDEST:
            log.warning("an event of PagerDuty's was too old", event_id=identity, occurred=occurred.isoformat())
        else:
            await self._page_events.hear(event)

    async def _hear_alerts(self, body: bytes) -> None:
        await self._alerts.hear(read_alerts(body, self._clock.now()))

    def _refuse(self, source: str, size: int) -> None:
        self.refused += 1
        log.warning("a webhook that nobody vouches for was refused", source=source, bytes=size)


async def _committed(hear: Callable[[], Awaitable[None]]) -> Response:
    """What was decided is committed before it is acknowledged; what was sent twice is acknowledged twice."""
    try:
        await hear()
    except AlreadyDone:
        return PlainTextResponse("known already")
    except Unreadable as error:
        log.warning("a webhook could not be read", reason=str(error))
        return PlainTextResponse(f"not understood: {error}", status_code=202)
    except (DatabaseDown, Stale):
        return _later("the database does not answer")
    return PlainTextResponse("taken")


def _later(why: str) -> Response:
    return PlainTextResponse(why, status_code=503, headers={"Retry-After": "60"})
