"""A test alert is sent to a service that wakes nobody, seen in PagerDuty, and closed; else it is said what is missing."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.effect import Attempt
from bot.domain.errors import Waiting
from bot.domain.handoff import SendTestAlert, alert_of
from bot.integrations.alert_proof import AlertProof
from bot.integrations.maintenance import MaintenanceWindows
from bot.organisation import Paging
from sandbox.pagerduty.seed import API_TOKEN, SENDER
from tests.pagerduty_server import START, PagerDutyServer, pagerduty_server

EFFECT = SendTestAlert(run=7, alert=alert_of(7))
PAGING = Paging(service="PSERVIC1", escalation_policy="PONCALL1", test_service="PTESTSV1")


@pytest.fixture
async def server() -> AsyncIterator[PagerDutyServer]:
    async with pagerduty_server() as running:
        yield running


async def proved(
    server: PagerDutyServer, *, paging: Paging = PAGING, token: str | None = API_TOKEN
) -> Mapping[str, str]:
    """The facts, once it is tried no more."""
    proof = AlertProof(
        token=token,
        events_url=server.events_url,
        api_url=server.api_url,
        timeout=5,
        paging=paging,
        clock=server.clock,
    )
    attempt = Attempt(key="test", serial=1, first_at=server.clock.now())
    try:
        while True:
            try:
                return (await proof.prove(EFFECT, attempt)).facts
            except Waiting as waiting:
                attempt = replace(attempt, note=attempt.note if waiting.note is None else waiting.note)
                server.clock.advance(2)
    finally:
        await proof.close()


async def test_it_arrives_wakes_nobody_and_is_closed(server: PagerDutyServer) -> None:
    assert await proved(server) == {"says": "a test alert was in PagerDuty after 2 s"}
    [incident] = server.pagerduty.incidents
    assert (incident.service, incident.status, incident.urgency) == ("PTESTSV1", "resolved", "low")


@pytest.mark.parametrize(
    ("paging", "token", "why"),
    [
        (replace(PAGING, test_service=None), API_TOKEN, "`pagerduty: test_service:`"),
        (PAGING, None, "PAGERDUTY_API_TOKEN"),
        (replace(PAGING, test_service="PSERVIC1"), API_TOKEN, "PSERVIC1 wakes the on-call"),
        (replace(PAGING, test_service="PCTRLPL1"), API_TOKEN, "PCTRLPL1 wakes the on-call"),
        (replace(PAGING, test_service="PNOTHING"), API_TOKEN, "refuses"),
        (PAGING, "wrong", "PAGERDUTY_API_TOKEN"),
    ],
)
async def test_what_keeps_it_from_being_sent_is_said_and_nobody_is_woken(
    server: PagerDutyServer, paging: Paging, token: str | None, why: str
) -> None:
    assert why in (await proved(server, paging=paging, token=token))["why"]
    assert server.pagerduty.incidents == []


async def test_an_alert_that_pagerduty_takes_and_does_not_show_is_told(server: PagerDutyServer) -> None:
    """As while a maintenance window is open: the event is accepted, and nothing comes of it."""
    windows = MaintenanceWindows(token=API_TOKEN, sender=SENDER, url=server.api_url, timeout=5, clock=server.clock)
    await windows.open(("PTESTSV1",), since=START, until=START + timedelta(hours=1), says="Quiet")
    await windows.close()

    assert (await proved(server))["why"] == "PagerDuty took a test alert and shows none after 2 min"
