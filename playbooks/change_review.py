"""An incident is closed only when all that was done alone in it has been reviewed by somebody else."""

from playbooks.decision import Decision
from playbooks.messages.change_told import unreviewed


async def refuse_unreviewed(decision: Decision) -> None:
    """Refused while something was done alone and nobody else has looked at it."""
    changes = await decision.unit.changes.of_incident(decision.incident.number)
    if waiting := [each for each in changes if each.awaits_review]:
        raise unreviewed(waiting)
