"""Sets off what an operator declared, once, and follows it to its end.

What is set off carries the mark of its plan. Where nobody knows whether an earlier attempt did it, the platform is asked
for the mark; it is set off again only when its operator says that twice does no harm.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from bot.domain.declared_change import Errand, Hook, Job, Means, Telling, Workflow
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Waiting
from bot.domain.plan import Plan, Wanted
from playbooks.changes.kind import Done
from playbooks.hands import Hands, held
from playbooks.world import Outside

LONGEST_MARK = 16
SET_OFF = "set_off"
SHOWN_WITHIN = timedelta(minutes=3)
"""After so long, what was set off is shown by the platform, or never was."""
SOON = 10.0


def wanted_of(means: Means) -> Mapping[str, Wanted]:
    """What is to be set off, as plain data."""
    match means:
        case Workflow():
            return {"workflow": means.file, "repository": means.repository, "ref": means.ref}
        case Job():
            return {"job": means.name, "region": means.region}
        case Hook():
            return {"url": means.url}


async def run(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    """Returns when it has succeeded; raises until then, see `ChangeKind.carry_out`."""
    if "url" in plan.wanted:
        return await _tell(hands, plan, attempt)
    found = await _found(hands, plan, attempt)
    if found is None:
        return await _set_off(hands, plan, attempt)
    if not found.done:
        raise Waiting(f"It is still running: {found.url}", after=SOON, note={SET_OFF: "yes"})
    if found.failure:
        raise GiveUp(f"It ended with {found.failure}: {found.url}")
    return Done(says=f"It has succeeded: {found.url}")


async def _tell(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    """A webhook's receiver cannot be asked what it has heard."""
    url = str(plan.wanted["url"])
    if attempt.look and not _repeatable(plan):
        raise GiveUp(f"Nobody knows whether {url} was told: look there before you ask again")
    telling = Telling(name=str(plan.wanted["name"]), mark=mark_of(plan), parameters=_values(plan))
    await held(hands.hooks, Outside.HOOKS).tell(url, telling)
    return Done(says=f"{url} was told.")


async def _found(hands: Hands, plan: Plan, attempt: Attempt) -> Errand | None:
    wanted, mark = plan.wanted, mark_of(plan)
    if "workflow" in wanted:
        workflows = held(hands.workflows, Outside.CODE)
        return await workflows.find(
            str(wanted["repository"]), str(wanted["workflow"]), mark=mark, since=attempt.first_at - SHOWN_WITHIN
        )
    jobs = held(hands.jobs, Outside.SERVICES)
    return await jobs.find(str(wanted["job"]), str(wanted["region"]), mark=mark)


async def _set_off(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    wanted, mark = plan.wanted, mark_of(plan)
    may_have_been = SET_OFF in attempt.note or attempt.look
    if may_have_been and hands.world.clock.now() < attempt.first_at + SHOWN_WITHIN:
        raise Waiting("It has been set off, and is not shown yet.", after=SOON, note=attempt.note)
    if may_have_been and not _repeatable(plan):
        raise GiveUp("Nobody knows whether it was set off, and it is not shown: look there before you ask again")
    if "workflow" in wanted:
        await held(hands.workflows, Outside.CODE).dispatch(
            str(wanted["repository"]),
            str(wanted["workflow"]),
            ref=str(wanted["ref"]),
            mark=mark,
            inputs=_values(plan),
        )
    else:
        await held(hands.jobs, Outside.SERVICES).run(
            str(wanted["job"]), str(wanted["region"]), mark=mark, variables=_values(plan)
        )
    raise Waiting("It has been set off.", after=SOON, note={SET_OFF: "yes"})


def mark_of(plan: Plan) -> str:
    """Tells what was set off for this plan from everything else."""
    return plan.digest[:LONGEST_MARK]


def _values(plan: Plan) -> Mapping[str, str]:
    return cast(Mapping[str, str], plan.wanted["parameters"])


def _repeatable(plan: Plan) -> bool:
    return plan.wanted["repeatable"] is True
