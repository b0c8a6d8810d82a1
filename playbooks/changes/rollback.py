"""Back to the last revision that served and was healthy; source: the actions' CR-06 and CR-07.

A rollback is never taken back by itself when it does not help: the revision that was left is known to be bad.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.cloud_service import Condition, Revision
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.evidence import CouldNotLook, NotConfigured, Subject
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.organisation import Service
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Parameters, Verified
from playbooks.changes.renewal import MADE_BY, mark_of
from playbooks.changes.revision_differences import differences
from playbooks.changes.served_well import served_well
from playbooks.changes.service_words import SERVICE, WHICH_SERVICE, service_first, service_of
from playbooks.changes.shipment import back_in_production, shipping
from playbooks.changes.traffic_shift import all_to, shares_in, shift, target_of, written
from playbooks.changes.undone import Undone, commit_of, undone
from playbooks.evidence.deployed import Deployed, deployed, region_of
from playbooks.evidence.figure import percent, short, when
from playbooks.evidence.good_revision import Candidate, Choice, choose
from playbooks.evidence.serving_record import QUARTER
from playbooks.evidence.traffic import traffic
from playbooks.hands import Hands
from playbooks.mistakes import unknown
from playbooks.world import World

REVISION = "revision"
NAME = "rollback"
AS_BEFORE = frozenset({"restart", "finalize"})
"""Changes that set nothing: the revision that they make is like the one before."""
MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class _Move:
    """From a revision to another one; `candidate` is what is known of that, when it was examined."""

    service: Service
    stands: Deployed
    bad: Revision
    good: Revision
    candidate: Candidate | None
    chosen: bool
    """Whether it is what opsbot would have chosen itself."""
    undone: Undone
    commit: str
    """Of the revision that it goes to; empty where that is not known."""

    @property
    def to_older(self) -> bool:
        return self.good.created_at < self.bad.created_at

    def short(self, revision: Revision) -> str:
        return short(revision.name, self.service.cloud_name)


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    service, rest = service_first(words, asked)
    if len(rest) > 1:
        raise Refused("Name a service and at most one revision: ", Code(text="/rollback control-plane 00041"), ".")
    return {SERVICE: service, REVISION: rest[0].strip() if rest else ""}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    service = service_of(parameters, world.organisation)
    stands = await deployed(world, service)
    if stands.cloud.reconciling:
        raise Refused(f"Cloud Run is still changing {service.title}; ask again in a moment.")
    if not stands.serving:
        raise Refused(f"Nothing of {service.title} gets traffic now, so there is nothing to go back from.")
    bad = stands.serving[0]
    choice = await _choice(world, service, asked)
    good = _named(service, stands, parameters[REVISION]) if parameters[REVISION] else _chosen(service, choice)
    older = good.created_at < bad.created_at
    between = await undone(world, service, newer=bad, older=good) if older else Undone()
    move = _Move(
        service=service,
        stands=stands,
        bad=bad,
        good=good,
        candidate=next((each for each in choice.candidates if each.revision.name == good.name), None)
        if choice
        else None,
        chosen=bool(choice and choice.good and choice.good.revision.name == good.name),
        undone=between,
        commit=between.older if older else await commit_of(world, service, good),
    )
    return await _planned(world, move, asked)


async def _choice(world: World, service: Service, asked: Asked) -> Choice | None:
    """What opsbot would go back to; None when that cannot be looked at, which a person may do without."""
    left = {str(each.plan.wanted.get("left")) for each in asked.past if each.kind == NAME and each.plan}
    try:
        return await choose(world, service, known_bad=left)
    except (CouldNotLook, NotConfigured):
        return None


def _chosen(service: Service, choice: Choice | None) -> Revision:
    if choice and choice.good:
        return choice.good.revision
    known = choice.candidates[:MOST_NAMED] if choice else ()
    names = "; ".join(
        f"{short(each.revision.name, service.cloud_name)} ({', '.join(each.objections) or 'healthy'})" for each in known
    )
    example = short(known[0].revision.name, service.cloud_name) if known else "REVISION"
    told = f" There are: {names}." if names else ""
    raise Refused(
        f"opsbot knows no revision of {service.title} that served and was healthy.{told} Choose one: ",
        Code(text=f"/rollback {service.key} {example}"),
        ".",
    )


def _named(service: Service, stands: Deployed, word: str) -> Revision:
    """A revision by its name, whole or without the service's."""
    for revision in stands.revisions:
        if word.lower() in {revision.name, short(revision.name, service.cloud_name)}:
            if revision.condition is not Condition.READY:
                raise Refused(f"{short(revision.name, service.cloud_name)} is not ready, so it cannot serve.")
            return revision
    names = [short(each.name, service.cloud_name) for each in stands.revisions if each.condition is Condition.READY]
    raise Refused(unknown(f"revision of {service.title}", names[:12], word), field=REVISION)


