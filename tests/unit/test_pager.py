"""Who is on call is read for any moment, gaps of the rota are found, and a page's whole story is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.evidence import CouldNotLook
from bot.integrations.pager import Pager
from sandbox.pagerduty.seed import API_TOKEN, example_account
from tests.pagerduty_server import START, PagerDutyServer, pagerduty_server

POLICY = "PONCALL1"
DAY = timedelta(days=1)


@pytest.fixture
async def server() -> AsyncIterator[PagerDutyServer]:
    async with pagerduty_server() as running:
        yield running


@pytest.fixture
async def pager(server: PagerDutyServer) -> AsyncIterator[Pager]:
    pager = reading(server)
    yield pager
    await pager.close()


def reading(server: PagerDutyServer, *, token: str = API_TOKEN, timeout: float = 5) -> Pager:
    return Pager(token=token, url=server.api_url, timeout=timeout, clock=server.clock)


async def test_who_is_on_call_now_and_who_follows(pager: Pager) -> None:
    now = await pager.on_call(POLICY, at=START + DAY)
    assert [(each.name, each.level) for each in now] == [("Ana Silva", 1), ("Dee Park", 2), ("Eli Stern", 3)]
    assert now[0].until == START + 7 * DAY
    assert now[1].until is None

    following = await pager.next_shifts(POLICY, since=START, until=START + 20 * DAY)
    assert [(each.name, each.since) for each in following] == [
        ("Ben Okafor", START + 7 * DAY),
        ("Ana Silva", START + 14 * DAY),
    ]


async def test_at_the_very_handover_only_the_newcomer_is_on_call(pager: Pager) -> None:
    shifts = await pager.on_call(POLICY, at=START + 7 * DAY)

    assert [each.name for each in shifts if each.level == 1] == ["Ben Okafor"]


async def test_a_rota_without_gaps_covers_everything(pager: Pager) -> None:
    coverage = await pager.coverage(POLICY, since=START, until=START + 14 * DAY)

    assert (coverage.covered, coverage.wanted, coverage.gaps) == (14 * DAY, 14 * DAY, ())


async def test_a_moment_between_two_whole_seconds_is_no_gap(pager: Pager) -> None:
    since = START + timedelta(microseconds=700_000)

    assert (await pager.coverage(POLICY, since=since, until=since + 14 * DAY)).gaps == ()


async def test_a_gap_of_the_first_level_is_one_whoever_stands_behind_it() -> None:
    account = example_account(START)
    schedule = replace(account.schedules[0], hours=(8, 20))
    async with pagerduty_server(account=replace(account, schedules=(schedule,))) as server:
        pager = reading(server)
        coverage = await pager.coverage(POLICY, since=START, until=START + DAY)
        await pager.close()

    assert coverage.covered == timedelta(hours=12)
    assert coverage.gaps == (
        (START, START.replace(hour=8)),
        (START.replace(hour=20), START + DAY),
    )


async def test_what_people_were_woken_for_is_told_with_its_times(server: PagerDutyServer, pager: Pager) -> None:
    await asyncio.to_thread(server.events().trigger, "Checkout is down", "opsbot", dedup_key="inc-1")
    incident = server.pagerduty.incidents[-1].id
    server.clock.advance(120)
    server.pagerduty.acknowledge(incident, "PANA001")
    server.clock.advance(600)
    server.pagerduty.resolve(incident, "PANA001")
    server.clock.advance(600)

    (found,) = await pager.incidents(since=START - DAY, until=server.clock.now())
    assert (found.title, found.status, found.key) == ("Checkout is down", "resolved", "inc-1")
    assert found.acknowledged_at == found.created_at + timedelta(seconds=120)
    assert found.resolved_at == found.created_at + timedelta(seconds=720)
    assert await pager.incidents(since=server.clock.now() - timedelta(minutes=5), until=server.clock.now()) == []


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("http_503", "is failing"),
        ("garbage_json", "makes no sense|cannot be reached"),
        ("ratelimited", "slow down"),
        ("error:401", "PAGERDUTY_API_TOKEN"),
        ("error:404", "refuses"),
    ],
)
async def test_what_goes_wrong_is_said(server: PagerDutyServer, pager: Pager, kind: str, says: str) -> None:
    server.break_down(kind)

    with pytest.raises(CouldNotLook, match=says):
        await pager.on_call(POLICY, at=START)
    with pytest.raises(CouldNotLook, match=says):
        await pager.incidents(since=START - DAY, until=START)


async def test_what_pagerduty_does_not_tell_is_not_asked(pager: Pager) -> None:
    with pytest.raises(CouldNotLook, match="90 days"):
        await pager.coverage(POLICY, since=START, until=START + 91 * DAY)
    with pytest.raises(CouldNotLook, match="six months"):
        await pager.incidents(since=START - 200 * DAY, until=START)


async def test_doctor_hears_that_the_token_reads(server: PagerDutyServer, pager: Pager) -> None:
    stranger = reading(server, token="wrong")

    assert await pager.examine() == "PagerDuty answers; it has 2 escalation policies."
    with pytest.raises(CouldNotLook, match="PAGERDUTY_API_TOKEN"):
        await stranger.examine()
    await stranger.close()
