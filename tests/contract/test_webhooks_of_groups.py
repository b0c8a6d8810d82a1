"""Alertmanager's webhooks, and whatever both kinds have in common: storms, floods, a full disk."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.integrations.alertmanager import read_alerts
from bot.integrations.webhook_payload import LONGEST_LABEL, MOST_LABELS
from tests.webhook_front import FIRING, TOKEN, Front, event, group, opened, signed


@pytest.fixture
async def front(store_url: str) -> AsyncIterator[Front]:
    async with opened(store_url) as front:
        yield front


@pytest.mark.parametrize(
    "authorization", [None, "", TOKEN, "Bearer", "Bearer wrong", f"bearer {TOKEN}", f"Basic {TOKEN}"]
)
async def test_alertmanager_must_know_the_token(front: Front, authorization: str | None) -> None:
    assert await front.group(group(FIRING), authorization) == 401
    assert await front.suggestions() == []


async def test_a_group_is_heard_however_often_it_is_repeated(front: Front) -> None:
    assert [await front.group(group(FIRING)) for _ in range(3)] == [200, 200, 200]

    [suggestion] = await front.suggestions()
    [alert] = suggestion.alerts.values()
    assert alert.since.year == 2020
    assert alert.link == "http://prometheus:9090/graph?g0.expr=x"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"version": "3", "groupKey": "k"}',
        b'{"version": "4"}',
        b'{"version": "4", "groupKey": "k", "alerts": 7}',
    ],
)
async def test_a_group_that_nobody_understands_does_nothing(front: Front, body: bytes) -> None:
    assert await front.group(body) in {200, 202}
    assert await front.suggestions() == []


async def test_many_at_once_of_one_cause_and_service_are_one_suggestion(front: Front) -> None:
    bodies = [event(front, name=f"E{number}", incident_key=f"k{number}", id=f"P{number}") for number in range(8)]
    groups = [group({**FIRING, "fingerprint": str(number)}) for number in range(8)]
    events = [front.event(body, signed(body)) for body in bodies]
    statuses = await asyncio.gather(*events, *(front.group(body) for body in groups))

    assert set(statuses) == {200}
    assert sorted(len(each.alerts) for each in await front.suggestions()) == [8, 8]


async def test_hostile_labels_are_bounded_and_no_link_is_made_of_a_script(front: Front) -> None:
    labels = {f"l{number}": "x" * 5000 for number in range(300)} | {"nul": "a\x00b", "lone": "\ud800"}
    hostile = {"labels": {"alertname": "<!channel>", **labels}, "annotations": {"runbook_url": "javascript:alert(1)"}}
    body = group({**FIRING, **hostile})
    [alert] = read_alerts(body, front.clock.now())
    assert len(alert.labels) <= MOST_LABELS
    assert max(map(len, alert.labels.values())) <= LONGEST_LABEL

    assert await front.group(body) == 200
    [suggestion] = await front.suggestions()
    [kept] = suggestion.alerts.values()
    assert suggestion.title == "<!channel>"
    assert kept.link == ""


async def test_what_no_database_can_store_is_left_out(front: Front) -> None:
    hostile = {"labels": {"alertname": "a\x00b\ud800c", "service": "\ud800"}, "annotations": {"summary": "x\x00"}}
    assert await front.group(group({**FIRING, **hostile}, key="k\x00\ud800")) == 200

    [suggestion] = await front.suggestions()
    assert suggestion.title == "x"


async def test_a_storm_of_one_cause_is_one_suggestion(front: Front) -> None:
    storm = [{**FIRING, "fingerprint": f"{number:016x}"} for number in range(1000)]
    assert await front.group(group(*storm)) == 200

    [suggestion] = await front.suggestions()
    assert suggestion.beyond
    assert len(suggestion.alerts) == 200


async def test_while_the_disk_is_full_everything_is_to_come_again(sqlite_store_url: str) -> None:
    storm = [
        {**FIRING, "fingerprint": f"{number:016x}", "annotations": {"summary": "x" * 900}} for number in range(150)
    ]
    async with opened(sqlite_store_url) as front:
        async with front.store.begin() as unit:
            pages = await unit.connection.scalar(text("PRAGMA page_count"))
            await unit.connection.execute(text(f"PRAGMA max_page_count={pages}"))
        assert await front.group(group(*storm)) == 503
        body = event(front, title="x" * 100_000)
        assert await front.event(body, signed(body)) == 503

        async with front.store.begin() as unit:
            await unit.connection.execute(text("PRAGMA max_page_count=100000"))
        assert await front.event(body, signed(body)) == 200
        assert await front.group(group(*storm)) == 200
        assert len(await front.suggestions()) == 2
