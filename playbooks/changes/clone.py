"""A copy of a database as it was at a moment, as a new instance: the way back from lost data; source: SQL-05, fact 5.

It always comes before any restore in place, which would take the log with it that makes this possible.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.database_instance import DatabaseInstance, RecoveryWindow
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.domain.milestone import Milestone
from bot.domain.plan import Plan, Risk
from bot.domain.platform import Database
from playbooks.changes.copied_rows import Copy, copied_well
from playbooks.changes.database_operation import over, stands
from playbooks.changes.database_words import DATABASE, WHICH_DATABASE, database_first, database_of
from playbooks.changes.instance_name import name_in
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters, Verified, for_good
from playbooks.changes.switching_over import switched
from playbooks.dates import moment_first
from playbooks.evidence.figure import span, when
from playbooks.hands import Hands, held
from playbooks.world import Outside, World, reached

NAME = "clone"
MOMENT, CALLED = "moment", "name"
KIND = "CLONE"
BEFORE = timedelta(minutes=1)
"""How long before the damage a copy is taken."""
HOW = "Write it like 14:05, yesterday 23:50 or 2026-03-09 14:05"


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    database, rest = database_first(words, asked)
    zone = asked.organisation.timezone
    at, name = moment_first(" ".join(rest), now=asked.now, timezone=zone)
    if at is None and rest:
        raise Refused(
            f"Say first to which moment. {HOW}; times are those of {zone.key} unless UTC follows.", field=MOMENT
        )
    at = at or _before_the_damage(asked)
    if at is None:
        raise Lacking({DATABASE: database})
    if at > asked.now:
        raise Refused("That moment has not come yet.", field=MOMENT)
    return {DATABASE: database, MOMENT: at.isoformat(), CALLED: name_in(name) if name else ""}


def _before_the_damage(asked: Asked) -> datetime | None:
    """A minute before the incident began, where somebody said when that was."""
    began = asked.incident.at(Milestone.STARTED) if asked.incident else None
    return began - BEFORE if began else None


@dataclass(frozen=True, kw_only=True)
class _Copying:
    """What is copied: which database, to which moment, under which name."""

    database: Database
    instance: DatabaseInstance
    moment: datetime
    name: str

    @property
    def command(self) -> str:
        point = self.moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return f"gcloud sql instances clone {self.instance.name} {self.name} --point-in-time={point}"


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    database = database_of(parameters, world.organisation)
    instance = await stands(world, database.instance)
    moment = datetime.fromisoformat(parameters[MOMENT])
    window = await reached(world.databases, Outside.DATABASES).recovery_window(instance.name)
    _refuse_out_of_reach(world, database, window, moment)
    name = parameters.get(CALLED) or f"{instance.name}-{moment:%m%d-%H%M}"
    copying = _Copying(database=database, instance=instance, moment=moment, name=name)
    return _planned(world, copying, asked)


def _planned(world: World, copying: _Copying, asked: Asked) -> Plan:
    database, instance = copying.database, copying.instance
    at = when(copying.moment, asked.now, world.organisation.timezone)
    return Plan(
        kind=NAME,
        target=f"database/{instance.name}",
        title=f"Copy {database.title} as it was at {at}",
        before=f"{instance.name}, as it is now",
        after=f"{copying.name} beside it, with the data of {at} ({span(asked.now - copying.moment)} ago)",
        risk=Risk.DISRUPTIVE,
        because=("it costs as much as another database, and holds customers' data",),
        blast="Nobody: the database is only read, and nothing uses the copy yet.",
        undo=f"A person deletes it: gcloud sql instances delete {copying.name}",
        warnings=tuple(_warnings(world, copying)),
        command=copying.command,
        wanted={
            DATABASE: database.key,
            "instance": instance.name,
            MOMENT: copying.moment.isoformat(),
            CALLED: copying.name,
        },
    )


def _refuse_out_of_reach(world: World, database: Database, window: RecoveryWindow, moment: datetime) -> None:
    if window.earliest is None or window.latest is None:
        raise Refused(f"{database.title} cannot be set back to a moment: point-in-time recovery is off.")
    if window.earliest <= moment <= window.latest:
        return
    now, zone = world.clock.now(), world.organisation.timezone
    nearest = window.earliest if moment < window.earliest else window.latest
    earliest, latest = (when(each, now, zone) for each in (window.earliest, window.latest))
    near = nearest.astimezone(zone)
    raise Refused(
        f"It can be set back to any moment from {earliest} to {latest}. The nearest: ",
        Code(text=f"/ops backup clone {near:%Y-%m-%d %H:%M}"),
        ".",
        field=MOMENT,
    )


def _warnings(world: World, copying: _Copying) -> Iterator[str]:
    yield "Stop what writes wrong data first: what is written from now on is not in the copy."
    keys = [each for each in copying.database.services if each in world.organisation.services]
    if keys:
        yield "Nothing uses it by itself: afterwards each service is switched to it, which the card then offers."
    if not copying.database.tables:
        yield "opsbot.yaml names no tables to count, so that nobody will know what is in it."


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    changes = held(hands.databases, Outside.DATABASES)
    source, into = str(plan.wanted["instance"]), str(plan.wanted[CALLED])
    moment = datetime.fromisoformat(str(plan.wanted[MOMENT]))
    await over(
        hands,
        attempt,
        kind=KIND,
        instances=(source, into),
        begin=lambda: changes.clone(source, into=into, moment=moment),
    )
    database = database_of({DATABASE: str(plan.wanted[DATABASE])}, hands.world.organisation)
    then = await switched(hands.world, database, into=into)
    return Done(says=f"{into} is there, and nothing uses it yet: switch each service to it.", then=then)


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del since
    database = database_of({DATABASE: str(plan.wanted[DATABASE])}, world.organisation)
    return await copied_well(world, Copy(database=database, instance=str(plan.wanted[CALLED]), more_is_fine=True))


CLONE = ChangeKind(
    name=NAME,
    title="Copy the database as it was",
    sentence="Makes a new instance with the data of a moment, and counts what is in it; the database itself is only read.",
    command="/ops backup clone",
    asks=(
        WHICH_DATABASE,
        Ask(name=MOMENT, label="To which moment?", hint="A minute before the damage, like 14:05."),
        Ask(name=CALLED, label="Name", hint="Of the new instance. Empty: made from the moment.", optional=True),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=for_good,
    carry_out_within=timedelta(hours=6),
    heals=True,
)
