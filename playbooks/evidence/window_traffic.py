"""Whether a maintenance is planned for a quiet time: the traffic in its window, against the usual week."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.chart import WEEKDAYS, Chart, Week
from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.maintenance import Maintenance, Stage
from playbooks.evidence.figure import count, percent
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, services_of, together
from playbooks.evidence.usual_week import DAYS, HOURS, Cell, UsualWeek, cells_between, usual_week
from playbooks.messages.maintenance_told import short_window
from playbooks.messages.wording import local_time
from playbooks.world import World

NAME = "window-traffic"


async def window_traffic(world: World, subject: Subject) -> Evidence:
    """Of the maintenances that are named, else of all that are planned for the services."""
    planned = [each for each in await world.memory.maintenances() if _asked(each, subject)]
    if not planned:
        none = Finding(verdict=Verdict.NO_DATA, says="No maintenance is planned")
        return Seen(findings=(none,)).evidence(NAME, world)
    seen = together([await _of(world, each, subject) for each in planned])
    return seen.evidence(NAME, world, until=world.clock.now())


def _asked(of: Maintenance, subject: Subject) -> bool:
    if subject.words:
        return of.key in subject.words
    return of.stage is Stage.PLANNED and bool(not of.services or set(of.services) & set(subject.services))


async def _of(world: World, of: Maintenance, subject: Subject) -> Seen:
    touched = services_of(world, replace(subject, services=of.services))
    week, zone = await usual_week(world, touched), world.organisation.timezone
    cells = cells_between(of.starts_at, of.ends_at, zone)
    finding = _finding(world, of, week, cells)
    return Seen(findings=(finding,), charts=(_chart(of, week, cells, finding, zone),) if week.requests else ())


def _finding(world: World, of: Maintenance, week: UsualWeek, cells: Sequence[Cell]) -> Finding:
    zone, bounds = world.organisation.timezone, world.organisation.thresholds[NAME]
    window = f"{short_window(of)}{_local(of, zone)}"
    if not week.requests:
        return Finding(verdict=Verdict.NO_DATA, says=f"{window}: nothing was asked for in four weeks")
    share = week.share(cells)
    if share is None:
        says = f"{window}: the numbers do not go back far enough to tell whether it is a quiet time"
        return Finding(verdict=Verdict.NO_DATA, says=says)
    quietest = week.quietest(len(cells))
    least = week.share(quietest) or 0.0
    verdict = judge(share, bounds, baseline=least, samples=week.requests)
    says = (
        f"{window}: {percent(share)} of the busiest hour ({_clock(week.busiest)}); {_quieter(share, least, quietest)}"
    )
    if verdict is Verdict.NO_DATA:
        says = f"{says}; {count(week.requests, 'request')} in four weeks, too few to tell"
    there = "; plan it there if you can" if verdict.unhealthy else ""
    return Finding(verdict=verdict, says=f"{says}{there}", value=share, unit="%")


def _quieter(share: float, least: float, quietest: Sequence[Cell]) -> str:
    if share <= least:
        return f"no {len(quietest)} h of the week are quieter"
    return f"quietest {len(quietest)} h: from {_clock(quietest[0])}, {percent(least)}"


def _local(of: Maintenance, zone: ZoneInfo) -> str:
    """The window on the local clock, on which the week is counted."""
    return "" if zone.key == "UTC" else f" ({_begins(of.starts_at, zone)}–{local_time(of.ends_at, zone)})"


def _begins(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %H:%M}"


def _clock(cell: Cell) -> str:
    day, hour = cell
    return f"{WEEKDAYS[day]} {hour:02}:00"


def _chart(of: Maintenance, week: UsualWeek, cells: Sequence[Cell], finding: Finding, zone: ZoneInfo) -> Chart:
    hours = tuple(tuple(week.usual.get((day, hour)) for hour in range(HOURS)) for day in range(DAYS))
    return Chart(
        title=f"{of.key}: usual requests by hour of the week, {zone.key}",
        unit="an hour",
        alt=f"Usual requests at each hour of the week as a heat-map, with the window of {of.key} framed. {finding.says}.",
        traces=(),
        week=Week(hours=hours, framed=tuple(cells), frame=f"{of.key}: {short_window(of)}"),
        proof=True,
    )
