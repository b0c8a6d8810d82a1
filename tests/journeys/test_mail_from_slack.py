"""Somebody writes to customers from Slack: a second person reads the whole letter first, then everybody has one."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.postgres_server import PostgresServer
from tests.town import Plan, Town, opened


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    async with opened(replace(plan, cloud=postgres_server)) as town:
        yield town


async def test_a_letter_to_customers_is_read_by_a_second_person_and_sent_once(town: Town) -> None:
    await town.slash("/ops mail customers Maintenance on Sunday | We are away from 02:00 to 04:00 UTC.", by="ana")
    card = town.read("CHG-1", "general")
    assert "Subject: Maintenance on Sunday" in card
    assert "We are away from 02:00 to 04:00 UTC." in card
    assert "It cannot be called back." in card
    [test] = town.ground.mail.letters
    assert (test.recipient, test.subject) == ("ana@example.com", "[Test] Maintenance on Sunday")
    assert "A test letter went to ana@example.com: read it before anybody agrees." in card

    town.breaks("error:451", "DATA", target="smtp")
    await town.press("Agree", by="ben", where=town.direct("ben"))
    await town.pass_time(minutes=3)
    [_, letter] = town.ground.mail.letters
    assert (letter.recipient, letter.subject) == (
        "announcements@lists.agentmarketplace.example",
        "Maintenance on Sunday",
    )
    assert "done" in town.read("CHG-1", "general")
