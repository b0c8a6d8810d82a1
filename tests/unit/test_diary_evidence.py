"""What is handed over of opsbot's own work: pending changes, checks, lessons, and the runbook itself."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from bot.domain.diary import Edition, Lesson, Owing, PastCheck, PendingChange, Silence
from bot.domain.evidence import Evidence, Subject, Verdict
from playbooks.evidence.checks import checks
from playbooks.evidence.lessons import lessons
from playbooks.evidence.pending_changes import pending_changes
from playbooks.evidence.runbook_edits import runbook_edits
from playbooks.world import World
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 13, 21, tzinfo=UTC)
"""Friday, 17:00 in New York."""
HOUR = timedelta(hours=1)


@dataclass
class Written:
    """A diary in which this stands."""

    changes: Sequence[PendingChange] = ()
    past: Sequence[PastCheck] = ()
    silent: Sequence[Silence] = ()
    learned: Sequence[Lesson] = ()
    editions: Sequence[Edition] = ()
    asked: list[datetime] = field(default_factory=list)

    async def pending_changes(self) -> Sequence[PendingChange]:
        return self.changes

    async def checks(self, *, since: datetime) -> Sequence[PastCheck]:
        self.asked.append(since)
        return self.past

    async def silences(self) -> Sequence[Silence]:
        return self.silent

    async def lessons(self, *, since: datetime) -> Sequence[Lesson]:
        self.asked.append(since)
        return self.learned

    async def runbook(self, *, since: datetime) -> Sequence[Edition]:
        self.asked.append(since)
        return self.editions


async def look(kind: Callable[[World, Subject], Awaitable[Evidence]], diary: Written) -> list[tuple[Verdict, str]]:
    world = replace(empty_world(NOW), diary=diary)
    found = await kind(world, Subject(services=(), since=NOW - 64 * HOUR, until=NOW))
    return [(finding.verdict, finding.says) for finding in found.findings]


def change(owing: Owing, *, hours: float, follow_up: str = "") -> PendingChange:
    due = NOW + hours * HOUR
    return PendingChange(
        key="CHG-7", title="Roll back billing", owing=owing, requested_by="U0ANA", due=due, follow_up=follow_up
    )


async def test_what_changes_wait_for_is_told_and_an_overdue_review_is_red() -> None:
    written = Written(
        changes=[
            change(Owing.AGREEMENT, hours=0.5),
            change(Owing.RETURN, hours=3),
            change(Owing.FOLLOW_UP, hours=-30, follow_up="finalize"),
            change(Owing.REVIEW, hours=-1),
        ]
    )
    assert await look(pending_changes, written) == [
        (Verdict.GREEN, "CHG-7 Roll back billing waits for agreement until 17:30 EDT"),
        (Verdict.GREEN, "CHG-7 Roll back billing goes back by itself 20:00 EDT"),
        (Verdict.AMBER, "CHG-7 Roll back billing still needs finalize, since Thu 11:00 EDT"),
        (Verdict.RED, "CHG-7 Roll back billing was done alone; its review is due 16:00 EDT"),
    ]
    assert await look(pending_changes, Written()) == [(Verdict.GREEN, "No change waits for anything")]


async def test_checks_that_fail_were_missed_or_are_muted_are_told() -> None:
    failing = PastCheck(
        title="Hourly check", looked_at=NOW - HOUR, verdict=Verdict.RED, unwell=("latency", "error-ratio")
    )
    missed = PastCheck(title="Backup verification", missed=(NOW - 8 * HOUR,))
    frozen = Silence(what="changes of billing", since=NOW - 2 * HOUR, by="U0ANA", why="quarter's end")
    assert await look(checks, Written(past=[failing, missed], silent=[frozen])) == [
        (Verdict.RED, "Hourly check at 16:00 EDT: latency, error-ratio"),
        (Verdict.AMBER, "Backup verification did not run 1 time"),
        (Verdict.AMBER, "Muted since 15:00 EDT: changes of billing: quarter's end"),
    ]
    well = PastCheck(title="Hourly check", looked_at=NOW - HOUR)
    assert await look(checks, Written(past=[well])) == [
        (Verdict.GREEN, "1 check ran, nothing fails and nothing is muted")
    ]


async def test_lessons_are_of_a_week_and_what_has_no_cause_is_amber() -> None:
    learned = Lesson(
        key="INC-3",
        title="Logins fail",
        severity="critical",
        resolved_at=NOW - 50 * HOUR,
        cause="The pool was too small.",
        measures=3,
        open_measures=2,
        reported=True,
    )
    unwritten = Lesson(key="INC-4", title="Slow", severity="high", resolved_at=NOW - 90 * HOUR)
    written = Written(learned=[learned, unwritten])
    assert await look(lessons, written) == [
        (Verdict.GREEN, "INC-3 Logins fail: The pool was too small.; 2 of 3 measures open"),
        (Verdict.AMBER, "INC-4 Slow: nobody has written yet why; no report yet"),
    ]
    assert written.asked == [NOW - timedelta(days=7)]


async def test_the_runbook_tells_what_was_changed_left_out_and_is_due() -> None:
    plain = Edition(
        name="rollback",
        title="Rollback",
        owner="",
        review_by=None,
        edited_at=None,
        known_since=NOW - timedelta(days=400),
        exercised_at=NOW - HOUR,
        skipped={},
    )
    edited = replace(plain, edited_at=NOW - 30 * HOUR)
    skipped = replace(plain, name="scale-out", title="Scale out", skipped={"Warn support.": "nobody there", "Ask.": ""})
    due = replace(plain, name="load-test", review_by=date(2026, 3, 1))
    unused = replace(plain, name="database-recovery", exercised_at=None)
    assert await look(runbook_edits, Written(editions=[edited, skipped, due, unused])) == [
        (Verdict.GREEN, "Rollback was changed Thu 11:00 EDT"),
        (Verdict.GREEN, "Left out of Scale out: Warn support. (nobody there); Ask."),
        (Verdict.AMBER, "To be looked over: load-test"),
        (Verdict.GREEN, "Not run for 90 days: database-recovery"),
    ]
    assert await look(runbook_edits, Written(editions=[plain])) == [
        (Verdict.GREEN, "Nothing was changed, and no step was left out")
    ]
