"""What is due about an incident right now: an update, an answer, late steps, the end of a watch, troubles."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import Incident, Status
from bot.domain.playbook import Fact, Phase, Step
from bot.domain.run import Run
from bot.domain.trouble import Trouble
from bot.organisation import SeverityPolicy


@dataclass(frozen=True, kw_only=True)
class Late:
    """A step that is open longer than its phase's window."""

    step: Step
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Due:
    """All that is due, each with the moment since when; falsy when there is nothing."""

    update: datetime | None = None
    """Somebody should post a status update."""
    response: datetime | None = None
    """Nobody has acknowledged, or nobody commands."""
    report: datetime | None = None
    """The report is owed."""
    late: tuple[Late, ...] = ()
    watched: datetime | None = None
    """The watch over the fix has ended: it can be resolved."""
    troubles: tuple[Trouble, ...] = ()

    def __bool__(self) -> bool:
        return any((self.update, self.response, self.report, self.late, self.watched, self.troubles))


def due_now(incident: Incident, run: Run, policy: SeverityPolicy, now: datetime) -> Due:
    """What the "due now" message of an incident says at this moment."""
    if incident.status is Status.CLOSED:
        return Due()
    late = late_steps(run, now)
    if not incident.open:
        report = incident.report_asked
        late = tuple(each for each in late if not (report and each.step.done_when is Fact.REPORTED))
        return Due(report=report, late=late, troubles=incident.troubles)
    return Due(
        update=incident.update_asked,
        response=_unanswered_since(incident, policy, now),
        late=late,
        watched=incident.watched_at,
        troubles=incident.troubles,
    )


def late_steps(run: Run, now: datetime) -> tuple[Late, ...]:
    """The open steps whose time is over, in the order of the playbook."""
    return tuple(
        Late(step=step, since=since)
        for phase, since in _boxes(run)
        if since <= now
        for step in phase.steps
        if not run.progress(step.key).state.ended
    )


def next_late(incident: Incident, run: Run, now: datetime) -> datetime | None:
    """When the next open step runs out of its window."""
    return None if incident.status is Status.CLOSED else next_box(run, now)


def next_box(run: Run, now: datetime) -> datetime | None:
    """When the next time box ends in which steps are open."""
    boxes = (since for phase, since in _boxes(run) if since > now and not run.ended(phase))
    return min(boxes, default=None)


def _boxes(run: Run) -> list[tuple[Phase, datetime]]:
    """The open phases with a time box, and when it ends."""
    ends = ((phase, run.late_from(phase)) for phase in run.phases)
    return [(phase, end) for phase, end in ends if end]


def _unanswered_since(incident: Incident, policy: SeverityPolicy, now: datetime) -> datetime | None:
    deadline = policy.response_due(incident.severity_since)
    return deadline if not incident.answered and deadline <= now else None
