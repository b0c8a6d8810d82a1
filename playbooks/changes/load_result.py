"""What a load test measured, for people: a sentence while it runs, one when it is over, and charts."""

from datetime import timedelta

from bot.domain.chart import Chart, Look, Point, Threshold, Trace
from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.load_test import LoadOrder, Measured
from playbooks.evidence.figure import count, ms, percent, span

NAME = "load-test"


def so_far(found: Measured, order: LoadOrder) -> str:
    """How far it is."""
    left = span(timedelta(seconds=round(found.lasted.total_seconds())))
    return f"{left} of {span(order.lasts)}: {_counted(found)}."


def in_the_end(found: Measured, order: LoadOrder) -> str:
    """What came of it."""
    if found.stopped:
        begun = f"Stopped after {span(found.lasted)} because {found.stopped}: "
    else:
        begun = f"It bore {order.rate:g} requests a second for {span(order.lasts)}: "
    unsent = f" {count(found.unsent, 'request')} could not be made: all {order.at_once} at once were unanswered."
    return f"{begun}{_counted(found)}{_failures(found)}.{unsent if found.unsent else ''}"


def seen(found: Measured, order: LoadOrder, title: str) -> Evidence:
    """The same as evidence, with its charts."""
    verdict = Verdict.RED if found.stopped and found.failed else Verdict.AMBER if found.stopped else Verdict.GREEN
    return Evidence(
        name=NAME,
        findings=(Finding(verdict=verdict, says=in_the_end(found, order), value=found.p95, unit="ms"),),
        looked_at=found.begun_at + found.lasted,
        charts=(_times(found, order, title), _errors(found, order, title)) if found.spells else (),
    )


def _counted(found: Measured) -> str:
    if not found.answered:
        return "no answer yet"
    times = f"p50 {ms(found.p50)}, p95 {ms(found.p95)}, p99 {ms(found.p99)}"
    return f"{count(found.answered, 'answer')}, {times}, {percent(found.failing)} failed"


def _failures(found: Measured) -> str:
    worst = sorted(found.failures.items(), key=lambda each: -each[1])[:3]
    return f" ({', '.join(f'{number} × {what}' for what, number in worst)})" if worst else ""


def _times(found: Measured, order: LoadOrder, title: str) -> Chart:
    def trace(name: str) -> Trace:
        points = tuple(Point(at=spell.at, value=getattr(spell, name)) for spell in found.spells)
        return Trace(name=name, points=points)

    slowest = order.slowest.total_seconds() * 1000
    near = max(spell.p95 for spell in found.spells) > slowest / 2
    return Chart(
        title=f"{title}: time of answers",
        unit="ms",
        alt=f"Time of answers during the load test: {_counted(found)}.",
        traces=(trace("p50"), trace("p95"), trace("p99")),
        thresholds=(Threshold(value=slowest, label=f"it stops at a p95 of {ms(slowest)}"),) if near else (),
    )


def _errors(found: Measured, order: LoadOrder, title: str) -> Chart:
    points = tuple(Point(at=spell.at, value=spell.failed / spell.answered) for spell in found.spells)
    return Chart(
        title=f"{title}: answers that failed",
        unit="%",
        alt=f"Answers that failed during the load test: {percent(found.failing)} of {count(found.answered, 'answer')}.",
        traces=(Trace(name="failed", points=points, look=Look.BARS),),
        thresholds=(Threshold(value=order.errors, label=f"it stops at {percent(order.errors)}"),),
    )
