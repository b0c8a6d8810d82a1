"""What always holds of an incident, whatever happened to it; each function fails when it does not."""

from datetime import datetime, timedelta

from bot.domain.incident import Incident, Status
from bot.domain.run import Run, State
from bot.organisation import SeverityPolicy
from playbooks.due_now import due_now

LONGEST_SNOOZE = timedelta(minutes=30)


def moves_only_forward(before: Incident, after: Incident) -> None:
    assert after.status.rank >= before.status.rank
    assert (after.resolved_at is not None) is (not after.open)
    assert (after.closed_at is not None) is (after.status is Status.CLOSED)


def an_acknowledger_left_it_with_a_commander(incident: Incident) -> None:
    """Unless nobody here knows them; and nothing escalates once somebody has acknowledged and somebody commands."""
    assert incident.commander or not incident.acknowledged_by
    assert incident.response_due is None or not incident.answered


def the_next_update_lies_ahead(incident: Incident, policy: SeverityPolicy, now: datetime) -> None:
    """An open incident is never without its next reminder, and that is never further away than it should be."""
    if not incident.open:
        assert incident.update_due is None
        return
    assert incident.update_due
    assert now < incident.update_due
    assert incident.update_due - now <= max(policy.update_due(now) - now, LONGEST_SNOOZE) + timedelta(minutes=1)


def nothing_of_the_past_is_left_to_do(incident: Incident, now: datetime) -> None:
    assert incident.next_due is None or incident.next_due > now


def one_due_message_and_never_for_nothing(incident: Incident, run: Run, policy: SeverityPolicy, now: datetime) -> None:
    """What is due is shown, or will be as soon as the room may be spoken to again."""
    due = due_now(incident, run, policy, now)
    shown = {name for name in incident.shown if name.startswith("due/")}
    assert shown == ({f"due/{incident.due_message}"} if incident.due_message else set())
    assert due or not incident.due_message
    assert not due or incident.due_message or incident.notify_at or "card" not in incident.shown


def the_room_is_left_in_peace(before: Incident, after: Incident, gap: timedelta) -> None:
    """Between two messages of the bot's own lies the gap."""
    if before.posted_at and after.posted_at and before.due_messages + 1 == after.due_messages:
        assert after.posted_at - before.posted_at >= gap


def every_step_of_the_bots_ended_or_failed_or_waits(run: Run) -> None:
    for step in (step for phase in run.phases for step in phase.steps if step.auto):
        progress = run.progress(step.key)
        assert progress.state.ended or progress.awaits, step.key
        assert (progress.state is State.FAILED) is bool(progress.buried), step.key
