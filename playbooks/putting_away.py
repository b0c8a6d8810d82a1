"""Archives the war room of a closed incident and ends its own call, a moment after it was said that this happens."""

from datetime import timedelta

from bot.domain.bridge import EndBridge
from bot.domain.course import NO_MEETING
from bot.domain.effect import room
from bot.domain.putting_away import ArchiveRoom
from playbooks.decision import Decision
from playbooks.moving import open_another

GRACE = timedelta(minutes=1)
"""How long people can still say something, or reopen it without losing the room."""


async def put_away(decision: Decision) -> None:
    """Have the room archived, and its call ended, and those of what was merged into it; what is to be said is said before."""
    merged = [await decision.unit.incidents.get(number) for number in decision.incident.merged]
    for incident in (decision.incident, *filter(None, merged)):
        of = "" if incident is decision.incident else f"/{incident.number}"
        if incident.meeting not in {"", NO_MEETING}:
            end = EndBridge(incident=incident.number, meeting=incident.meeting)
            await decision.unit.outbox.put(end, key=_key(decision, "bridge") + of, at=decision.now + GRACE)
        if "card" in incident.shown and not incident.room_lost:
            archive = ArchiveRoom(place=room(incident.number))
            await decision.unit.outbox.put(archive, key=_key(decision, "archive") + of, at=decision.now + GRACE)


async def stay(decision: Decision) -> None:
    """Keep the room and the call, if that is not too late: the incident goes on."""
    for what in ("archive", "bridge"):
        await decision.unit.outbox.withdraw(_key(decision, what, ago=1))


async def archived(decision: Decision, channel: str) -> None:
    """The room is archived, which a bot cannot undo; if it was reopened at that moment, it gets another."""
    incident = decision.incident
    if channel != incident.room:
        return
    incident.room_lost = "was archived when it was closed"
    if incident.open:
        company = (*incident.duties.values(), *incident.invited, *incident.members)
        await open_another(decision, company=tuple(dict.fromkeys(company)))


def _key(decision: Decision, what: str, *, ago: int = 0) -> str:
    """A room is put away once in each round of its incident; `ago` counts rounds back."""
    return f"room/{decision.incident.number}/{what}/{decision.incident.round - ago}"
