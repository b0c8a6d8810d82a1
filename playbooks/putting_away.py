"""Archives the war room of a closed incident, a moment after it was said that this happens."""

from datetime import timedelta

from bot.domain.effect import room
from bot.domain.putting_away import ArchiveRoom
from playbooks.decision import Decision
from playbooks.moving import open_another

GRACE = timedelta(minutes=1)
"""How long people can still say something, or reopen it without losing the room."""


async def put_away(decision: Decision) -> None:
    """Have the room archived; what is still to be said in it is said before."""
    if "card" in decision.incident.shown and not decision.incident.room_lost:
        place = room(decision.incident.number)
        await decision.unit.outbox.put(ArchiveRoom(place=place), key=_key(decision), at=decision.now + GRACE)


async def stay(decision: Decision) -> None:
    """Keep the room, if it was not archived yet: the incident goes on."""
    await decision.unit.outbox.withdraw(_key(decision, ago=1))


async def archived(decision: Decision, channel: str) -> None:
    """The room is archived, which a bot cannot undo; if it was reopened at that moment, it gets another."""
    incident = decision.incident
    if channel != incident.room:
        return
    incident.room_lost = "was archived when it was closed"
    if incident.open:
        company = (*incident.duties.values(), *incident.invited, *incident.members)
        await open_another(decision, company=tuple(dict.fromkeys(company)))


def _key(decision: Decision, *, ago: int = 0) -> str:
    """A room is put away once in each round of its incident; `ago` counts rounds back."""
    return f"room/{decision.incident.number}/archive/{decision.incident.round - ago}"
