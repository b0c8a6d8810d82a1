"""The charts of a run that looks at several things: one picture for all of them, below its message, once all was seen."""

from collections.abc import Mapping, Sequence

from bot.domain.chart import Chart
from bot.domain.evidence import Evidence, Verdict
from bot.domain.looking import LookAt, ShareSheet
from bot.domain.run import Run
from bot.store.unit_of_work import Store
from playbooks.decision import RunDecision
from playbooks.known_trouble import settled
from playbooks.looks import asked

FIRST = ("day", "latency", "error-ratio", "requests", "memory", "database-connections", "new-errors", "agent-runs")
"""What a picture shows first while all is well; source: the runbook's metrics catalogue, its sheet of the morning."""
MOST = 6
"""Charts of one picture; more could not be read on a phone."""
Drawn = tuple[Verdict, Chart]
"""A chart, with the worst that was found of what it is about."""


def draws_together(run: Run) -> bool:
    """Whether the charts of a run are one picture: those of whatever the clock started, or of a list that is looked at."""
    start = run.start
    return start is not None and bool(start.sheet or (start.glance and len(_names(run)) > 1))


def share_together(decision: RunDecision, effect: LookAt) -> None:
    """Have the picture drawn once everything has been looked at that the run asks for, and nothing will be once more.

    Of what the clock started there is one picture, however often something is looked at later.
    """
    run = decision.run
    looked = settled(decision.seen, run.started_at) if run.start and run.start.sheet else decision.seen
    if not effect.thread or _may_say_nothing(run) or not set(_names(run)) <= looked.keys():
        return
    latest = max(each.looked_at for each in decision.seen.values())
    sheet = ShareSheet(
        run=run.id,
        place=effect.place,
        thread=effect.thread,
        title=run.playbook.title,
        file=f"{run.playbook.name}-{run.key}-{latest:%Y%m%dT%H%M%S}.png",
    )
    again = "" if run.start and run.start.sheet else f"/{latest:%Y%m%dT%H%M%S}"
    decision.put(sheet, key=f"{decision.slot('charts')}{again}")


def _may_say_nothing(run: Run) -> bool:
    """Whether there may be no message below which a picture could stand."""
    return bool(run.start and run.start.sheet and run.start.sheet.only_trouble)


class SheetCharts:
    """Chooses what is drawn, from what a run last saw."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def charts_of(self, effect: ShareSheet) -> Sequence[Chart]:
        """At most six; none where nothing was seen that can be drawn, or nothing that is worth it."""
        async with self._store.look() as unit:
            run = await unit.runs.get(effect.run)
            if run is None or run.start is None:
                return ()
            names = _names(run)
            seen = await unit.evidence.of(incident=0, run=run.id)
            charts = {name: await unit.evidence.charts(name, incident=0, run=run.id) for name in names}
        quiet = bool(run.start.sheet and run.start.sheet.thread)
        return chosen([(seen[name], charts[name]) for name in names if name in seen], quiet=quiet)


def chosen(seen: Sequence[tuple[Evidence, Sequence[Chart]]], *, quiet: bool) -> Sequence[Chart]:
    """First what is not as it should be, the worst first; then of each evidence what says most.

    Of a `quiet` check only the first, and what somebody decides by: a picture there else means that something is wrong.
    """
    ordered = sorted(seen, key=lambda each: FIRST.index(each[0].name) if each[0].name in FIRST else len(FIRST))
    drawn = [[(_worst(evidence, chart), chart) for chart in charts] for evidence, charts in ordered]
    ill = sorted(
        ((verdict, chart) for each in drawn for verdict, chart in each if verdict.unhealthy),
        key=lambda one: -one[0].weight,
    )
    proofs = [one for each in drawn for one in each if one[1].proof]
    wanted = [*ill, *(proofs if quiet else (one for each in drawn for one in _telling(each)))]
    return list({chart.title: chart for _, chart in wanted}.values())[:MOST]


def _telling(drawn: Sequence[Drawn]) -> Sequence[Drawn]:
    """Of one evidence all that is about no one thing; else the first, or that of which the worst was found."""
    whole = [one for one in drawn if not one[1].subject]
    return whole or sorted(drawn, key=lambda one: -one[0].weight)[:1]


def _worst(evidence: Evidence, chart: Chart) -> Verdict:
    """The worst that was found of what a chart is about; of everything, where it is about no one thing."""
    found: Mapping[bool, list[Verdict]] = {True: [], False: []}
    for finding in evidence.findings:
        found[finding.subject == chart.subject].append(finding.verdict)
    verdicts = found[True] or ([evidence.verdict] if not chart.subject else [])
    return max(verdicts, key=lambda verdict: verdict.weight, default=evidence.verdict)


def _names(run: Run) -> Sequence[str]:
    return list(dict.fromkeys(asked(run.playbook.steps())))
