"""People who are not members of the workspace (any more) have no role: it becomes vacant, and is offered."""

from collections.abc import Iterable, Mapping

from bot.domain.effect import Receipt
from bot.domain.home import PublishHome
from bot.domain.incident import Duty
from bot.domain.profile import SetProfile, Standing
from bot.domain.timeline import Happening
from bot.store.unit_of_work import UnitOfWork
from playbooks.deciding import Deciding
from playbooks.decision import Decision
from playbooks.escalation import next_response
from playbooks.home_news import LATELY
from playbooks.messages import course

WHY: Mapping[Standing, str] = {
    Standing.DELETED: "has left the workspace",
    Standing.STRANGER: "is not a member of this workspace",
    Standing.BOT: "is a bot",
    Standing.GUEST: "is a guest, and guests do nothing here",
}
"""Why somebody cannot have a role, by their standing in Slack."""


def look_up(decision: Decision, users: Iterable[str]) -> None:
    """Ask Slack whether people are still there; the answer comes to `learn_profile`."""
    for user in dict.fromkeys(users):
        decision.put(SetProfile(user=user))


async def learn_profile(unit: UnitOfWork, deciding: Deciding, effect: SetProfile, receipt: Receipt) -> None:
    """Keep how somebody belongs to the workspace, and take the roles of whoever cannot have them."""
    standing = Standing(receipt.facts["standing"])
    await _remember(unit, effect.user, standing)
    why = WHY.get(standing)
    if why is None:
        return
    for incident in await unit.incidents.unclosed():
        if effect.user in incident.duties.values():
            async with deciding.within(unit, incident.number) as decision:
                _vacate(decision, effect.user, why)


async def _remember(unit: UnitOfWork, user: str, standing: Standing) -> None:
    """Somebody who has their Home open sees what has become of it."""
    before = await unit.people.find(user)
    await unit.people.keep(user, standing)
    if (before is None or before.standing is not standing) and user in await unit.homes.opened_since(unit.now - LATELY):
        await unit.outbox.put(PublishHome(user=user))


def _vacate(decision: Decision, user: str, why: str) -> None:
    incident, organisation = decision.incident, decision.organisation
    for duty in [each for each in Duty if incident.duties.get(each) == user]:
        del incident.duties[duty]
        decision.tell(Happening.ROLE, f"{duty}: nobody, because @{user} {why}")
        decision.say(f"post/vacant-{duty}-{incident.version}", course.vacant(incident, duty, user, why, organisation))
    if incident.open and incident.response_due is None:
        incident.response_due = next_response(incident, decision.policy, decision.now)
