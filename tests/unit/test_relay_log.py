"""The relay's log is as loud as somebody must act on it."""

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import GiveUp, Retry, Unsure, Waiting
from bot.domain.paging import PageOnCall
from tests.relaying import bench

PAGE = PageOnCall(incident=1, alert="a", title="API is down", severity="critical")


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (Waiting("Nobody has acknowledged the page yet", after=5), "debug"),
        (Retry("PagerDuty asks us to slow down", after=5, throttled=True), "warning"),
        (Retry("PagerDuty cannot be reached"), "warning"),
        (Unsure("Slack did not answer"), "warning"),
        (GiveUp("PAGERDUTY_ROUTING_KEY is not set"), "error"),
    ],
)
async def test_what_is_not_done_is_told_as_loudly_as_somebody_must_act(
    sqlite_store_url: str, error: Exception, level: str
) -> None:
    async with bench(sqlite_store_url) as it:
        it.wire.fail(PageOnCall, error)
        await it.put(PAGE)
        with capture_logs() as lines:
            await it.relay_dry()

    [line] = [line for line in lines if line["event"] == "effect not done"]
    assert (line["log_level"], line["reason"]) == (level, f"{type(error).__name__}: {error}")
