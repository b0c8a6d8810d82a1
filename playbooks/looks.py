"""When the world is looked at for a run: as a phase opens, on request, until it is known what helps, while a fix is watched."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.effect import room
from bot.domain.evidence import Evidence, Verdict
from bot.domain.incident import Incident, Status
from bot.domain.looking import LookAt
from bot.domain.playbook import Phase, Step
from bot.organisation import Organisation
from bot.store.unit_of_work import UnitOfWork
from playbooks.decision import Decision, RunDecision
from playbooks.sight import NOTHING_SEEN, seen_for, sight_of

BEFORE = timedelta(hours=1)
"""So long before the trouble began the stretch begins that is looked at."""
EVERY = timedelta(minutes=5)
"""How often it is looked while a fix is watched, or nobody knows yet what helps or decides."""
SOON, SETTLED = timedelta(minutes=2), timedelta(minutes=4)
"""Numbers of the cloud arrive up to three minutes late: so soon after a declaration the first of them show what it is
about, and then all."""
AFTER_A_CHANGE = (timedelta(0), SETTLED, timedelta(minutes=9))
"""When it is looked after a change: the last when nothing that is counted as now was counted before it."""
SEARCH = timedelta(minutes=30)
"""So long it is looked by itself: without anything to advise after an incident was declared, or without that anybody
decides after anything new was heard of alerts."""


def look_for(decision: RunDecision, phase: Phase) -> None:
    """Have all looked at that a phase asks for, as it opens.

    With the first phase of an incident everything is looked at that its playbook asks for: what is likeliest to help
    should be known from the first minute, whatever phase it belongs to.
    """
    about = decision.about
    first = about is decision and decision.run.phases == (phase,)
    names = [*asked(decision.run.playbook.steps() if first else phase.steps)]
    if first and about and names:
        about.incident.look_due = decision.now + SOON
    look_at(decision, names, thread=shown_in(decision, phase))


def shown_in(decision: RunDecision, phase: Phase) -> str:
    """The message that shows a phase; a sheet shows them all."""
    start = decision.run.start
    return "sheet" if start and start.sheet else f"phase/{phase.slug}"


def look_at(
    decision: RunDecision,
    names: Iterable[str],
    *,
    thread: str = "",
    drawn: Mapping[str, Evidence] = NOTHING_SEEN.evidence,
) -> None:
    """Have these looked at; charts of what is unhealthy go into the thread of one of the run's messages.

    Of what is `drawn` there already only what has become worse is drawn again. A war room that is being opened comes
    first, with its card and the first steps: what is seen is shown among these.
    """
    about, start, key = decision.about, decision.run.start, seen_for(decision.run)
    slot = decision.slot(thread) if thread else ""
    began = _began(about.incident) if about else start.sheet.began if start and start.sheet else None
    for name in dict.fromkeys(names):
        effect = LookAt(
            incident=key.incident,
            run=key.run,
            name=name,
            services=decision.services,
            since=_since(decision, began),
            began=began,
            words=start.words if start else (),
            private=decision.sight.private,
            place=start.place if start else room(decision.run.incident),
            thread=slot,
            after=slot if about and not about.incident.room else "",
            drawn=drawn[name].verdict if name in drawn else None,
        )
        decision.put(effect)


def watch(decision: Decision) -> None:
    """Look again at all that tells how things are now, and once more after a while, as long as the fix is watched.

    What tells what happened lately is left alone: it says nothing of the fix, and costs reads of the log and of GitHub.
    """
    incident = decision.incident
    now = decision.sight.now.evidence
    names = [name for name, each in now.items() if each.verdict is not Verdict.NOT_CONFIGURED]
    incident.look_due = decision.now + EVERY if incident.watch_until and names else None
    if incident.look_due:
        look_at(decision, names)


def seek(decision: Decision) -> None:
    """Look again once the numbers have arrived, and then as long as nothing that was seen says what helps.

    Alerts come within a minute, and who declares at once would otherwise be shown how well it was before.
    """
    incident, run, seen = decision.incident, decision.run, decision.sight.evidence
    blind = {name for name, each in seen.items() if each.verdict is Verdict.NOT_CONFIGURED}
    names = [name for name in asked(run.playbook.steps()) if name not in blind]
    incident.look_due = None
    if not names or incident.status.rank >= Status.MONITORING.rank:
        return
    incident.look_due = _seek_again(decision)
    look_at(decision, names, thread=shown_in(decision, run.phases[-1]), drawn=seen)


def _seek_again(decision: Decision) -> datetime | None:
    """Once more when all numbers have arrived, and then as long as nobody knows what helps."""
    declared, now = decision.incident.declared_at, decision.now
    if now < declared + SETTLED:
        return declared + SETTLED
    return now + EVERY if decision.sight.advice is None and now < declared + SEARCH else None


def look_soon(decision: Decision) -> None:
    """Something new is known from outside, such as another alert: look at once, but not all the time."""
    incident, due = decision.incident, next_look(decision.sight.looked_at, decision.now)
    incident.look_due = min(incident.look_due or due, due)


def next_look(looked_at: datetime | None, now: datetime) -> datetime:
    """When it is looked for what is new from outside: at once, but not so soon after the look before."""
    return max(now, looked_at + SOON) if looked_at else now


async def look_after_change(unit: UnitOfWork, organisation: Organisation, number: int) -> None:
    """Look again at how things are now, for an incident for which something was changed: what helped is advised no more.

    At once, when the numbers tell whether it lasts, and when they tell nothing of before any more.
    """
    incident = await unit.incidents.get(number)
    if incident is None or not incident.open:
        return
    sight = sight_of(incident, organisation, await unit.evidence.of(incident=number, run=0)).now
    began = _began(incident)
    for name, each in sight.evidence.items():
        if each.verdict is not Verdict.NOT_CONFIGURED:
            effect = LookAt(
                incident=number,
                name=name,
                services=tuple(incident.services),
                since=began - BEFORE,
                began=began,
                private=sight.private,
                place=room(number),
            )
            for turn, later in enumerate(AFTER_A_CHANGE):
                await unit.outbox.put(replace(effect, turn=turn), at=unit.now + later)


def asked(steps: Iterable[Step]) -> Iterator[str]:
    """The names of all evidence that steps ask for."""
    return (name for step in steps for name in step.evidence)


def _since(decision: RunDecision, began: datetime | None) -> datetime:
    """From when on it is looked."""
    start = decision.run.start
    if start and start.glance:
        return decision.now - start.glance.window
    if start and start.sheet:
        return start.sheet.since
    return (began or decision.run.started_at) - BEFORE


def _began(incident: Incident) -> datetime:
    """When the trouble is thought to have begun."""
    return min(filter(None, (incident.started_at, incident.detected_at, incident.declared_at)))
