"""People who are not members of the workspace (any more) have no role: it becomes vacant, and is offered."""

from collections.abc import Iterable

from bot.domain.effect import Receipt
from bot.domain.incident import Duty
from bot.domain.profile import SetProfile
from bot.domain.timeline import Happening
from bot.store.unit_of_work import UnitOfWork
from playbooks.deciding import Deciding
from playbooks.decision import Decision
from playbooks.escalation import next_response
from playbooks.messages import course

WHY = {
    "deleted": "has left the workspace",
    "stranger": "is not a member of this workspace",
    "bot": "is a bot",
}
"""Why somebody cannot have a role, by their standing in Slack."""


def look_up(decision: Decision, users: Iterable[str]) -> None:
    """Ask Slack whether people are still there; the answer comes to `learn_profile`."""
    for user in dict.fromkeys(users):
        decision.put(SetProfile(user=user))


async def learn_profile(unit: UnitOfWork, deciding: Deciding, effect: SetProfile, receipt: Receipt) -> None:
    """Take the roles of whoever cannot have them, in every incident that is not closed."""
    why = WHY.get(receipt.facts.get("standing", ""))
    if why is None:
        return
    for incident in await unit.incidents.unclosed():
        if effect.user in incident.duties.values():
            async with deciding.within(unit, incident.number) as decision:
                _vacate(decision, effect.user, why)


def _vacate(decision: Decision, user: str, why: str) -> None:
    incident, organisation = decision.incident, decision.organisation
    for duty in [each for each in Duty if incident.duties.get(each) == user]:
        del incident.duties[duty]
        decision.tell(Happening.ROLE, f"{duty}: nobody, because @{user} {why}")
        decision.say(f"post/vacant-{duty}-{incident.version}", course.vacant(incident, duty, user, why, organisation))
    if incident.open and incident.response_due is None:
        incident.response_due = next_response(incident, decision.policy, decision.now)
