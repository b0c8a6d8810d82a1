"""The account of simulated days: what started, what was told as missed, and who was reminded how often; sentences are wrongs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.effect import channel, direct
from bot.domain.handoff import ACCEPTED_WITHIN, ESCALATED_AFTER
from bot.domain.limit import POSTS_OF_A_CHANNEL
from bot.domain.run import Run
from playbooks.handing_over import accepting
from tests.almanac import Entry
from tests.as_text import message_text
from tests.replica import Street
from tests.simulation import Course, Outage, Simulation, pairs
from tests.war_room import ANA

ON_TIME = timedelta(minutes=2)
PROMPT = timedelta(seconds=10)
"""How late something starts or is told at most while a leader is lost: what is in doubt is looked at a second later."""

Claimed = Mapping[tuple[str, datetime], int | None]
"""The run of each slot, by playbook and moment; None if it was missed."""


async def wrongs(of: Simulation) -> list[str]:
    """All that is not as it should be; nothing, if every slot is accounted for and nobody was told twice."""
    slots, runs, course = await of.slots(), await of.runs(), of.course
    claimed = {(slot.playbook, slot.at): run for slot, run in slots}
    expected = {(entry.playbook, at): entry for entry, at in pairs(course)}
    return [
        *(f"{name} at {at} was not claimed" for name, at in expected.keys() - claimed.keys()),
        *(f"{name} at {at} should not be" for name, at in claimed.keys() - expected.keys()),
        *(f"{slot} was posted twice" for slot in of.street.doubled),
        *_wrong_starts({key: claimed.get(key) for key in expected}, expected, runs, course),
        *_wrong_runs(claimed, runs),
        *_untold(claimed, course, of.street),
        *_wrong_handoffs(runs.values(), of.street, course),
        *_too_fast(of.street),
    ]


def outage_at(course: Course, at: datetime) -> Outage | None:
    """The outage in which a moment was missed."""
    return next((each for each in course.outages if each.begin < at <= each.end), None)


def _made_up_for(entry: Entry, at: datetime, course: Course) -> bool:
    """Whether a slot within an outage is the last one of its playbook, and still starts when the outage is over."""
    outage = outage_at(course, at)
    assert outage
    last = entry.moments(outage.begin, outage.end, course.days_off)[-1]
    return at == last and outage.end - at <= max(entry.grace, ON_TIME)


def _wrong_starts(
    claimed: Claimed, expected: Mapping[tuple[str, datetime], Entry], runs: Mapping[int, Run], course: Course
) -> Iterator[str]:
    for (name, at), number in claimed.items():
        outage = outage_at(course, at)
        starts = outage is None or _made_up_for(expected[name, at], at, course)
        if starts != (number is not None):
            yield f"{name} at {at} should {'' if starts else 'not '}have started"
        if number is None or not starts:
            continue
        run, due = runs[number], outage.end if outage else at
        if not due <= run.started_at <= due + PROMPT:
            yield f"{name} at {at} started at {run.started_at}"
        assert run.start
        assert run.start.sheet
        if run.start.sheet.late != (run.started_at - run.start.sheet.due > ON_TIME):
            yield f"{name} at {at} says wrongly whether it is late"


def _wrong_runs(claimed: Claimed, runs: Mapping[int, Run]) -> Iterator[str]:
    """Runs that nothing started, and those of several slots that do not belong together."""
    moments: dict[int, set[datetime]] = defaultdict(set)
    for (_, at), number in claimed.items():
        if number is not None:
            moments[number].add(at)
    yield from (f"run {number} has no slot" for number in runs.keys() - moments.keys())
    yield from (f"run {number} is of several minutes" for number, at in moments.items() if len(at) > 1)


def _untold(claimed: Claimed, course: Course, street: Street) -> Iterator[str]:
    """What was missed is told once for each playbook and outage: in #alerts and to whoever is on call."""
    places = (channel("#alerts"), direct(ANA))
    wanted: Counter[tuple[str, str]] = Counter()
    for entry in course.entries:
        for outage in course.outages:
            moments = entry.moments(outage.begin, outage.end, course.days_off)
            if any(claimed.get((entry.playbook, at)) is None for at in moments):
                wanted.update((entry.playbook, place) for place in places)
    told = Counter(
        (entry, place)
        for place in places
        for slot in street.posts
        if slot.startswith("missed/") and slot.endswith(place)
        for entry in {each.playbook for each in course.entries}
        if f"`/ops check {entry}`" in message_text(street.messages[slot])
    )
    yield from (f"{name} was not told in {place}" for name, place in wanted - told)
    yield from (f"{name} should not be told in {place}" for name, place in told - wanted)
    yield from (f"{slot} is an alarm of the watch" for slot in street.posts if slot.startswith("watch/"))


def _wrong_handoffs(runs: Iterable[Run], street: Street, course: Course) -> Iterator[str]:
    """Nobody accepts any: the incoming person is asked again once, then the outgoing one and the owner are told once."""
    for run in runs:
        handoff = run.handoff
        if handoff is None or accepting(run) is None:
            continue
        for name, after in (("nudge", ACCEPTED_WITHIN), ("escalated", ACCEPTED_WITHIN + ESCALATED_AFTER)):
            due = handoff.since + after
            outage = outage_at(course, due)
            due = outage.end if outage else due
            told = [slot for slot in street.posts if slot.startswith(f"run/{run.id}/handoff/{name}/")]
            if due + PROMPT < course.end and not told:
                yield f"{run.key} told nobody: {name}"
            yield from (f"{slot} came at {street.at[slot]}" for slot in told if not _soon(street.at[slot], due, course))


def _soon(at: datetime, due: datetime, course: Course) -> bool:
    """An escalation counts from when the nudge was made, which an outage may have put off."""
    put_off = max((each.end - each.begin for each in course.outages), default=timedelta())
    return due <= at <= due + put_off + PROMPT


def _too_fast(street: Street) -> Iterator[str]:
    """Slack takes one message a second of a channel, and a few at once."""
    posted: dict[str, list[datetime]] = defaultdict(list)
    for slot in street.posts:
        posted[street.where[slot]].append(street.at[slot])
    for place, moments in posted.items():
        yield from (f"{place} got too many messages at {at}" for at in crowded(moments))


def crowded(moments: Sequence[datetime], burst: int = POSTS_OF_A_CHANNEL.burst) -> Iterator[datetime]:
    """When more came than one a second and a few at once."""
    for first, at in zip(moments, moments[burst:], strict=False):
        if at - first < timedelta(seconds=1):
            yield at
