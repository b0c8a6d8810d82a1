"""What the evidence advises, after something was done already."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.evidence import Advice, Evidence
from bot.domain.following import Following
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from playbooks.done_before import SHOWS_AFTER, goes_on, in_view_of_changes
from sandbox.clock import SandboxClock

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
END = Advice(says="connections are idle: end them", strength=0.92, change="kill-idle", target="platform")
BACK = Advice(says="00042 leaks: go back", strength=0.85, change="rollback", target="web")
SWITCH = Following(kind="env", target="web", words=("DATABASE_INSTANCE=copy",))
ENDED = Change(
    kind="kill-idle",
    parameters={"database": "platform"},
    requested_by="U0ANA",
    requested_at=NOW,
    place="room/1",
    incident=1,
    stage=Stage.DONE,
    begun_at=NOW,
    carried_out_at=NOW,
    ended_at=NOW,
    outcome="Ended 20 connections.",
)


@pytest.fixture
async def store(sqlite_store_url: str) -> AsyncIterator[Store]:
    store = Store(open_database(sqlite_store_url), SandboxClock(start=NOW))
    yield store
    await store.close()


async def advised(store: Store, *changes: Change, after: timedelta) -> tuple[Advice, ...]:
    """What is advised for the incident so long after the changes, the strongest first."""
    seen = Evidence(name="database-connections", findings=(), looked_at=NOW + after, advice=(END, BACK))
    async with store.begin() as unit:
        for change in changes:
            await unit.changes.add(replace(change))
        found = await in_view_of_changes(unit, 1, seen)
    return tuple(sorted(found.advice, key=lambda each: -each.strength))


async def test_what_did_not_last_is_advised_after_what_was_not_tried(store: Store) -> None:
    first, second = await advised(store, ENDED, after=SHOWS_AFTER + timedelta(seconds=1))
    assert first == BACK
    assert second.says == "connections are idle: end them (CHG-1 did that, and it did not last)"


async def test_before_the_numbers_tell_nothing_is_held_against_it(store: Store) -> None:
    assert await advised(store, ENDED, after=timedelta(minutes=1)) == (END, BACK)


async def test_what_did_not_help_is_known_at_once(store: Store) -> None:
    failed = replace(ENDED, stage=Stage.FAILED)
    assert (await advised(store, failed, after=timedelta(seconds=5)))[0] == BACK


@pytest.mark.parametrize(
    "other",
    [
        replace(ENDED, incident=2),
        replace(ENDED, parameters={"database": "another"}),
        replace(ENDED, undone_by=7),
        replace(ENDED, stage=Stage.FAILED, carried_out_at=None),
    ],
)
async def test_only_what_was_done_to_the_same_for_the_same_counts(store: Store, other: Change) -> None:
    assert await advised(store, other, after=timedelta(hours=1)) == (END, BACK)


async def test_what_has_to_follow_is_advised_next(store: Store) -> None:
    made = replace(ENDED, then=(SWITCH,), outcome="copy is there, and nothing uses it yet.")
    first, _ = await advised(store, made, after=timedelta(0))
    assert (first.change, first.target, first.words) == ("env", "web", ("DATABASE_INSTANCE=copy",))
    assert first.says == "CHG-1 is done: copy is there, and nothing uses it yet. Next: set variables of web"


async def test_what_follows_and_is_under_way_is_not_advised_again(store: Store) -> None:
    made = replace(ENDED, then=(SWITCH,))
    asked = replace(ENDED, kind="env", parameters={"service": "web"}, stage=Stage.WAITING, begun_at=None)
    cancelled = replace(asked, stage=Stage.CANCELLED)
    assert (await advised(store, made, cancelled, after=timedelta(0)))[0].change == "env"
    assert await advised(store, made, asked, after=timedelta(0)) == (END, BACK)


def test_each_of_several_that_follow_leads_to_those_that_are_left() -> None:
    others = tuple(Following(kind="env", target=each) for each in ("web", "billing", "control-plane"))
    made = replace(ENDED, number=1, then=others)
    first = replace(ENDED, number=2, kind="env", parameters={"service": "web"})
    second = replace(first, number=3, parameters={"service": "billing"})
    assert [each.target for each in goes_on(first, [made, first])] == ["billing", "control-plane"]
    assert [each.target for each in goes_on(second, [made, first, second])] == ["control-plane"]
    alone = replace(first, number=4, parameters={"service": "agent-runtime"})
    assert goes_on(alone, [made, first, second, alone]) == ()
