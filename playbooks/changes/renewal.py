"""A new revision of a service, made from the one that serves: what restarts, new limits and variables have in common.

Never from the service's own template: after a rollback that holds the bad image (facts 1 and 2 of the actions).
"""

from dataclasses import replace

from bot.domain.cloud_service import Condition, Revision
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Waiting
from bot.domain.plan import Plan
from bot.domain.template_edit import TemplateEdit
from playbooks.changes.traffic_shift import OPERATION, SOON, otherwise, settled, target_of
from playbooks.hands import Hands, held
from playbooks.world import Outside, World, reached

MADE_BY = "opsbot.dev/plan"
"""The annotation by which a revision tells which plan it was made for."""
LONGEST_MARK = 16


async def renewed(hands: Hands, plan: Plan, attempt: Attempt, *, base: str, edit: TemplateEdit) -> Revision:
    """Returns the plan's own revision once it is ready; until then it raises, see `ChangeKind.carry_out`.

    It gets traffic by itself where traffic follows the latest one, and none where it is pinned.
    """
    target, services = target_of(plan), reached(hands.world.services, Outside.SERVICES)
    made = await made_for(hands.world, plan)
    stands = await services.service(target.name, target.region)
    if made and made.condition is Condition.READY and not stands.reconciling:
        return made
    if made and made.condition is Condition.FAILED:
        raise GiveUp(f"{made.name} did not start, and traffic stays where it was: {made.says or made.reason}")
    await settled(held(hands.services, Outside.SERVICES), stands, attempt)
    if made:
        raise Waiting("The new revision is still starting.", after=SOON)
    if stands.etag != plan.fingerprint:
        raise otherwise(stands, attempt)
    marked = replace(edit, annotations={**edit.annotations, MADE_BY: mark_of(plan)})
    operation = await held(hands.services, Outside.SERVICES).make_revision(
        target.name, target.region, base=base, edit=marked, etag=stands.etag
    )
    raise Waiting("Cloud Run has been asked for a new revision.", after=SOON, note={OPERATION: operation})


async def made_for(world: World, plan: Plan) -> Revision | None:
    """The revision that was made for a plan, if it was made already."""
    target = target_of(plan)
    revisions = await reached(world.services, Outside.SERVICES).revisions(target.name, target.region)
    return next((each for each in revisions if each.annotations.get(MADE_BY) == mark_of(plan)), None)


def mark_of(plan: Plan) -> str:
    """What tells a revision that was made for this plan."""
    return plan.digest[:LONGEST_MARK]
