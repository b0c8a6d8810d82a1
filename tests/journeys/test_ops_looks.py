"""`/ops` and `/oncall`: what somebody asks to see shows where they are, first that it is looked, then what was found."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.postgres_server import PostgresServer
from tests.town import Plan, Town, opened


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    """A town around a platform that can be looked at."""
    async with opened(replace(plan, cloud=postgres_server)) as town:
        yield town


async def test_metrics_are_shown_in_place_with_charts_in_the_thread(town: Town) -> None:
    assert "Looking: Metrics of Control plane, last 2 h." in await town.slash("/ops metrics control-plane 2h")
    found = town.find("Metrics of Control plane, last 2 h", "general")
    said = town.read("Metrics of Control plane", "general")
    assert "Latency p95/p99" in said
    assert "Control plane p95" in said
    assert "looking" not in said.replace("looked", "")
    assert any(each.get("files") and each.get("thread_ts") == found["ts"] for each in town.messages("general"))


async def test_it_is_looked_again_by_a_press(town: Town) -> None:
    await town.slash("/ops check latency control-plane")
    before = town.find("Latency p95/p99 of Control plane", "general")
    await town.pass_time(minutes=5)
    await town.press("Look again", where="general")
    after = town.find("Latency p95/p99 of Control plane", "general")
    assert after["ts"] == before["ts"]
    assert "|14:05 UTC>" in town.read("Latency p95/p99 of Control plane", "general")


@pytest.mark.parametrize(
    ("words", "title", "within"),
    [
        ("/ops logs control-plane 30m", "Logs of Control plane, last 30 min", "Error"),
        ("/ops logs Control plane for the last 2 hours", "Logs of Control plane, last 2 h", "Error"),
        ("/ops db status", "Database status", "Database"),
        ("/ops db connections", "Database connections", "connections"),
        ("/ops backup list", "Backups: list", "backup"),
        ("/oncall", "On call now", "On call:"),
        ("/oncall next", "On call next", "From"),
    ],
)
async def test_each_shows_what_was_found(town: Town, words: str, title: str, within: str) -> None:
    assert title in await town.slash(words)
    said = town.read(title, "general")
    assert within in said
    assert "looking …" not in said


async def test_in_a_war_room_the_services_are_understood(town: Town) -> None:
    await town.slash("/incident declare high API is slow")
    await town.slash("/incident impact services: billing; users: all", where=town.room())
    assert "Logs of Billing, last 30 min" in await town.slash("/ops logs 30m", where=town.room())
    assert town.count("Logs of Billing, last 30 min") == 1


async def test_by_mention_it_shows_in_the_thread(town: Town) -> None:
    ts = await town.say("@opsbot logs web", where="general")
    assert town.find("Logs of", "general")["thread_ts"] == ts


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("/ops logs contrl-plane", "There is no service `contrl-plane`; did you mean `control-plane`?"),
        ("/ops logs", "Name a service: agent-runtime, billing, control-plane"),
        ("/ops logs control-plane 5x", "There is no stretch of time `5x`; write it like 30m, 2h or 1d."),
        ("/ops metrics control-plane 30d", "It can be looked at from 1m to 7d back"),
        ("/ops check latncy", "There is no check `latncy`; did you mean `latency`?"),
        ("/ops db staus", "There is no /ops db command `staus`; did you mean `status`?"),
        ("/ops backup", "Say what: /ops backup list | verify | now | restore-test | clone | restore."),
        ("/oncall nxt", "did you mean `next`?"),
    ],
)
async def test_what_is_not_known_is_refused_with_the_nearest(town: Town, words: str, refused: str) -> None:
    assert refused in await town.slash(words)
    assert town.texts("general") == []


async def test_contacts_need_no_look(town: Town) -> None:
    said = await town.slash("/oncall contacts")
    assert "VP Engineering · <@U0ELI>" in said
    assert "When PagerDuty fails:" in said


async def test_what_can_be_checked_is_listed(town: Town) -> None:
    assert "latency  How long each service takes to answer" in await town.slash("/ops check")
