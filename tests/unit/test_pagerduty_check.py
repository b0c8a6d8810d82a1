"""What `opsbot doctor` says about PagerDuty."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.integrations.page_progress import OnCall, Responder
from bot.integrations.pagerduty_check import gaps_in
from sandbox.pagerduty.account import Account, Policy, Rule
from sandbox.pagerduty.seed import example_account
from tests.pagerduty_server import START, PagerDutyServer, pagerduty_server

ANA = Responder(id="PANA001", name="Ana")


@pytest.fixture
async def server() -> AsyncIterator[PagerDutyServer]:
    async with pagerduty_server() as running:
        yield running


def with_policy(*rules: Rule) -> Account:
    account = example_account(START)
    return replace(account, policies=(Policy(id="PONCALL1", name="Platform on-call", rules=rules),))


async def test_a_sound_account_leaves_nothing_to_say(server: PagerDutyServer) -> None:
    assert await server.client().check("PSERVIC1", "PONCALL1") == []


async def test_what_is_not_configured_is_said_first(server: PagerDutyServer) -> None:
    assert "PAGERDUTY_ROUTING_KEY" in (await server.client(routing_key=None).check("PSERVIC1", "PONCALL1"))[0]
    assert "PAGERDUTY_API_TOKEN" in (await server.client(api_token=None).check("PSERVIC1", "PONCALL1"))[0]
    assert "PAGERDUTY_FROM" in (await server.client(sender=None).check("PSERVIC1", "PONCALL1"))[0]


async def test_every_wrong_name_is_said_with_what_to_do(server: PagerDutyServer) -> None:
    stranger = server.client(sender="nobody@example.com", routing_key="f" * 32)
    assert await stranger.check("PSERVIC1", "PWRONG1") == [
        "The PagerDuty service PSERVIC1 uses the escalation policy PONCALL1, not PWRONG1: "
        "change it there, or `pagerduty: escalation_policy:` in opsbot.yaml.",
        "PAGERDUTY_ROUTING_KEY is no integration key of the service PSERVIC1: "
        "take it from the service's *Integrations* in PagerDuty (Events API v2).",
        "PagerDuty has no escalation policy PWRONG1: correct `pagerduty: escalation_policy:` in opsbot.yaml.",
        "PAGERDUTY_FROM, nobody@example.com, is nobody's e-mail address in PagerDuty: set it to a user's.",
    ]
    assert "has no service PNOTHING" in (await server.client().check("PNOTHING", "PONCALL1"))[0]


async def test_a_token_that_is_refused_and_a_pagerduty_that_is_down_are_said(server: PagerDutyServer) -> None:
    refused = await server.client(api_token="wrong").check("PSERVIC1", "PONCALL1")
    assert refused[0].startswith("PagerDuty could not be checked: PagerDuty does not let us in: check PAGERDUTY_API")
    server.break_down("http_503")
    assert await server.client().check("PSERVIC1", "PONCALL1") == [
        "PagerDuty could not be checked: PagerDuty is failing (503)."
    ]


async def test_a_gap_in_the_rota_of_the_next_two_weeks_is_said() -> None:
    by_night = replace(example_account(START).schedules[0], hours=(8, 24))
    account = replace(with_policy(Rule(targets=("PSCHED01",))), schedules=(by_night,))
    async with pagerduty_server(account=account) as server:
        sentence = (await server.client().check("PSERVIC1", "PONCALL1"))[0]
    assert sentence == (
        "Nobody is on call in the escalation policy Platform on-call from 2026-03-02 03:00 to 2026-03-02 08:00, "
        "2026-03-03 00:00 to 2026-03-03 08:00, 2026-03-04 00:00 to 2026-03-04 08:00 and 12 more times (UTC), "
        "and a page then wakes nobody: fill the schedule, or add a level with a person."
    )


async def test_a_person_on_the_second_level_fills_the_gaps_of_the_first() -> None:
    by_night = replace(example_account(START).schedules[0], hours=(8, 24))
    rules = (Rule(targets=("PSCHED01",)), Rule(targets=("PDEE001",)))
    async with pagerduty_server(account=replace(with_policy(*rules), schedules=(by_night,))) as server:
        assert await server.client().check("PSERVIC1", "PONCALL1") == []


def test_gaps_lie_between_shifts_before_the_first_and_after_the_last() -> None:
    day = timedelta(days=1)
    shifts = [
        OnCall(level=1, who=ANA, since=START + 3 * day, until=START + 5 * day),
        OnCall(level=1, who=ANA, since=START + day, until=START + 2 * day),
        OnCall(level=2, who=ANA, since=START + day, until=START + 2 * day + day / 2),
    ]
    assert list(gaps_in(shifts, START, START + 6 * day)) == [
        (START, START + day),
        (START + 2.5 * day, START + 3 * day),
        (START + 5 * day, START + 6 * day),
    ]
    assert list(gaps_in([], START, START + day)) == [(START, START + day)]
    assert list(gaps_in([OnCall(level=1, who=ANA)], START, START + day)) == []
