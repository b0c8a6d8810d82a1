"""The diary of the store: what is pending, what the clock's checks found, what was learned, how the runbook is used."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.diary import Edition, Lesson, Owing, PastCheck, PendingChange, Silence
from bot.domain.evidence import Verdict
from bot.domain.incident import Incident
from bot.domain.playbook import Kind, Playbook
from bot.domain.run import Run, State
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks import Catalogue
from playbooks.changes import CHANGES
from playbooks.evidence import title_of
from playbooks.messages.change import name_of
from playbooks.timetable import Timetable

LATELY = timedelta(days=90)
"""Changes that were asked for earlier owe nothing any more that anybody would do."""
ALERTS = timedelta(days=7)
INCIDENTS = timedelta(days=30)
"""Incidents that were declared earlier are no lesson of lately."""
EDITION = "playbook/"


class KeptDiary:
    """The playbooks are read when they are first asked for: most that look at the world never ask."""

    def __init__(
        self, store: Store, *, organisation: Organisation, playbooks: Callable[[], Mapping[str, Playbook]]
    ) -> None:
        self._store = store
        self._organisation = organisation
        self._playbooks = playbooks

    async def pending_changes(self) -> Sequence[PendingChange]:
        """What somebody has to agree to, do, review or finalise, and what goes back by itself."""
        async with self._store.look() as unit:
            open_ones = {each.number: each for each in await unit.changes.open()}
            begun = {each.number: each for each in await unit.changes.begun_since(unit.now - LATELY)}
            changes = sorted({**begun, **open_ones}.items())
            hidden = [number for number, each in changes if await _hidden(unit, each)]
        return [pending for number, each in changes if number not in hidden for pending in pending_of(each)]

    async def checks(self, *, since: datetime) -> Sequence[PastCheck]:
        """How each playbook of the timetable went."""
        async with self._store.look() as unit:
            names = sorted(await unit.slots.timetable())
            known = [self._playbooks()[name] for name in names if name in self._playbooks()]
            return [await _check(unit, each, since) for each in known if each.kind is not Kind.HANDOFF]

    async def silences(self) -> Sequence[Silence]:
        """Freezes, alerts that fire on and were put aside, and what a maintenance that goes on touches."""
        async with self._store.look() as unit:
            freezes = await unit.freezes.all()
            suggestions = await unit.alerts.seen_since(unit.now - ALERTS)
            maintained = await unit.maintenances.going_on()
        frozen = [
            Silence(what=f"changes of {each.service or 'everything'}", since=each.at, by=each.by, why=each.reason)
            for each in freezes
        ]
        aside = [
            Silence(what=f"the alert {each.title}", since=each.since, by=each.dismissed_by)
            for each in suggestions
            if each.firing and each.dismissed_by and not each.private
        ]
        hushed = [
            Silence(what=f"checks of {', '.join(each.services)}", since=each.began_at or each.starts_at, why=each.key)
            for each in maintained
        ]
        return [*frozen, *aside, *hushed]

    async def lessons(self, *, since: datetime) -> Sequence[Lesson]:
        """From the incidents' own records; private ones and drills are left out."""
        async with self._store.look() as unit:
            known = await unit.incidents.declared_since(since - INCIDENTS)
        told = [
            _lesson(each, each.resolved_at)
            for each in known
            if each.resolved_at and each.resolved_at >= since and not (each.private or each.drill or each.merged_into)
        ]
        return sorted(told, key=lambda lesson: lesson.resolved_at, reverse=True)

    async def runbook(self, *, since: datetime) -> Sequence[Edition]:
        """Each with when it was changed and last run."""
        async with self._store.look() as unit:
            exercised = await unit.runs.exercised()
            seen = await unit.marks.named(EDITION)
            runs = await unit.runs.begun_since(since)
            now = unit.now
        return [
            Edition(
                name=name,
                title=playbook.title,
                owner=playbook.owner or "",
                review_by=playbook.review_by,
                edited_at=_edited_at(playbook, seen),
                known_since=min(_editions(name, seen).values(), default=now),
                exercised_at=exercised.get(name),
                skipped={text: why for run in runs if run.playbook.name == name for text, why in _skipped(run)},
            )
            for name, playbook in sorted(self._playbooks().items())
        ]

    async def handoffs(self, *, until: datetime) -> Sequence[datetime]:
        """As the playbooks and the organisation's file say."""
        playbooks, now = self._playbooks(), self._store.clock.now()
        timetable = Timetable(self._organisation, Catalogue(playbooks=playbooks, mistakes=()))
        ahead = timetable.ahead(now, until - now)
        return [slot.at for slot in ahead if playbooks[slot.playbook].kind is Kind.HANDOFF]


