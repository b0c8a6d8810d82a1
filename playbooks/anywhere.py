"""What the bot does by itself that is about no incident: each has an errand of its step's own name, which ends it."""

from collections.abc import Callable, Mapping

from bot.domain.config_backup import BackUpConfiguration
from bot.domain.handoff import SendTestAlert, alert_of
from bot.domain.owed import ListWhatIsDue
from bot.domain.playbook import Step
from bot.domain.run import State
from playbooks.decision import RunDecision
from playbooks.handing_over import HAND_OVER, hand_over

REMIND = "remind-of-due"
TEST_ALERT = "test-alert"
BACK_UP = "back-up-configuration"

Doing = Callable[[RunDecision], str]
"""Puts the effects; answers why there are none, where there are none."""


def do_anywhere(decision: RunDecision, step: Step) -> None:
    """Do what a step says, in a run that stands alone; what cannot be done is left to people, with why."""
    assert step.auto
    if not decision.run.start:
        decision.run.end(step.key, State.SKIPPED, by="", now=decision.now, note="Only outside of incidents.")
        return
    decision.run.undertake(step.key, [step.auto])
    if why := DOINGS[step.auto](decision):
        decision.run.fail(step.auto, reason=why, effect=None)


def _remind(decision: RunDecision) -> str:
    decision.put(ListWhatIsDue(run=decision.run.id))
    return ""


def _test_alert(decision: RunDecision) -> str:
    number = decision.run.id
    decision.put(SendTestAlert(run=number, alert=alert_of(number)))
    return ""


def _back_up(decision: RunDecision) -> str:
    """Where nobody said where, there is nothing to do: that is no trouble of tonight's."""
    run = decision.run
    if decision.organisation.config_backup is None:
        for step in [each for each in run.open_steps() if each.auto == BACK_UP]:
            run.end(step.key, State.SKIPPED, by="", now=decision.now, note="opsbot.yaml has no config_backup")
        return ""
    decision.put(BackUpConfiguration(run=run.id, at=decision.now))
    return ""


DOINGS: Mapping[str, Doing] = {
    HAND_OVER: hand_over,
    REMIND: _remind,
    TEST_ALERT: _test_alert,
    BACK_UP: _back_up,
}
"""Every name of `bot.domain.auto_effect.ANYWHERE`."""
