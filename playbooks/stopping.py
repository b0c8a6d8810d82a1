"""What ends a change that is under way, where its kind can be stopped: a person, a freeze, and an incident."""

from bot.domain.change import Change
from bot.organisation import Organisation
from bot.store.unit_of_work import UnitOfWork
from playbooks.changes.kind import URGENT, ChangeKind
from playbooks.gate import frozen


async def why_to_stop(unit: UnitOfWork, change: Change, kind: ChangeKind, organisation: Organisation) -> str:
    """Why it has to end now, as the rest of a sentence; empty when it may go on."""
    if change.stopped_by:
        person = organisation.person_by_slack(change.stopped_by)
        return f"{person.name if person else 'somebody'} stopped it"
    if frozen(change.target, kind, await unit.freezes.all()):
        return "changes were frozen"
    serious = [each for each in await unit.incidents.open() if each.severity in URGENT and not each.drill]
    return f"an incident of {serious[0].severity} severity is open" if serious else ""
