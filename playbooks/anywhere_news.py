"""What came of what the bot did by itself, about no incident: its step ends, or is left to people with why."""

from collections.abc import Mapping

from bot.domain.config_backup import BackUpConfiguration
from bot.domain.effect import Effect, Receipt
from bot.domain.handoff import LookWhoHandsOver, SendTestAlert
from bot.domain.owed import ListWhatIsDue
from bot.domain.run import RunKey
from bot.store.unit_of_work import UnitOfWork
from playbooks.anywhere import BACK_UP, REMIND, TEST_ALERT
from playbooks.deciding import Deciding
from playbooks.decision import RunDecision
from playbooks.due_lists import send_lists
from playbooks.handing_over import HAND_OVER, learn_who

ERRANDS: Mapping[type[Effect], str] = {
    LookWhoHandsOver: HAND_OVER,
    SendTestAlert: TEST_ALERT,
    BackUpConfiguration: BACK_UP,
    ListWhatIsDue: REMIND,
}


async def learn_anywhere(unit: UnitOfWork, deciding: Deciding, effect: Effect, receipt: Receipt) -> None:
    """What came of it."""
    match effect:
        case LookWhoHandsOver():
            async with deciding.within_run(unit, RunKey(run=effect.run)) as decision:
                learn_who(decision, receipt)
        case SendTestAlert():
            async with deciding.within_run(unit, RunKey(run=effect.run)) as decision:
                _alerted(decision, receipt)
        case BackUpConfiguration():
            async with deciding.within_run(unit, RunKey(run=effect.run)) as decision:
                _done(decision, BACK_UP, receipt)
        case ListWhatIsDue():
            async with deciding.within_run(unit, RunKey(run=effect.run)) as decision:
                await send_lists(decision, receipt)
        case _:
            pass


async def failed_anywhere(unit: UnitOfWork, deciding: Deciding, effect: Effect, serial: int, reason: str) -> None:
    """It could not be carried out: people do it, or have it tried again."""
    match effect:
        case LookWhoHandsOver() | SendTestAlert() | BackUpConfiguration() | ListWhatIsDue():
            async with deciding.within_run(unit, RunKey(run=effect.run)) as decision:
                decision.run.fail(ERRANDS[type(effect)], reason=reason, effect=serial)
        case _:
            pass


def _alerted(decision: RunDecision, receipt: Receipt) -> None:
    if why := receipt.facts.get("why"):
        decision.run.fail(TEST_ALERT, reason=why, effect=None)
        return
    _done(decision, TEST_ALERT, receipt)


def _done(decision: RunDecision, errand: str, receipt: Receipt) -> None:
    for step in decision.run.accomplish(errand, decision.now):
        decision.run.explain(step.key, receipt.facts.get("says", ""))
