"""What has to follow a change is asked of whoever asked for it, once; from then on it stands on their daily list until it is done."""

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.effect import Post, Priority, direct
from playbooks.change_decision import ChangeDecision, slot_of
from playbooks.changes import CHANGES
from playbooks.messages.change_told import follow_up_owed

SETTLED = frozenset({Stage.VERIFYING, Stage.DONE, Stage.UNCONFIRMED, Stage.NOTHING})
MOST_TIMES = 14
"""Days after which nobody listens any more; the checks of revisions still say it."""


def owe_follow_up(change: Change, decision: ChangeDecision) -> None:
    """A change has been carried out after which another one has to follow."""
    kind = CHANGES.get(change.kind)
    if kind and kind.follow_up:
        change.owe(kind.follow_up, decision.now)


async def ask_for_follow_up(decision: ChangeDecision) -> None:
    """It is due: unless it was done meanwhile, whoever asked for the change is asked for it."""
    change = decision.change
    days = (decision.now - change.requested_at).days
    if await _is_settled(decision) or days > MOST_TIMES:
        change.followed_up()
        return
    change.ask_again(decision.now)
    slot = slot_of(change, "follow-up")
    message = follow_up_owed(change, CHANGES[change.follow_up])
    place = direct(change.requested_by)
    decision.put(Post(place=place, slot=slot, message=message, urgency=Priority.REMINDER), key=slot)


async def _is_settled(decision: ChangeDecision) -> bool:
    """Whether what has to follow was done, the change taken back, or another one took its place."""
    change = decision.change
    later = await decision.unit.changes.later_of(change.target, change.number)
    kinds = {change.follow_up, change.kind}
    return bool(change.undone_by) or any(each.kind in kinds and each.stage in SETTLED for each in later)
