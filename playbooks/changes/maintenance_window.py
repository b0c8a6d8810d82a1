"""Hushes the alerts of a service at PagerDuty for a while, or ends that; source: the actions' PD-10.

While it lasts a real outage of that service wakes nobody, so it takes a second person, is short, and never touches the
service that opsbot itself wakes people through.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from bot.domain.effect import Attempt
from bot.domain.errors import Refused, Superseded
from bot.domain.form import Option
from bot.domain.maintenance_window import LONGEST_WINDOW, MaintenanceWindow, OpenMaintenance
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.organisation import Organisation
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters, Verified
from playbooks.evidence.figure import span
from playbooks.hands import Hands, held
from playbooks.hushing import hushable, opened, windows_of
from playbooks.mistakes import nearest
from playbooks.world import Outside, World

NAME = "maintenance-window"
OF, LENGTH, WHY, UNTIL = "of", "for", "why", "until"
OFF = "off"
USUAL = timedelta(hours=1)
SHORTEST = timedelta(minutes=5)
LENGTHS = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,3})m)?")


def _named(asked: Asked) -> Sequence[Option]:
    return [Option(value=name, label=_title(asked.organisation, name)) for name in asked.organisation.paging.services]


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    if not words:
        hushable(asked.organisation, ())
        raise Lacking({})
    hushable(asked.organisation, words[:1])
    rest = [word for each in words[1:] for word in each.split()]
    if not rest:
        return {OF: words[0], LENGTH: _written(USUAL)}
    if rest[0].lower() == OFF:
        if rest[1:]:
            raise Refused("To end it: ", Code(text=f"/ops maintenance-window {words[0]} {OFF}"), ".")
        return {OF: words[0], LENGTH: OFF}
    length = _length(rest[0])
    return {OF: words[0], LENGTH: _written(length), **({WHY: " ".join(rest[1:])} if rest[1:] else {})}


def _length(written: str) -> timedelta:
    found = LENGTHS.fullmatch(written.lower())
    length = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0)) if found and written else timedelta()
    if not SHORTEST <= length <= LONGEST_WINDOW:
        near = nearest(written, (OFF,))
        advice = f"did you mean {near}?" if near else f"say how long, from 5m to {_written(LONGEST_WINDOW)}, or {OFF}."
        raise Refused(Code(text=written[:40]), f" is no length of a maintenance; {advice}", field=LENGTH)
    return length


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    if parameters[LENGTH] == OFF:
        return await _plan_end(world, parameters, asked)
    organisation, name = world.organisation, parameters[OF]
    title, until = _title(organisation, name), _until(parameters, asked)
    services = hushable(organisation, [name])
    open_now = [each for each in await windows_of(world, services) if each.open_at(asked.now)]
    longest = max((each.until for each in open_now), default=asked.now)
    length = span(until - asked.now)
    return Plan(
        kind=NAME,
        target=f"maintenance/{name}",
        title=f"Hush the alerts of {title} for {length}",
        before=f"hushed until {_clock(world, longest)}" if open_now else "its alerts wake people",
        after=f"none of its alerts wakes anybody until {_clock(world, until)}",
        risk=Risk.DISRUPTIVE,
        because=("a real outage of it wakes nobody meanwhile",),
        differences=(f"one maintenance window of {', '.join(services)} at PagerDuty",),
        blast=f"Whoever is on call: {title} may break unnoticed.",
        undo="The window is ended; alerts that come after that wake people again.",
        warnings=(
            "What was already open stays open. Opsbot's own checks, and pages by hand, go on.",
            *_hit(asked, name),
        ),
        command=f"pd rest post -e maintenance_windows -d '{{…}}' for {', '.join(services)}",
        wanted={
            OF: name,
            "services": list(services),
            "since": asked.now.isoformat(),
            UNTIL: until.isoformat(),
            WHY: parameters.get(WHY, "") or "Maintenance",
        },
        nothing_to_do=f"{title} is hushed already, until {_clock(world, longest)}." if longest >= until else "",
    )


async def _plan_end(world: World, parameters: Parameters, asked: Asked) -> Plan:
    name = parameters[OF]
    title = _title(world.organisation, name)
    services = hushable(world.organisation, [name])
    open_now = [each for each in await windows_of(world, services) if each.open_at(asked.now)]
    until = max((each.until for each in open_now), default=asked.now)
    others = sorted({each for window in open_now for each in window.services} - set(services))
    return Plan(
        kind=NAME,
        target=f"maintenance/{name}",
        title=f"Let the alerts of {title} wake people again",
        before=f"hushed until {_clock(world, until)}",
        after="its alerts wake people",
        risk=Risk.SAFE,
        because=("people hear of outages again",),
        undoes=tuple(_told(each) for each in open_now),
        blast=f"Whoever is on call{f'; the window hushes {len(others)} more services too' if others else ''}.",
        undo="The same again, for the rest of the time.",
        press="End it",
        command="; ".join(f"pd rest delete -e maintenance_windows/{each.id}" for each in open_now),
        wanted={OF: name, "services": list(services), "ends": [each.id for each in open_now], UNTIL: until.isoformat()},
        nothing_to_do="" if open_now else f"{title} is not hushed.",
    )


def _hit(asked: Asked, name: str) -> tuple[str, ...]:
    incident = asked.incident
    if incident is None or not incident.open or name not in incident.services:
        return ()
    return (f"INC-{incident.number} is open and about it.",)


def _until(parameters: Parameters, asked: Asked) -> datetime:
    """A moment that was named, where a change is taken back; else so long from now."""
    if named := parameters.get(UNTIL):
        until = datetime.fromisoformat(named)
        if until < asked.now + SHORTEST:
            raise Refused("That time is over. Ask for it anew: ", Code(text=f"/ops {NAME} {parameters[OF]} 1h"), ".")
        return until
    return asked.now + _length(parameters[LENGTH])


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    services = tuple(cast(list[str], plan.wanted["services"]))
    windows = held(hands.windows, Outside.WINDOWS)
    title = _title(hands.world.organisation, str(plan.wanted[OF]))
    if "ends" in plan.wanted:
        for window in cast(list[str], plan.wanted["ends"]):
            await windows.end(window)
        return Done(says=f"{title} is not hushed any more.")
    until, now = datetime.fromisoformat(str(plan.wanted[UNTIL])), hands.world.clock.now()
    if until <= now and not attempt.note:
        raise Superseded("The time for it is over")
    effect = OpenMaintenance(
        mark=mark_of(plan),
        services=(str(plan.wanted[OF]),),
        since=datetime.fromisoformat(str(plan.wanted["since"])),
        until=until,
        says=str(plan.wanted[WHY]),
    )
    await opened(hands, services, effect, attempt)
    return Done(says=f"{title} is hushed until {_clock(hands.world, until)}.")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del since
    services = cast(list[str], plan.wanted["services"])
    now = world.clock.now()
    open_now = [each for each in await windows_of(world, services) if each.open_at(now)]
    if "ends" in plan.wanted:
        left = [each for each in open_now if each.id in cast(list[str], plan.wanted["ends"])]
        others = [each for each in open_now if each not in left]
        found = (*(f"still hushed by {_told(each)}" for each in (*left, *others)),) or ("its alerts wake people",)
        return Verified(helped=not open_now, found=found)
    mine = [each for each in open_now if each.marked(mark_of(plan))]
    return Verified(helped=bool(mine), found=tuple(_told(each) for each in mine) or ("no window is open",))


def _undo(plan: Plan) -> tuple[str, Parameters] | None:
    back: Mapping[str, str] = {OF: str(plan.wanted[OF])}
    if "ends" in plan.wanted:
        return NAME, {**back, LENGTH: "", UNTIL: str(plan.wanted[UNTIL])}
    return NAME, {**back, LENGTH: OFF}


def mark_of(plan: Plan) -> str:
    """The mark of the window that a plan opens."""
    return plan.digest[:16]


def _title(organisation: Organisation, name: str) -> str:
    known = organisation.services.get(name) or organisation.databases.get(name)
    return known.title if known else name


def _told(window: MaintenanceWindow) -> str:
    by = f" by {window.by}" if window.by else ""
    return f"a window{by} until {window.until:%H:%M} UTC: {window.says.partition(' [opsbot ')[0] or 'no reason given'}"


def _clock(world: World, moment: datetime) -> str:
    return f"{moment.astimezone(world.organisation.timezone):%H:%M}"


def _written(length: timedelta) -> str:
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    return f"{f'{hours}h' if hours else ''}{f'{minutes}m' if minutes else ''}"


MAINTENANCE_WINDOW = ChangeKind(
    name=NAME,
    title="Hush alerts",
    sentence="Has PagerDuty wake nobody for a service for a while, or ends that.",
    command="/ops maintenance-window",
    asks=(
        Ask(name=OF, label="Service", choices=_named),
        Ask(name=LENGTH, label="For how long?", hint="Like 1h or 90m, at most 6h; off ends it.", optional=True),
        Ask(name=WHY, label="Why", optional=True),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=_undo,
    carry_out_within=timedelta(minutes=10),
    verify_within=timedelta(minutes=5),
)