async def note_editions(unit: UnitOfWork, playbooks: Iterable[Playbook]) -> None:
    """Remember since when each playbook says what it says now."""
    known = await unit.marks.named(EDITION)
    for playbook in playbooks:
        if edition(playbook) not in known:
            await unit.marks.claim(edition(playbook))


def edition(playbook: Playbook) -> str:
    """The mark of a playbook's present text."""
    return f"{EDITION}{playbook.name}/{playbook.digest[:16]}"


def pending_of(change: Change) -> Iterator[PendingChange]:
    """All that a change waits for."""
    for owing, due in _owings(change):
        yield PendingChange(
            key=change.key,
            title=name_of(change),
            owing=owing,
            requested_by=change.requested_by,
            due=due,
            follow_up=_following(change) if owing is Owing.FOLLOW_UP else "",
            private=change.private,
        )


def _following(change: Change) -> str:
    """The command by which what has to follow is asked for."""
    kind = CHANGES.get(change.follow_up)
    return f"{kind.command} {change.target_name}".strip() if kind else change.follow_up


def _owings(change: Change) -> Iterator[tuple[Owing, datetime | None]]:
    match change.stage:
        case Stage.WAITING:
            yield Owing.AGREEMENT, change.expires_at
        case Stage.BY_HAND:
            yield Owing.HAND, change.requested_at
        case Stage.AGREED | Stage.CARRYING_OUT | Stage.VERIFYING:
            yield Owing.CARRYING_OUT, change.begun_at
        case _:
            pass
    if change.lent:
        yield Owing.RETURN, change.returns_at
    if change.follow_up_due and not change.undone_by:
        yield Owing.FOLLOW_UP, change.carried_out_at or change.requested_at
    if change.awaits_review:
        yield Owing.REVIEW, change.review_due


async def _hidden(unit: UnitOfWork, change: Change) -> bool:
    """Whether a change is for an incident that only some people may know of."""
    incident = await unit.incidents.get(change.incident) if change.incident else None
    return change.private or (incident is not None and incident.private)


async def _check(unit: UnitOfWork, playbook: Playbook, since: datetime) -> PastCheck:
    slots = await unit.slots.since(playbook.name, since)
    missed = tuple(slot.at for slot, run in slots if run is None)
    ran = [run for _, run in slots if run is not None]
    seen = await unit.evidence.of(incident=0, run=ran[-1]) if ran else {}
    unwell = {title_of(each): found for each, found in seen.items() if found.verdict.unhealthy}
    worst = max(unwell.values(), key=lambda found: found.verdict.weight, default=None)
    looked = max((found.looked_at for found in seen.values()), default=None)
    verdict = worst.verdict if worst else Verdict.GREEN
    return PastCheck(title=playbook.title, missed=missed, looked_at=looked, verdict=verdict, unwell=tuple(unwell))


def _lesson(incident: Incident, resolved_at: datetime) -> Lesson:
    measures = incident.tasks.follow_ups
    return Lesson(
        key=incident.key,
        title=incident.title,
        severity=incident.severity,
        resolved_at=resolved_at,
        cause=incident.answers.get("root-cause", ""),
        measures=len(measures),
        open_measures=sum(task.open for task in measures),
        reported=incident.reported_at is not None,
    )


def _editions(name: str, seen: Mapping[str, datetime]) -> Mapping[str, datetime]:
    return {key: at for key, at in seen.items() if key.startswith(f"{EDITION}{name}/")}


def _edited_at(playbook: Playbook, seen: Mapping[str, datetime]) -> datetime | None:
    """When its present text took the place of another; None when it was always so, or has just been put there."""
    editions = _editions(playbook.name, seen)
    now = editions.get(edition(playbook))
    return now if now and any(at < now for at in editions.values()) else None


def _skipped(run: Run) -> Iterator[tuple[str, str]]:
    """What somebody left out while others of its steps were done; who stops a run says nothing of its steps."""
    if run.stopped_by:
        return
    for phase in run.phases:
        for step in phase.steps:
            progress = run.progress(step.key)
            if progress.state is State.SKIPPED and progress.by:
                yield step.text, progress.note
