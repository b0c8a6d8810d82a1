"""Ends a rollback: the next deployment gets traffic again, and nothing is made of the bad image any more.

A rollback leaves the bad image in the service's template and the traffic pinned. Here a new revision is made from the
good one, and traffic follows the latest again; source: the actions' facts 1 and 2, and CR-07b.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain.cloud_service import CloudService, Revision
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused
from bot.domain.plan import Plan, Risk
from bot.domain.template_edit import TemplateEdit
from bot.organisation import Service
from playbooks.changes.kind import Asked, ChangeKind, Done, Parameters, Verified
from playbooks.changes.renewal import made_for, renewed
from playbooks.changes.served_well import served_well
from playbooks.changes.service_words import SERVICE, WHICH_SERVICE, only_service, service_of
from playbooks.changes.shipment import shipping, to_production
from playbooks.changes.traffic_shift import all_to_latest, pinned_again, shift, target_of
from playbooks.changes.undone import commit_of
from playbooks.evidence.deployed import Deployed, deployed, region_of
from playbooks.evidence.figure import short
from playbooks.hands import Hands
from playbooks.world import World

NAME = "finalize"
COMMAND = "/rollback finalize"
BASE = "opsbot.dev/baseline-of"
ALL = 100


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    del asked
    service = service_of(parameters, world.organisation)
    stands = await deployed(world, service)
    serving = the_one_that_serves(service, stands)
    name = short(serving.name, service.cloud_name)
    clean = is_its_own_template(stands.cloud, serving)
    return Plan(
        kind=NAME,
        target=f"service/{service.key}",
        title=f"Finalize the rollback of {service.title}",
        before=f"pinned to {name}; the template is that of {short(stands.cloud.latest_created, service.cloud_name)}",
        after=f"a new revision like {name} gets all traffic, and later deployments do",
        risk=Risk.DISRUPTIVE,
        because=("all instances are started anew",),
        differences=tuple(_differences(service, stands, serving)),
        blast=f"Everybody who uses {service.title}: new instances start, with the code that serves now.",
        undo=f"All traffic back to {name}, pinned.",
        warnings=("Deploy the fix only after this: until then new deployments get no traffic.",),
        command=_command(service, serving),
        fingerprint=stands.cloud.etag,
        wanted={
            "name": service.cloud_name,
            "region": region_of(service),
            SERVICE: service.key,
            "revision": serving.name,
            **shipping(service, await commit_of(world, service, serving)),
        },
        nothing_to_do=f"{service.title} takes new deployments already; nothing is pinned."
        if clean and not stands.cloud.pinned
        else "",
    )


def the_one_that_serves(service: Service, stands: Deployed) -> Revision:
    """The revision with all the traffic; refused when Cloud Run is still at work, or several share the traffic."""
    if stands.cloud.reconciling:
        raise Refused(f"Cloud Run is still changing {service.title}; ask again in a moment.")
    if len(stands.serving) != 1:
        shares = ", ".join(f"{short(each.name, service.cloud_name)} {stands.share(each)} %" for each in stands.serving)
        raise Refused(f"Several revisions of {service.title} share its traffic ({shares}); choose one with /rollback.")
    return stands.serving[0]


def is_its_own_template(cloud: CloudService, serving: Revision) -> bool:
    """Whether the next revision would be made of what serves."""
    return cloud.latest_created == cloud.latest_ready == serving.name


def _differences(service: Service, stands: Deployed, serving: Revision) -> Iterator[str]:
    newest = stands.latest
    if newest and newest.image != serving.image:
        yield f"the template's image becomes that of {short(serving.name, service.cloud_name)}"
    yield "traffic follows the latest revision"


def _command(service: Service, serving: Revision) -> str:
    where = f"{service.cloud_name} --region {region_of(service)}"
    return (
        f"gcloud run services update {where} --image {serving.image} && "
        f"gcloud run services update-traffic {where} --to-latest"
    )


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    base = str(plan.wanted["revision"])
    made = await renewed(hands, plan, attempt, base=base, edit=TemplateEdit(annotations={BASE: base}))
    service = service_of({SERVICE: str(plan.wanted[SERVICE])}, hands.world.organisation)
    stands = (await deployed(hands.world, service)).cloud
    if stands.latest_ready != made.name:
        raise GiveUp(f"{stands.latest_ready} was deployed meanwhile, so traffic was left where it is")
    await shift(hands, target_of(plan), all_to_latest(stands), attempt, etag=None)
    return Done(says=f"{short(made.name, service.cloud_name)} gets all traffic, and so do later deployments.")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    service = service_of({SERVICE: str(plan.wanted[SERVICE])}, world.organisation)
    made = await made_for(world, plan)
    return (
        await served_well(world, service, made.name, since) if made else Verified(helped=False, found=("it is gone",))
    )


FINALIZE = ChangeKind(
    name=NAME,
    title="Finalize the rollback",
    sentence="Ends a rollback: later deployments get traffic again, and the bad image is nobody's template any more.",
    command=COMMAND,
    asks=(WHICH_SERVICE,),
    read=only_service(COMMAND),
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=pinned_again,
    ships=to_production,
    verify_within=timedelta(minutes=15),
)
