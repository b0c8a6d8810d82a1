"""The runbook itself: what of it was changed lately, which steps people left out, and what is due to be looked over."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.diary import Edition
from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.scrub import excerpt
from playbooks.evidence.figure import count, when
from playbooks.evidence.seen import Seen
from playbooks.world import World

NAME = "runbook-edits"
WEEK = timedelta(days=7)
UNUSED = timedelta(days=90)
NAMED = 5


async def runbook_edits(world: World, subject: Subject) -> Evidence:
    """Since a week ago, or since it was last looked."""
    now = world.clock.now()
    since = min(subject.since, now - WEEK)
    editions = await world.diary.runbook(since=since)
    edited = [each for each in editions if each.edited_at and each.edited_at >= since]
    findings = (
        *(Finding(verdict=Verdict.GREEN, says=_edited(world, each), since=each.edited_at) for each in edited[:NAMED]),
        *_skipped(editions),
        *_review(world, editions),
        *_unused(world, editions),
    )
    if not findings:
        findings = (Finding(verdict=Verdict.GREEN, says="Nothing was changed, and no step was left out"),)
    return Seen(findings=findings).evidence(NAME, world, until=now)


def _edited(world: World, edition: Edition) -> str:
    assert edition.edited_at
    return f"{edition.title} was changed {when(edition.edited_at, world.clock.now(), world.organisation.timezone)}"


def _skipped(editions: Sequence[Edition]) -> Iterator[Finding]:
    """What people leave out may not belong there."""
    for each in [edition for edition in editions if edition.skipped][:NAMED]:
        steps = list(each.skipped.items())[:2]
        said = "; ".join(
            f"{excerpt(text, most=60)}{f' ({excerpt(why, most=60)})' if why else ''}" for text, why in steps
        )
        more = f" and {count(len(each.skipped) - 2)} more" if len(each.skipped) > 2 else ""
        yield Finding(verdict=Verdict.GREEN, says=f"Left out of {each.title}: {said}{more}")


def _review(world: World, editions: Sequence[Edition]) -> Iterator[Finding]:
    today = world.clock.now().astimezone(world.organisation.timezone).date()
    late = [each for each in editions if each.review_by and each.review_by < today]
    if late:
        yield Finding(verdict=Verdict.AMBER, says=f"To be looked over: {_names(late)}")


def _unused(world: World, editions: Sequence[Edition]) -> Iterator[Finding]:
    """What nobody has practised may not work any more."""
    unused = [each for each in editions if is_unused(each, world)]
    if unused:
        yield Finding(verdict=Verdict.GREEN, says=f"Not run for {UNUSED.days} days: {_names(unused)}")


def is_unused(edition: Edition, world: World) -> bool:
    """Whether nobody ran a playbook for so long, though it was there."""
    return world.clock.now() - (edition.exercised_at or edition.known_since) > UNUSED


def _names(editions: Sequence[Edition]) -> str:
    more = f" and {count(len(editions) - NAMED)} more" if len(editions) > NAMED else ""
    return f"{', '.join(each.name for each in editions[:NAMED])}{more}"
