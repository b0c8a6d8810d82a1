"""PagerDuty's webhooks: who may send them, what is heard, and what is told to come again."""

import hmac
from collections.abc import AsyncIterator

import pytest

from handlers.webhooks import LARGEST
from tests.webhook_front import OLD, SECRET, Front, event, opened, signed


@pytest.fixture
async def front(store_url: str) -> AsyncIterator[Front]:
    async with opened(store_url) as front:
        yield front


async def test_a_signed_event_is_heard(front: Front) -> None:
    body = event(front)
    assert await front.event(body, signed(body)) == 200

    [suggestion] = await front.suggestions()
    [alert] = suggestion.alerts.values()
    assert suggestion.title == "A little bump in the road"
    assert (alert.service, alert.severity) == ("API Service", "P1")
    assert alert.link == "https://acme.pagerduty.com/incidents/PGR0VU2"


@pytest.mark.parametrize("secrets", [[OLD], [SECRET, OLD], ["wrong", SECRET], ["wrong", "wrong", OLD]], ids=",".join)
async def test_one_known_secret_among_the_signatures_will_do(front: Front, secrets: list[str]) -> None:
    body = event(front)
    assert await front.event(body, signed(body, *secrets).replace(",", ", ")) == 200
    assert len(await front.suggestions()) == 1


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "v1=",
        ",,,",
        "v1",
        "nonsense",
        "v1=" + "0" * 64,
        "v1=é\u00ff",
        "v0=<hex>",
        "<hex>",
        "V1=<hex>",
        "v1=<HEX>",
        "v1=<hex>0",
        "v1=wrong," * 10 + "v1=<hex>",
    ],
)
async def test_what_nobody_signed_is_told_to_come_again_and_leaves_no_trace(
    front: Front, signature: str | None
) -> None:
    body = event(front)
    right = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    given = signature.replace("<hex>", right).replace("<HEX>", right.upper()) if signature is not None else None

    assert await front.event(body, given) == 503
    assert await front.suggestions() == []


async def test_a_changed_body_is_not_signed(front: Front) -> None:
    body = event(front)
    assert await front.event(body + b" ", signed(body)) == 503
    assert await front.suggestions() == []


async def test_a_replayed_event_is_heard_once(front: Front) -> None:
    body = event(front)
    assert [await front.event(body, signed(body)) for _ in range(3)] == [200, 200, 200]

    front.clock.advance(71 * 3600)
    assert await front.event(body, signed(body)) == 200
    [suggestion] = await front.suggestions()
    assert suggestion.version == 1 or len(suggestion.alerts) == 1


async def test_an_event_that_somebody_recorded_long_ago_is_ignored(front: Front) -> None:
    body = event(front, age=73)
    assert await front.event(body, signed(body)) == 200
    assert await front.suggestions() == []


async def test_events_that_overtake_each_other_end_as_the_later_one_says(front: Front) -> None:
    for body in (
        event(front, name="E2", age=1),
        event(front, name="E4", turn="resolved"),
        event(front, name="E3", turn="acknowledged", age=0.5),
    ):
        assert await front.event(body, signed(body)) == 200

    [suggestion] = await front.suggestions()
    assert suggestion.firing == ()


async def test_a_reopened_incident_fires_again(front: Front) -> None:
    turns = ["triggered", "resolved", "reopened"]
    for hours, turn in zip((3, 2, 1), turns, strict=True):
        body = event(front, name=turn, turn=turn, age=hours)
        assert await front.event(body, signed(body)) == 200

    [suggestion] = await front.suggestions()
    assert len(suggestion.firing) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"null",
        b'{"event": 1}',
        b'{"event": {"id": "E", "event_type": "pagey.ping"}}',
        b'{"event": {"id": "E", "event_type": "incident.triggered"}}',
        b'{"event": {"id": "E", "event_type": "incident.triggered", "occurred_at": "yesterday", "data": {}}}',
        b'{"event": {"id": "E", "event_type": "incident.escalated", "occurred_at": "2026-01-01T00:00:00Z"}}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
    ],
)
async def test_what_pagerduty_signs_and_nobody_understands_is_taken_and_does_nothing(front: Front, body: bytes) -> None:
    assert await front.event(body, signed(body)) in {200, 202}
    assert await front.suggestions() == []


async def test_a_body_that_is_too_large_is_refused(front: Front) -> None:
    body = b"x" * (LARGEST + 1)
    assert await front.event(body, signed(body)) == 413
    assert await front.group(body) == 413
