"""Trouble that an hourly check has told of is looked after between its checks, so that it is soon said that it is over."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from bot.domain.effect import Post, Priority
from bot.domain.evidence import Evidence, Verdict
from bot.domain.looking import Aftercare, LookAt
from bot.domain.message import Message
from bot.domain.run import Run, RunKey
from bot.store.unit_of_work import UnitOfWork
from playbooks.deciding import Deciding
from playbooks.decision import RunDecision
from playbooks.messages.louder import over_message

WORSE = "worse"
"""How the marks begin of what was said to have become worse, and not yet to be over."""
ASSURED = timedelta(minutes=10)
"""What is well again is looked at again so long after, to see whether it stays so."""
AGAIN = timedelta(hours=1)
"""How often what is not well is looked at when no check comes, as in the evening and on days off."""
SINCE = timedelta(minutes=15)
"""The stretch that is looked at: how it is now."""


async def told_of(unit: UnitOfWork, playbook: str) -> Collection[str]:
    """The names of the evidence that a check said had become worse, and not yet that it is over."""
    start = told_mark(playbook, "")
    return sorted(key.removeprefix(start) for key in await unit.marks.named(start))


def told_mark(playbook: str, name: str) -> str:
    """The mark of a piece of evidence that was said to have become worse."""
    return f"{WORSE}/{playbook}/{name}"


async def look_after(unit: UnitOfWork, run: Run, told: Collection[str], *, well_since: datetime | None) -> None:
    """Look at what was told again: soon, when it is well now; else in an hour, unless a check comes sooner."""
    at = unit.now + (ASSURED if well_since else AGAIN)
    following = (await unit.slots.timetable()).get(run.playbook.name)
    if following and following.at <= at:
        return
    aftercare = Aftercare(check=run.id, names=tuple(told), well_since=well_since)
    number = await unit.runs.next_number()
    for name in told:
        look = LookAt(run=number, name=name, services=(), since=at - SINCE, aftercare=aftercare)
        await unit.outbox.put(look, key=f"after/{number}/{name}", at=at)


async def learn_after(unit: UnitOfWork, deciding: Deciding, effect: LookAt, seen: Evidence) -> None:
    """Something was looked at again; once all of it was, it is over, or goes on to be looked after."""
    after = effect.aftercare
    assert after
    await unit.evidence.keep(seen, incident=0, run=effect.run)
    found = await unit.evidence.of(incident=0, run=effect.run)
    if not found.keys() >= set(after.names):
        return
    await unit.evidence.forget(run=effect.run)
    run = await unit.runs.get(after.check)
    if run is None or not set(await told_of(unit, run.playbook.name)) & set(after.names):
        return
    well = all(each.verdict is Verdict.GREEN for each in found.values())
    if well and after.well_since:
        async with deciding.within_run(unit, RunKey(run=after.check)) as decision:
            await tell_over(unit, decision, found, after.well_since)
    else:
        await look_after(unit, run, after.names, well_since=unit.now if well else None)


async def tell_over(unit: UnitOfWork, decision: RunDecision, well: Mapping[str, Evidence], since: datetime) -> None:
    """Say that what had become worse is well again, once."""
    for name in well:
        await unit.marks.clear(told_mark(decision.run.playbook.name, name))
    say_aloud(decision, decision.slot("over"), over_message(decision.run, list(well.values()), since))


def say_aloud(decision: RunDecision, key: str, message: Message) -> None:
    """Say something of a check outside of its thread, once."""
    if start := decision.run.start:
        decision.put(Post(place=start.place, slot=key, message=message, urgency=Priority.REMINDER), key=key)