async def _planned(world: World, move: _Move, asked: Asked) -> Plan:
    service, cloud = move.service, move.stands.cloud
    marked = {move.bad.name: f"bad-{asked.now:%Y%m%d}"} if move.to_older else {}
    wanted = all_to(move.good.name, cloud, marked=marked)
    risk, because = _risk(move, asked)
    region = region_of(service)
    serves_all = move.stands.share(move.good) == 100
    return Plan(
        kind=NAME,
        target=f"service/{service.key}",
        title=f"Roll back {service.title} to {move.short(move.good)}"
        if move.to_older
        else f"Send {service.title}'s traffic to {move.short(move.good)}",
        before=_split(move),
        after=f"100 % to {move.short(move.good)}",
        risk=risk,
        because=because,
        differences=differences(move.bad, move.good),
        undoes=move.undone.lines,
        blast=f"Everybody who uses {service.title}, at once. Requests under way are finished.",
        undo=f"All traffic back to {move.short(move.bad)}.",
        warnings=(*(f"It takes back {each} as well." for each in _ours(move, asked)), *_warnings(move)),
        evidence=await _evidence(world, move, asked.now),
        command=f"gcloud run services update-traffic {service.cloud_name} --region {region} "
        f"--to-revisions {move.good.name}=100",
        fingerprint=cloud.etag,
        wanted={
            "name": service.cloud_name,
            "region": region,
            SERVICE: service.key,
            "revision": move.good.name,
            "left": move.bad.name if move.to_older else "",
            "back": move.bad.name,
            "traffic": written(wanted),
            **shipping(service, move.commit),
        },
        nothing_to_do=f"All traffic of {service.title} goes to {move.short(move.good)} already." if serves_all else "",
    )


def _split(move: _Move) -> str:
    return ", ".join(f"{move.stands.share(each)} % to {move.short(each)}" for each in move.stands.serving)


def _risk(move: _Move, asked: Asked) -> tuple[Risk, tuple[str, ...]]:
    """Safe is only what an open incident is the reason for, is known to have been good, and leaves the data alone."""
    doubts: list[str] = []
    if not asked.urgent:
        doubts.append("it is not for an open critical or high incident")
    if not (move.chosen and move.candidate and move.candidate.good):
        doubts.append(f"{move.short(move.good)} is not known to have served and been healthy")
    if move.undone.migrations:
        doubts.append("a migration lies between")
    elif move.undone.unknown:
        doubts.append(f"nobody can tell whether a migration lies between: {move.undone.unknown}")
    doubts += [f"it takes back {each} as well" for each in _ours(move, asked)]
    if doubts:
        return Risk.DISRUPTIVE, tuple(doubts)
    key = asked.incident.key if asked.incident else ""
    return Risk.SAFE, (f"{key} is open", f"{move.short(move.good)} served and was healthy", "no migration lies between")


def _ours(move: _Move, asked: Asked) -> Iterator[str]:
    """What opsbot itself set in between, as "CHG-3 (Set LOG_LEVEL of Web)": nobody finds it among the commits."""
    left = [each for each in move.stands.revisions if move.good.created_at < each.created_at <= move.bad.created_at]
    marks = {each.annotations.get(MADE_BY) for each in left}
    for each in asked.past:
        if each.plan and each.kind not in AS_BEFORE and mark_of(each.plan) in marks:
            yield f"{each.key} ({each.plan.title})"


def _warnings(move: _Move) -> Iterator[str]:
    if move.undone.migrations:
        files = ", ".join(file.rpartition("/")[2] for file in move.undone.migrations[:3])
        yield f"The database was migrated in between ({files}): does the older code work with it?"
    elif move.undone.unknown:
        yield f"What is taken back is not known: {move.undone.unknown}."
    if move.candidate and move.candidate.objections:
        yield f"{move.short(move.good)}: {', '.join(move.candidate.objections)}."
    if not move.to_older:
        yield f"{move.short(move.good)} is newer than what serves now."
    yield (
        f"{move.service.title} stays pinned: later deployments get no traffic until "
        f"/rollback finalize {move.service.key}."
    )


async def _evidence(world: World, move: _Move, now: datetime) -> tuple[str, ...]:
    """What is known of where it goes, and how what serves does."""
    lines = []
    if move.candidate and move.candidate.served.last:
        ratio = move.candidate.served.error_ratio
        failed = f", failed {percent(ratio)} of its requests" if ratio is not None else ""
        last = move.candidate.served.last
        # Its record is kept by the quarter of an hour: the last one is not over, and says less than it seems to.
        until = "minutes ago" if now - last < QUARTER else when(last, now, world.organisation.timezone)
        lines.append(f"{move.short(move.good)} served until {until}{failed}")
    try:
        subject = Subject(services=(move.service.key,), since=now - timedelta(hours=1), until=now)
        lines += [each.says for each in (await traffic(world, subject)).findings if "fails" in each.says]
    except (CouldNotLook, NotConfigured):
        pass
    return tuple(lines)


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    await shift(hands, target_of(plan), shares_in(plan), attempt, etag=plan.fingerprint)
    revision = short(str(plan.wanted["revision"]), str(plan.wanted["name"]))
    return Done(says=f"All traffic goes to {revision}.")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    service = service_of({SERVICE: str(plan.wanted[SERVICE])}, world.organisation)
    return await served_well(world, service, str(plan.wanted["revision"]), since)


def _undo(plan: Plan) -> tuple[str, Parameters]:
    return NAME, {SERVICE: str(plan.wanted[SERVICE]), REVISION: str(plan.wanted["back"])}


ROLLBACK = ChangeKind(
    name=NAME,
    title="Roll back",
    sentence="Sends all traffic of a service back to the last revision that served and was healthy.",
    command="/rollback",
    asks=(WHICH_SERVICE, Ask(name=REVISION, label="Revision", hint="Empty: the last healthy one.", optional=True)),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=_undo,
    ships=back_in_production,
    carry_out_within=timedelta(minutes=10),
    verify_within=timedelta(minutes=15),
    cool_down=timedelta(minutes=5),
    freeze_exempt=True,
    follow_up="finalize",
    heals=True,
)
