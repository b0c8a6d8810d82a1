"""A check that runs every hour is quiet: it speaks up when something has become worse than lately, and when that is over."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.evidence import Evidence, Verdict
from bot.store.unit_of_work import UnitOfWork
from playbooks import Catalogue
from playbooks.decision import RunDecision
from playbooks.looking_after import look_after, say_aloud, tell_over, told_mark, told_of
from playbooks.looks import asked
from playbooks.maintenance_hours import MaintenanceHours
from playbooks.messages.louder import Worse, louder_message
from playbooks.suggesting import suggested
from playbooks.timetable import owners
from playbooks.told_elsewhere import told_elsewhere

LATELY = 2
"""Checks before this one that must all have been better: what comes and goes is told once."""
LOOKED_BACK = timedelta(hours=24)
DAY = "day/"
"""How the slot of a day's message begins; other sheets that stand in a thread are not compared."""
RANKS: Mapping[Verdict, int] = {Verdict.GREEN: 0, Verdict.AMBER: 1, Verdict.RED: 2}
"""Who could not look, knows nothing of better or worse."""


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What a check found at a time."""

    at: datetime
    seen: Mapping[str, Evidence]

    def rank(self, name: str) -> int | None:
        """How bad something was; None when it was not known."""
        found = self.seen.get(name)
        return RANKS.get(found.verdict) if found else None


async def speak_up(unit: UnitOfWork, decision: RunDecision, catalogue: Catalogue) -> None:
    """Say aloud what has become worse and what is over, once all was looked at; the rest stands in its thread."""
    run, start = decision.run, decision.run.start
    if start is None or start.sheet is None or not start.sheet.thread.startswith(DAY):
        return
    if not set(asked(run.playbook.steps())) <= decision.seen.keys():
        return
    since = start.sheet.due - LOOKED_BACK
    hours = MaintenanceHours(
        maintenances=tuple(await unit.maintenances.begun_since(since)), organisation=decision.organisation
    )
    earlier = [
        Earlier(at=each.at, seen=hours.heard(each.seen, each.at))
        for each in await _earlier(unit, run.playbook.name, start.sheet.due)
    ]
    seen = hours.heard(decision.seen, decision.now)
    told = await told_of(unit, run.playbook.name)
    worse = became_worse(seen, earlier, start.sheet.due, told=told)
    elsewhere = await told_elsewhere(unit) if worse else {}
    await _tell_worse(unit, decision, catalogue, [each for each in worse if not _is_told(each.evidence, elsewhere)])
    await _follow(unit, decision, seen, earlier)


def _is_told(evidence: Evidence, elsewhere: Mapping[tuple[str, str], int]) -> bool:
    """Whether alerts or incidents show all of the worst of it, as bad as it is."""
    worst = [each for each in evidence.findings if each.verdict is evidence.verdict]
    return all(elsewhere.get((evidence.name, each.subject), 0) >= each.verdict.weight for each in worst)


async def _tell_worse(unit: UnitOfWork, decision: RunDecision, catalogue: Catalogue, worse: Sequence[Worse]) -> None:
    run, key = decision.run, decision.slot("louder")
    if not worse or not await unit.marks.claim(key):
        return
    for each in worse:
        await unit.marks.claim(told_mark(run.playbook.name, each.evidence.name))
    treats = suggested(catalogue, {each.evidence.name: each.evidence for each in worse})
    people = [member.slack for member in owners(run.playbook, decision.organisation)]
    say_aloud(decision, key, louder_message(run, worse, treats[0] if treats else None, people))


async def _follow(
    unit: UnitOfWork, decision: RunDecision, seen: Mapping[str, Evidence], earlier: Sequence[Earlier]
) -> None:
    """What was told is over once all of it is well, and was in the check before: what comes and goes is not over.

    Else it is looked after, so that it need not wait for the next check to be over.
    """
    told = await told_of(unit, decision.run.playbook.name)
    if not told or not await unit.marks.claim(decision.slot("looked-after")):
        return
    well = all(name in seen and seen[name].verdict is Verdict.GREEN for name in told)
    if well and earlier and all(earlier[0].rank(name) == RANKS[Verdict.GREEN] for name in told):
        await tell_over(unit, decision, {name: seen[name] for name in told}, earlier[0].at)
    else:
        await look_after(unit, decision.run, told, well_since=decision.now if well else None)


def became_worse(
    seen: Mapping[str, Evidence], earlier: Sequence[Earlier], now: datetime, *, told: Collection[str] = ()
) -> list[Worse]:
    """What is worse than in each of the last checks, the worst first; `earlier` begins with the latest.

    What is not well for the second time in a row and was not `told` is told then: it came again after it was over, or
    what told of it elsewhere does so no more.
    """
    found = []
    for name, evidence in seen.items():
        rank = RANKS.get(evidence.verdict, 0)
        before = [known for each in earlier[:LATELY] if (known := each.rank(name)) is not None]
        goes_on = name not in told and bool(before) and before[0] > 0
        if rank and (goes_on or all(rank > known for known in before)):
            found.append(Worse(evidence=evidence, since=_since(name, earlier, now)))
    return sorted(found, key=lambda worse: -worse.evidence.verdict.weight)


def _since(name: str, earlier: Sequence[Earlier], now: datetime) -> datetime:
    """When it was first not well, without having been well since."""
    since = now
    for each in earlier:
        if not each.rank(name):
            break
        since = each.at
    return since


async def _earlier(unit: UnitOfWork, playbook: str, before: datetime) -> Sequence[Earlier]:
    """The checks before, the latest first."""
    slots = await unit.slots.since(playbook, before - LOOKED_BACK)
    return [
        Earlier(at=slot.at, seen=await unit.evidence.of(incident=0, run=run))
        for slot, run in reversed(slots)
        if run is not None and slot.at < before
    ]
