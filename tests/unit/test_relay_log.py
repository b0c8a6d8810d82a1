"""The relay's log is as loud as somebody must act on it."""

import asyncio

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.domain.errors import GiveUp, Retry, Unsure, Waiting
from bot.domain.paging import PageOnCall
from scheduler.together import cancelled
from tests.relaying import Bench, bench

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


async def rename(it: Bench, table: str, to: str) -> None:
    async with it.store.database.engine.begin() as connection:
        await connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {to}")


async def test_a_database_that_is_down_is_told_once_and_once_that_it_answers_again(sqlite_store_url: str) -> None:
    said = asyncio.Semaphore(0)

    def listen(logger: object, method: str, line: EventDict) -> EventDict:
        del logger, method
        said.release()
        return line

    async with bench(sqlite_store_url) as it:
        await rename(it, "outbox", "elsewhere")
        with capture_logs([listen]) as lines:
            relaying = asyncio.create_task(it.relay.run())
            async with asyncio.timeout(60):
                for _ in range(3):
                    await said.acquire()
                await rename(it, "elsewhere", "outbox")
                await it.put(PAGE)
                await it.relay.quiet()
            await cancelled(relaying)

    told = [(line["log_level"], line["event"]) for line in lines if line["event"].startswith("the database")]
    assert told[:2] == [("warning", "the database is down"), ("debug", "the database is down")]
    assert [each for each in told if each[0] != "debug"] == [told[0], ("info", "the database answers again")]
