"""What follows when something has been looked at: it is kept, shown, charted, and playbooks are suggested for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.looking import LookAt, ShareChart
from bot.domain.run import RunKey
from bot.store.unit_of_work import UnitOfWork
from playbooks import Catalogue
from playbooks.deciding import Deciding
from playbooks.decision import Decision, RunDecision
from playbooks.done_before import in_view_of_changes
from playbooks.known_trouble import ONCE_MORE
from playbooks.louder import speak_up
from playbooks.sheet_charts import draws_together, share_together
from playbooks.sight import seen_for
from playbooks.suggesting import suggested

MOST_CHARTS = 2
"""Charts that one look shares; what matters stands in the text anyway."""
MOST_SUGGESTED = 3


async def learn_seen(
    unit: UnitOfWork, deciding: Deciding, catalogue: Catalogue, effect: LookAt, seen: Evidence
) -> None:
    """Something was looked at for an incident or a run."""
    key = RunKey(incident=effect.incident, run=effect.run)
    if not await _is_there(unit, key):
        return
    if key.incident:
        await deciding.throughout(unit, key.incident)
        seen = await in_view_of_changes(unit, key.incident, seen)
    async with deciding.within_run(unit, key) as decision:
        await unit.evidence.keep(seen, incident=effect.incident, run=effect.run)
        decision.see(replace(seen, charts=()))
        if decision.about:
            _suggest(decision.about, catalogue)
        if draws_together(decision.run):
            share_together(decision, effect)
        else:
            _share(decision, effect, seen)
        await _look_once_more(unit, decision, effect, seen)
        await speak_up(unit, decision, catalogue)


def unseen(effect: LookAt, reason: str, now: datetime) -> Evidence:
    """It could not even be tried to look: that is shown too."""
    finding = Finding(verdict=Verdict.COULD_NOT_LOOK, says=reason)
    return Evidence(name=effect.name, findings=(finding,), looked_at=now)


async def _look_once_more(unit: UnitOfWork, decision: RunDecision, effect: LookAt, seen: Evidence) -> None:
    """What the clock could not have looked at is looked at once more, in the same message: nobody else would."""
    start = decision.run.start
    if start and start.sheet and seen.verdict is Verdict.COULD_NOT_LOOK:
        key = decision.slot(f"once-more/{seen.name}")
        await unit.outbox.put(effect, key=key, at=unit.now + ONCE_MORE)


async def _is_there(unit: UnitOfWork, key: RunKey) -> bool:
    found = unit.incidents.get_to_decide(key.incident) if key.incident else unit.runs.get(key.run)
    return await found is not None


def _share(decision: RunDecision, effect: LookAt, seen: Evidence) -> None:
    """Charts below the phase that asked: of what is not as it should be, and of all for whoever asked for just that."""
    start = decision.run.start
    numbers = worst_first(seen) if start and start.glance else unwell(seen)
    for number in numbers[:MOST_CHARTS] if effect.draws(seen.verdict) else ():
        name = f"{decision.run.key}-{seen.name}-{number}-{decision.now:%Y%m%dT%H%M%S}.png"
        decision.put(
            ShareChart(
                incident=effect.incident,
                run=effect.run,
                name=seen.name,
                number=number,
                looked_at=seen.looked_at,
                place=effect.place,
                thread=effect.thread,
                file=name,
            )
        )


def unwell(seen: Evidence) -> Sequence[int]:
    """The numbers of the charts of what is not as it should be, the worst first; what is well is no picture."""
    return [number for verdict, number in _judged(seen) if verdict.unhealthy]


def worst_first(seen: Evidence) -> Sequence[int]:
    """The numbers of all charts, the worst first."""
    return [number for _, number in _judged(seen)]


def _judged(seen: Evidence) -> Sequence[tuple[Verdict, int]]:
    """The worst that was found of what each chart is about, and its number; the worst first."""
    by_weight = sorted(seen.findings, key=lambda each: each.verdict.weight)
    worst = {finding.subject: finding.verdict for finding in by_weight} | {"": seen.verdict}
    judged = [(worst.get(chart.subject, seen.verdict), number) for number, chart in enumerate(seen.charts)]
    return sorted(judged, key=lambda each: -each[0].weight)


def _suggest(decision: Decision, catalogue: Catalogue) -> None:
    """The playbooks that treat what was seen, also by runs beside it, unless they are under way there themselves."""
    under_way = {each.run.playbook.name for each in decision.beside.values() if not each.over}
    apart = [each.seen for each in decision.beside.values() if not seen_for(each.run).incident]
    found = suggested(catalogue, decision.seen, beside=apart, private=decision.sight.private)
    left = [each for each in found if each.name not in under_way]
    decision.incident.suggested = tuple(left[:MOST_SUGGESTED])
