"""What is looked at before and after a maintenance, and the playbooks that are worked through while it goes on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.playbook import Kind, Playbook
from bot.domain.run import Run, RunKey
from bot.domain.start import Sheet, Start
from playbooks.composed import composed
from playbooks.deciding import Deciding
from playbooks.glances import Wanted, playbook_of
from playbooks.maintenance_decision import CARD, MaintenanceDecision, slot_of
from playbooks.standalone import THREAD

PLANNED = ("window-traffic",)
"""What speaks for the time that somebody chose."""
BEFORE = (*PLANNED, "overnight-incidents", "on-call", "backups", "requests")
"""What speaks for go or no-go."""
A_DAY = timedelta(days=1)
AFTER = ("service-health", "error-ratio", "latency")
"""What tells whether all is as before."""


async def look(
    decision: MaintenanceDecision, deciding: Deciding, title: str, evidence: tuple[str, ...], *, by: str = ""
) -> None:
    """Look at what matters now, for whoever asked if it is not the clock; it stands in the thread of the card."""
    of, unit = decision.maintenance, decision.unit
    await decision.flush()
    wanted = Wanted(title=title, evidence=evidence, services=of.services)
    sheet = Sheet(due=unit.now, since=of.began_at or unit.now - A_DAY, thread=slot_of(of, CARD))
    start = Start(by=by, place=decision.place, services=of.services, words=(of.key,), sheet=sheet)
    number, playbook = await unit.runs.next_number(), looks_of(of.key, wanted)
    await deciding.begin(unit, Run(id=number, incident=0, playbook=playbook, started_at=unit.now, start=start))


def looks_of(key: str, wanted: Wanted) -> Playbook:
    """The playbook of what is looked at for a maintenance."""
    return replace(playbook_of(wanted), title=key, kind=Kind.MAINTENANCE)


async def begin_work(decision: MaintenanceDecision, deciding: Deciding, playbooks: Sequence[Playbook]) -> None:
    """Open what is to be done, in the thread of the card, phase by phase."""
    if not playbooks:
        return
    of, unit = decision.maintenance, decision.unit
    of.run = await unit.runs.next_number()
    await bind_thread(decision)
    start = Start(by="", place=decision.place, threaded=True, services=of.services)
    playbook = replace(composed(playbooks), title=of.key)
    await deciding.begin(unit, Run(id=of.run, incident=0, playbook=playbook, started_at=unit.now, start=start))


async def bind_thread(decision: MaintenanceDecision) -> None:
    """Its steps stand in the thread of the card, as soon as that is posted."""
    of, unit = decision.maintenance, decision.unit
    card = await unit.bindings.find(slot_of(of, CARD))
    if card and of.run:
        await unit.bindings.bind(RunKey(run=of.run).slot(THREAD), card)


async def end_work(decision: MaintenanceDecision, deciding: Deciding, by: str) -> Run | None:
    """What is still open is skipped."""
    of, unit = decision.maintenance, decision.unit
    run = await unit.runs.get(of.run) if of.run else None
    if run is None or run.ended_at:
        return run
    async with deciding.within_run(unit, RunKey(run=of.run)) as held:
        held.run.stop(by, unit.now)
    return held.run
