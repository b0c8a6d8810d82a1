"""What the evidence advises, in view of what was done for the incident already.

What was done and did not last is advised after what was not tried; what was done and is of no use yet is not advised
again, but what has to follow it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.evidence import Advice, Evidence
from bot.domain.following import Following
from bot.store.unit_of_work import UnitOfWork
from playbooks.changes import CHANGES

SHOWS_AFTER = timedelta(minutes=3)
"""Numbers are so late; before that nobody can say that it did not last."""
TRIED = 0.5
"""What was tried weighs so much of what it would."""


async def in_view_of_changes(unit: UnitOfWork, incident: int, seen: Evidence) -> Evidence:
    """What was seen for an incident, with its advice as it is after what was done."""
    if not any(advice.change for advice in seen.advice):
        return seen
    changes = await unit.changes.of_incident(incident)
    done = [each for each in changes if each.carried_out_at and each.stage.over and each.undone_by is None]
    advice = tuple(each for advice in seen.advice for each in _in_view(advice, done, changes, seen))
    return replace(seen, advice=advice)


def _in_view(advice: Advice, done: Sequence[Change], changes: Sequence[Change], seen: Evidence) -> Iterator[Advice]:
    same = [each for each in done if _is(each, advice.change, advice.target)]
    last = same[-1] if same else None
    if last is None or last.ended_at is None:
        yield advice
    elif left := left_of(last, changes):
        yield _follows(advice, last, left[0])
    elif last.stage is Stage.FAILED or seen.looked_at - last.ended_at > SHOWS_AFTER:
        yield replace(
            advice, says=f"{advice.says} ({last.key} did that, and it did not last)", strength=advice.strength * TRIED
        )
    else:
        yield advice


def left_of(change: Change, changes: Sequence[Change]) -> tuple[Following, ...]:
    """What still has to be asked for after a change, among all of its incident."""
    return tuple(each for each in change.then if each.kind in CHANGES and not _is_taken_up(each, change, changes))


def goes_on(change: Change, changes: Sequence[Change]) -> tuple[Following, ...]:
    """What is left to do of the change that this one follows, if it follows one."""
    for earlier in reversed([each for each in changes if each.number < change.number]):
        if any(_is(change, each.kind, each.target) for each in earlier.then):
            return left_of(earlier, changes)
    return ()


def _is_taken_up(following: Following, last: Change, changes: Sequence[Change]) -> bool:
    """Whether it was done, or is under way."""
    later = (each for each in changes if each.number > last.number and _is(each, following.kind, following.target))
    return any(each.begun_at is not None or not each.stage.over for each in later)


def _is(change: Change, kind: str, target: str) -> bool:
    """Whether a change is of a kind, and aims at something."""
    return change.kind == kind and target in change.parameters.values()


def _follows(advice: Advice, last: Change, following: Following) -> Advice:
    """What has to be asked for next."""
    kind = CHANGES[following.kind]
    says = f"{last.key} is done: {last.outcome} Next: {kind.title.lower()} of {following.target}"
    return replace(advice, says=says, change=following.kind, target=following.target, words=following.words, command="")
