"""Who is on call in the next two weeks: 168 of 168 hours a week, and gaps are named with their day and local time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.evidence import CouldNotLook, Evidence, Subject, Verdict
from bot.domain.on_call import Coverage, Reachable, Shift
from playbooks.evidence.contacts import contacts
from playbooks.evidence.coverage import coverage
from playbooks.world import Pager
from tests.empty_world import BlankDiary, empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
"""Wednesday, 10:00 in New York."""
HOUR = timedelta(hours=1)
WEEKS = timedelta(days=14)
ANA = Shift(user="PANA001", name="Ana S.", level=1, since=NOW - 24 * HOUR, until=NOW + 72 * HOUR)
BEN = Shift(user="PBEN001", name="Ben O.", level=1, since=NOW + 72 * HOUR, until=None)
ZOE = Shift(user="PZOE001", name="Zoe Q.", level=1, since=NOW + 90 * HOUR, until=None)
PHONE = Reachable(ways=("phone", "email"), urgent=("phone",))


class Rota:
    """A pager with these gaps and people."""

    def __init__(
        self, *gaps: tuple[datetime, datetime], coming: Sequence[Shift] = (BEN,), reach: Reachable | None = PHONE
    ) -> None:
        self._gaps, self._coming, self._reach = gaps, coming, reach

    async def coverage(self, policy: str, *, since: datetime, until: datetime) -> Coverage:
        assert policy == "PONCALL1"
        missing = sum((end - start for start, end in self._gaps), timedelta())
        return Coverage(covered=until - since - missing, wanted=until - since, gaps=self._gaps)

    async def on_call(self, policy: str, *, at: datetime) -> Sequence[Shift]:
        del policy, at
        return (ANA,)

    async def next_shifts(self, policy: str, *, since: datetime, until: datetime) -> Sequence[Shift]:
        del policy, since, until
        return self._coming

    async def reachable(self, user: str) -> Reachable:
        if self._reach is None:
            raise CouldNotLook(f"PagerDuty does not say how {user} is reached.")
        return self._reach


def said(evidence: Evidence) -> list[tuple[Verdict, str]]:
    return [(finding.verdict, finding.says) for finding in evidence.findings]


async def look(kind: object, rota: Rota, now: datetime = NOW) -> Evidence:
    world = replace(empty_world(now), pager=cast("Pager", rota))
    look_at = coverage if kind is coverage else contacts
    return await look_at(world, Subject(services=(), since=now, until=now))


async def test_a_rota_without_gaps_covers_every_hour() -> None:
    assert said(await look(coverage, Rota())) == [(Verdict.GREEN, "168 of 168 h in each of the next 2 weeks")]


async def test_a_gap_is_named_with_its_days_and_local_times_and_hurts_more_the_nearer_it_is() -> None:
    friday, monday = datetime(2026, 3, 6, 22, tzinfo=UTC), datetime(2026, 3, 9, 13, tzinfo=UTC)
    gap = "Nobody is on call from Fri 6 Mar 17:00 EST to Mon 9 Mar 09:00 EDT (63 h)"
    rota = Rota((friday, monday))
    assert said(await look(coverage, rota)) == [
        (Verdict.AMBER, gap),
        (Verdict.GREEN, "Week from Wed 4 Mar: 105 of 168 h (62 %)"),
        (Verdict.GREEN, "Week from Wed 11 Mar: 168 of 168 h (100 %)"),
    ]
    assert said(await look(coverage, rota, NOW + 24 * HOUR))[0] == (Verdict.RED, gap), "it says the same the day after"


async def test_an_hour_that_clocks_skip_is_no_gap_and_one_is_counted_in_real_hours() -> None:
    night = datetime(2026, 3, 8, 5, tzinfo=UTC)
    found = said(await look(coverage, Rota((night, night + 3 * HOUR))))
    assert "Sun 8 Mar 00:00 EST to Sun 8 Mar 04:00 EDT (3 h)" in found[0][1]


class Handoffs(BlankDiary):
    """Handoffs that come at these times."""

    def __init__(self, *moments: datetime) -> None:
        self._moments = moments

    async def handoffs(self, *, until: datetime) -> Sequence[datetime]:
        return [each for each in self._moments if each <= until]


@pytest.mark.parametrize(("off", "amber"), [(0, False), (9, False), (60, True), (-60, True)])
async def test_a_rota_that_turns_when_nothing_is_handed_over_is_told(off: int, *, amber: bool) -> None:
    weekly = [NOW + HOUR * 72]
    assert BEN.since
    turning = [replace(BEN, since=at + timedelta(minutes=off)) for at in weekly]
    world = replace(
        empty_world(NOW), pager=cast("Pager", Rota(coming=turning)), diary=Handoffs(*weekly, NOW + 80 * HOUR)
    )
    found = said(await coverage(world, Subject(services=(), since=NOW, until=NOW)))
    assert [verdict for verdict, _ in found] == ([Verdict.AMBER] if amber else []) + [Verdict.GREEN]
    if amber:
        turns = "Sat 11:00" if off > 0 else "Sat 09:00"
        assert found[0][1] == (
            f"PagerDuty's rota turns {turns}, when nothing is handed over: handoffs are Sat 10:00 and Sat 18:00"
        )


async def test_whom_opsbot_cannot_tell_is_named() -> None:
    found = await look(coverage, Rota(coming=(BEN, ZOE)))
    assert found.verdict is Verdict.AMBER
    assert "Zoe Q. is on the rota and not in opsbot.yaml" in found.findings[0].says


async def test_both_can_be_reached() -> None:
    assert said(await look(contacts, Rota())) == [
        (
            Verdict.GREEN,
            "Ana Silva +1 555 0101, PagerDuty by phone; then Ben Okafor +1 555 0102, PagerDuty by phone",
        )
    ]


async def test_whoever_would_not_wake_is_red() -> None:
    silent = await look(contacts, Rota(reach=Reachable(ways=("email",), urgent=())))
    nothing = await look(contacts, Rota(reach=Reachable(ways=(), urgent=())))
    assert (silent.verdict, nothing.verdict) == (Verdict.RED, Verdict.RED)
    assert "does not wake them for what is urgent" in silent.findings[0].says
    assert "no way to reach them" in nothing.findings[0].says


async def test_the_telephone_is_told_though_pagerduty_does_not_say() -> None:
    found = await look(contacts, Rota(reach=None))
    assert found.verdict is Verdict.COULD_NOT_LOOK
    assert "+1 555 0101" in found.findings[0].says
