"""Lessons of lately: what caused incidents, what shall prevent them, and which have no report yet."""

from datetime import timedelta

from bot.domain.diary import Lesson
from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.scrub import excerpt
from playbooks.evidence.figure import count, when
from playbooks.evidence.seen import Seen
from playbooks.world import World

NAME = "lessons"
WEEK = timedelta(days=7)
NAMED = 8


async def lessons(world: World, subject: Subject) -> Evidence:
    """Of the incidents that were resolved in the last week, or since it was last looked."""
    now = world.clock.now()
    since = min(subject.since, now - WEEK)
    found = await world.diary.lessons(since=since)
    findings = tuple(_finding(each) for each in found[:NAMED])
    if not found:
        says = f"No incident was resolved since {when(since, now, world.organisation.timezone)}"
        findings = (Finding(verdict=Verdict.GREEN, says=says),)
    if len(found) > NAMED:
        findings = (*findings, Finding(verdict=Verdict.GREEN, says=f"and {count(len(found) - NAMED, 'other')}"))
    return Seen(findings=findings).evidence(NAME, world, until=now)


def _finding(lesson: Lesson) -> Finding:
    cause = excerpt(lesson.cause, most=100) or "nobody has written yet why"
    parts = [f"{lesson.key} {excerpt(lesson.title, most=60)}: {cause}"]
    if lesson.measures:
        parts.append(f"{lesson.open_measures} of {count(lesson.measures, 'measure')} open")
    if not lesson.reported:
        parts.append("no report yet")
    owed = lesson.severity in {"critical", "high"} and not (lesson.cause and lesson.reported)
    return Finding(verdict=Verdict.AMBER if owed else Verdict.GREEN, says="; ".join(parts), since=lesson.resolved_at)
