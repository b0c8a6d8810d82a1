"""What follows when something has been looked at: it is kept, shown, charted, and playbooks are suggested for it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.domain.effect import Receipt
from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.looking import LookAt, ShareChart
from bot.domain.outlook import SuggestedPlaybook
from bot.domain.playbook import Kind
from bot.domain.run import RunKey
from bot.store.unit_of_work import UnitOfWork
from playbooks import Catalogue
from playbooks.deciding import Deciding
from playbooks.decision import Decision, RunDecision
from playbooks.evidence.looking import seen_in

MOST_CHARTS = 2
"""Charts that one look shares; what matters stands in the text anyway."""
MOST_SUGGESTED = 3


async def learn_seen(
    unit: UnitOfWork, deciding: Deciding, catalogue: Catalogue, effect: LookAt, receipt: Receipt
) -> None:
    """Something was looked at."""
    await _learn(unit, deciding, catalogue, effect, seen_in(receipt))


async def learn_unseen(unit: UnitOfWork, deciding: Deciding, catalogue: Catalogue, effect: LookAt, reason: str) -> None:
    """It could not even be tried to look: that is shown too."""
    finding = Finding(verdict=Verdict.COULD_NOT_LOOK, says=reason)
    await _learn(unit, deciding, catalogue, effect, Evidence(name=effect.name, findings=(finding,), looked_at=unit.now))


async def _learn(unit: UnitOfWork, deciding: Deciding, catalogue: Catalogue, effect: LookAt, seen: Evidence) -> None:
    key = RunKey(incident=effect.incident, run=effect.run)
    if not await _is_there(unit, key):
        return
    async with deciding.within_run(unit, key) as decision:
        await unit.evidence.keep(seen, incident=effect.incident, run=effect.run)
        decision.see(replace(seen, charts=()))
        if decision.about:
            _suggest(decision.about, catalogue)
        _share(decision, effect, seen)


async def _is_there(unit: UnitOfWork, key: RunKey) -> bool:
    return await unit.incidents.has(key.incident) if key.incident else await unit.runs.get(key.run) is not None


def _share(decision: RunDecision, effect: LookAt, seen: Evidence) -> None:
    """Charts of what is not as it should be, below the phase that asked; whoever asked for nothing else wants all."""
    start = decision.run.start
    if not effect.thread or not (seen.verdict.unhealthy or (start and start.glance)):
        return
    for number, _ in enumerate(seen.charts[:MOST_CHARTS]):
        name = f"{decision.run.key}-{seen.name}-{number}-{decision.now:%Y%m%dT%H%M%S}.png"
        decision.put(
            ShareChart(
                incident=effect.incident,
                run=effect.run,
                name=seen.name,
                number=number,
                place=effect.place,
                thread=effect.thread,
                file=name,
            )
        )


def _suggest(decision: Decision, catalogue: Catalogue) -> None:
    """The playbooks that treat what was seen, unless they are under way beside the incident."""
    under_way = {each.run.playbook.name for each in decision.beside.values() if not each.over}
    found = [each for each in suggested(catalogue, decision.seen) if each.name not in under_way]
    decision.incident.suggested = tuple(found[:MOST_SUGGESTED])


def suggested(catalogue: Catalogue, seen: Mapping[str, Evidence]) -> Iterator[SuggestedPlaybook]:
    """Scenario playbooks for what is unhealthy, the worst first; those that the evidence itself advises before all."""
    advised = {advice.playbook for each in seen.values() for advice in each.advice if advice.playbook}
    treating = [
        (playbook, seen[playbook.suggest_when])
        for playbook in catalogue.playbooks.values()
        if playbook.kind is Kind.SCENARIO and playbook.suggest_when and playbook.suggest_when in seen
    ]
    unhealthy = [(playbook, found) for playbook, found in treating if found.verdict.unhealthy]
    for playbook, found in sorted(
        unhealthy, key=lambda each: (each[0].name not in advised, -each[1].verdict.weight, each[0].name)
    ):
        worst = max(found.findings, key=lambda finding: finding.verdict.weight)
        yield SuggestedPlaybook(name=playbook.name, title=playbook.title, why=worst.says)
