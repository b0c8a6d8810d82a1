"""Closes a service to everybody outside, so that what is wrong with it cannot spread; source: the actions' CR-14.

That is an outage on purpose: two people agree, who type the service's name. Opening it again takes one more person.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.effect import Attempt
from bot.domain.errors import Refused, Waiting
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.organisation import Service
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Parameters, Verified
from playbooks.changes.renewed_service import troubles
from playbooks.changes.service_words import SERVICE, WHICH_SERVICE, service_first, service_of
from playbooks.changes.traffic_shift import OPERATION, SOON, otherwise, settled, target_of
from playbooks.evidence.deployed import region_of
from playbooks.hands import Hands, held
from playbooks.mistakes import unknown
from playbooks.world import Outside, World, reached

NAME = "isolate"
INGRESS = "ingress"
ALL, INTERNAL = "all", "internal-only"
OFF = "off"
TELLS = {
    ALL: "open to everybody",
    INTERNAL: "closed to everybody outside",
    "internal-load-balancer": "open to the load balancer",
}


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    service, rest = service_first(words, asked)
    word = " ".join(rest).strip().lower()
    if word not in {"", OFF, *TELLS}:
        raise Refused(
            f"{unknown('word', (OFF,), word)} To open it again: ", Code(text=f"/ops isolate {service} off"), "."
        )
    return {SERVICE: service, INGRESS: INTERNAL if not word else ALL if word == OFF else word}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    del asked
    service, wanted = service_of(parameters, world.organisation), parameters[INGRESS]
    cloud = await reached(world.services, Outside.SERVICES).service(service.cloud_name, region_of(service))
    if cloud.reconciling:
        raise Refused(f"Cloud Run is still changing {service.title}; ask again in a moment.")
    closes = wanted == INTERNAL
    return Plan(
        kind=NAME,
        target=f"service/{service.key}",
        title=f"Close {service.title} to everybody outside" if closes else f"Open {service.title} again",
        before=TELLS.get(cloud.ingress, cloud.ingress),
        after=TELLS[wanted],
        risk=Risk.DESTRUCTIVE if closes else Risk.DISRUPTIVE,
        because=("nobody outside can use it any more",) if closes else ("everybody can use it again",),
        differences=(f"ingress {cloud.ingress} → {wanted}", "no new revision; instances go on"),
        blast=_blast(service) if closes else f"Everybody who uses {service.title}: they come back all at once.",
        undo=f"{TELLS.get(cloud.ingress, cloud.ingress).capitalize()} again, which takes a second person.",
        warnings=(f"Alerts about {service.title} will fire: nobody can reach it to see whether it is well.",)
        if closes
        else (),
        evidence=await troubles(world, service, "error-ratio") if closes else (),
        command=f"gcloud run services update {service.cloud_name} --region {region_of(service)} --ingress "
        + {ALL: "all", INTERNAL: "internal"}.get(wanted, "internal-and-cloud-load-balancing"),
        fingerprint=cloud.etag,
        wanted={
            "name": service.cloud_name,
            "region": region_of(service),
            SERVICE: service.key,
            INGRESS: wanted,
            "back": cloud.ingress,
        },
        nothing_to_do=f"{service.title} is {TELLS[wanted]} already." if cloud.ingress == wanted else "",
    )


def _blast(service: Service) -> str:
    return f"Everybody who uses {service.title} from outside gets an error at once. What runs inside still reaches it."


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    target, wanted = target_of(plan), str(plan.wanted[INGRESS])
    changes = held(hands.services, Outside.SERVICES)
    stands = await reached(hands.world.services, Outside.SERVICES).service(target.name, target.region)
    if stands.ingress == wanted and not stands.reconciling:
        return Done(says=f"{target.name} is {TELLS[wanted]}.")
    await settled(changes, stands, attempt)
    if stands.etag != plan.fingerprint:
        raise otherwise(stands, attempt)
    operation = await changes.set_ingress(target.name, target.region, wanted, etag=stands.etag)
    raise Waiting("Cloud Run has been asked to change who may reach it.", after=SOON, note={OPERATION: operation})


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del since
    service = service_of({SERVICE: str(plan.wanted[SERVICE])}, world.organisation)
    cloud = await reached(world.services, Outside.SERVICES).service(service.cloud_name, region_of(service))
    is_so = cloud.ingress == plan.wanted[INGRESS]
    stands = f"{service.title} is {TELLS.get(cloud.ingress, cloud.ingress)}"
    if not service.health_url:
        return Verified(helped=is_so, found=(stands,))
    answer = await world.probe.health(service.health_url)
    found = (stands, f"from here it {'answers' if answer.healthy else 'does not answer'}")
    return Verified(helped=is_so and (answer.healthy is (cloud.ingress != INTERNAL) or None), found=found)


def _undo(plan: Plan) -> tuple[str, Parameters] | None:
    before = str(plan.wanted["back"])
    return (NAME, {SERVICE: str(plan.wanted[SERVICE]), INGRESS: before}) if before in TELLS else None


ISOLATE = ChangeKind(
    name=NAME,
    title="Isolate",
    sentence="Closes a service to everybody outside, or opens it again.",
    command="/ops isolate",
    asks=(
        WHICH_SERVICE,
        Ask(name=INGRESS, label="Open it again?", hint="Empty closes it; off opens it.", optional=True),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=_undo,
    carry_out_within=timedelta(minutes=10),
    verify_within=timedelta(minutes=5),
    heals=True,
)
