"""Lets traffic follow the latest revision again, where that is the one that serves: users notice nothing.

Anything else would be a deployment, and is refused here; source: the actions' CR-05.
"""

from datetime import datetime

from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from playbooks.changes.finalize import is_its_own_template, the_one_that_serves
from playbooks.changes.kind import Asked, ChangeKind, Done, Parameters, Verified
from playbooks.changes.service_words import SERVICE, WHICH_SERVICE, only_service, service_of
from playbooks.changes.traffic_shift import all_to_latest, pinned_again, shares_in, shift, target_of, written
from playbooks.evidence.deployed import deployed, region_of
from playbooks.evidence.figure import short
from playbooks.hands import Hands
from playbooks.world import World

NAME = "to-latest"
COMMAND = "/ops to-latest"


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    del asked
    service = service_of(parameters, world.organisation)
    stands = await deployed(world, service)
    serving = the_one_that_serves(service, stands)
    name, region = short(serving.name, service.cloud_name), region_of(service)
    if not is_its_own_template(stands.cloud, serving):
        newest = short(stands.cloud.latest_created, service.cloud_name)
        raise Refused(
            f"The latest revision of {service.title} is {newest}, and {name} serves. To keep {name}: ",
            Code(text=f"/rollback finalize {service.key}"),
            ".",
        )
    return Plan(
        kind=NAME,
        target=f"service/{service.key}",
        title=f"Unpin {service.title}",
        before=f"pinned to {name}",
        after=f"follows the latest revision, which is {name}",
        risk=Risk.SAFE,
        because=("the same revision serves before and after",),
        blast="Nobody: the same instances go on.",
        undo=f"Pinned to {name} again.",
        command=f"gcloud run services update-traffic {service.cloud_name} --region {region} --to-latest",
        fingerprint=stands.cloud.etag,
        wanted={
            "name": service.cloud_name,
            "region": region,
            SERVICE: service.key,
            "revision": serving.name,
            "traffic": written(all_to_latest(stands.cloud)),
        },
        nothing_to_do="" if stands.cloud.pinned else f"Traffic of {service.title} follows the latest revision already.",
    )


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    await shift(hands, target_of(plan), shares_in(plan), attempt, etag=plan.fingerprint)
    return Done(says="Later deployments get traffic again.")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del since
    service = service_of({SERVICE: str(plan.wanted[SERVICE])}, world.organisation)
    stands = await deployed(world, service)
    names = [each.name for each in stands.serving]
    if names == [str(plan.wanted["revision"])] and not stands.cloud.pinned:
        return Verified(helped=True, found=(f"{short(names[0], service.cloud_name)} still gets 100 % of the traffic",))
    return Verified(helped=False, found=(f"{', '.join(names)} gets the traffic now",))


TO_LATEST = ChangeKind(
    name=NAME,
    title="Unpin",
    sentence="Lets traffic follow the latest revision again, where that is the one that serves.",
    command=COMMAND,
    asks=(WHICH_SERVICE,),
    read=only_service(COMMAND),
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=pinned_again,
)
