"""What follows when somebody gets a role: a summary if they take over, a way into the room, a look whether they exist."""

from bot.domain.effect import Invite, Priority, direct, room
from bot.domain.incident import Duty
from playbooks.decision import Decision
from playbooks.leavers import look_up
from playbooks.messages import newcomer


def receive(decision: Decision, duty: Duty, user: str, before: str | None, *, by: str) -> None:
    """Whoever takes a duty over, or is given it, is told how things stand; the room is open to them."""
    incident = decision.incident
    look_up(decision, [user])
    if "card" in incident.shown and user not in incident.members and incident.invite([user]):
        decision.put(Invite(place=room(incident.number), users=(user,)))
    if before or user != by:
        message = newcomer.handed_over(
            incident, decision.run, duty, by=by, before=before, organisation=decision.organisation
        )
        name = f"inform/{user}/handover-{duty}-{incident.version}"
        decision.say(name, message, place=direct(user), urgency=Priority.ANSWER)
