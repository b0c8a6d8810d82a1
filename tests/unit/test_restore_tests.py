"""A restore test is remembered with its recovery time and point; none, an old one, and one that failed are not well."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.change import Change
from bot.domain.evidence import Subject, Verdict
from bot.domain.plan import Plan, Risk
from bot.domain.remembered import RememberedRestoreTest
from playbooks.evidence.restore_tests import restore_tests
from playbooks.memory import Remembered
from playbooks.world import Memory
from tests.empty_world import Blank, empty_world
from tests.war_room import ANA, BEN, START, WarRoom, war_room

TAKEN = START - timedelta(hours=6)
PLAN = Plan(
    kind="restore-test",
    target="database/agent-marketplace-db-test",
    title="Try a backup",
    before="a test instance",
    after="a backup",
    risk=Risk.DISRUPTIVE,
    because=("it is overwritten",),
    wanted={"database": "platform", "taken": TAKEN.isoformat(), "age": "6 h"},
)
GOOD = RememberedRestoreTest(
    database="platform", at=START - timedelta(days=3), took=timedelta(minutes=14), lost=timedelta(hours=6), well=True
)


class Recalled(Blank):
    """These tests are remembered."""

    def __init__(self, *tests: RememberedRestoreTest) -> None:
        self._tests = tests

    async def restore_tests(self, *, since: object) -> Sequence[RememberedRestoreTest]:
        del since
        return self._tests


async def judged(*tests: RememberedRestoreTest) -> list[tuple[Verdict, str]]:
    memory: Memory = Recalled(*tests)
    world = replace(empty_world(START), memory=memory)
    seen = await restore_tests(world, Subject(services=(), since=START, until=START))
    return [(each.verdict, each.says) for each in seen.findings]


async def test_one_that_was_never_made_is_not_well() -> None:
    [(verdict, says)] = await judged()
    assert verdict is Verdict.AMBER
    assert "no backup has been restored" in says


async def test_the_last_one_is_told_with_time_and_point_and_what_the_one_before_took() -> None:
    before = replace(GOOD, at=START - timedelta(days=33), took=timedelta(minutes=11))
    [(verdict, says)] = await judged(before, GOOD)
    assert verdict is Verdict.GREEN
    assert says.endswith("took 14 min (before 11 min), would have lost 6 h")


@pytest.mark.parametrize(("days", "verdict"), [(34, Verdict.GREEN), (36, Verdict.AMBER), (61, Verdict.RED)])
async def test_it_grows_old(days: int, verdict: Verdict) -> None:
    [(judgement, _)] = await judged(replace(GOOD, at=START - timedelta(days=days)))
    assert judgement is verdict


async def test_one_that_failed_is_red_though_an_earlier_one_was_good() -> None:
    failed = replace(GOOD, at=START, well=False, found=("users: 0 rows, production has 2,000",))
    [(verdict, says), (earlier, _)] = await judged(GOOD, failed)
    assert (verdict, earlier) == (Verdict.RED, Verdict.GREEN)
    assert "users: 0 rows" in says


@pytest.fixture
async def room(store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(store_url) as room:
        yield room


async def test_what_was_carried_out_is_remembered_and_what_nobody_agreed_to_is_not(room: WarRoom) -> None:
    changes = [
        Change(kind="restore-test", parameters={}, requested_by=ANA, requested_at=START, place="channel/C1")
        for _ in range(2)
    ]
    done, _ = changes
    done.planned(PLAN, START)
    done.agree(by=BEN, role="team-lead", digest=PLAN.digest, now=START)
    done.begin(START)
    done.carried_out("Restored.", START + timedelta(minutes=14))
    done.verified(("users: 2,000 rows",), helped=True, now=START + timedelta(minutes=15))
    async with room.store.begin() as unit:
        for each in changes:
            await unit.changes.add(each)

    [test] = await Remembered(room.store).restore_tests(since=START - timedelta(days=1))

    assert (test.database, test.at, test.well) == ("platform", START, True)
    assert (test.took, test.lost) == (timedelta(minutes=14), timedelta(hours=6))
