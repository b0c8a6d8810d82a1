"""The hourly check is quiet: one message a day, each hour in its thread, and a word aloud when something gets worse."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sandbox.postgres_server import PostgresServer
from tests.town import Plan, Town, opened

BEFORE_TEN = datetime(2026, 3, 10, 13, 59, tzinfo=UTC)
"""Tuesday, 09:59 in New York."""


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    """A town with a platform, in which the hourly check runs and nothing else."""
    quiet = replace(plan, start=BEFORE_TEN, schedules="all: off\nhourly-check: on", cloud=postgres_server)
    async with opened(quiet) as town:
        yield town


def top(town: Town) -> list[str]:
    """The messages of the channel that stand in no thread."""
    texts = zip(town.messages("alerts"), town.texts("alerts"), strict=True)
    return [text for message, text in texts if message.get("thread_ts", message["ts"]) == message["ts"]]


async def test_a_day_without_trouble_is_one_message(town: Town) -> None:
    await town.pass_time(minutes=1)
    await town.pass_time(minutes=60)
    await town.pass_time(minutes=60)
    [day] = top(town)
    assert "Hourly check" in day
    assert all(hour in day for hour in ("10:00", "11:00", "12:00"))
    assert len(town.messages("alerts")) == 4, "each hour is in the thread"


async def test_what_becomes_worse_is_said_aloud_once(town: Town) -> None:
    await town.pass_time(minutes=1)
    quiet = len(top(town))
    town.ground.platform.break_("bad-deploy", "control-plane")
    await town.pass_time(minutes=60)
    [*_, loud] = top(town)
    assert len(top(town)) == quiet + 1
    assert "this has become worse" in loud
    assert "since 10:0" in loud
    assert "<@U0ANA>" in loud

    await town.pass_time(minutes=60)
    assert len(top(town)) == quiet + 1, "it is as bad as it was"


async def test_an_incident_is_declared_from_it(town: Town) -> None:
    await town.pass_time(minutes=1)
    town.ground.platform.break_("bad-deploy", "control-plane")
    await town.pass_time(minutes=60)
    await town.press("Declare an incident", where="alerts", near="this has become worse")
    assert town.has_form("ana")
