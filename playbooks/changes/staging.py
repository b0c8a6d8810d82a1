"""A version in staging: it has everything there at once, and then has to answer where it is asked. CR-08, GH-01.

Nobody depends on what stands for a service there, so there is no checklist before it and no canary; the smoke tests
afterwards are what it is for. Its revision tells which commit it is, by which the checklist knows it was here.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain.cloud_service import CloudService
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.domain.template_edit import TemplateEdit
from bot.organisation import Service
from playbooks.changes.commit_words import told
from playbooks.changes.image import DIGEST, VERSION, Image
from playbooks.changes.kind import Done, Parameters, Verified
from playbooks.changes.renewal import made_for, renewed
from playbooks.changes.renewed_service import REVISION, Ground, ground
from playbooks.changes.service_words import SERVICE, service_of
from playbooks.changes.shipment import COMMIT, shipping
from playbooks.changes.traffic_shift import all_to_latest, shift, target_of
from playbooks.evidence.figure import short
from playbooks.evidence.staged import MADE_OF, in_staging, smoke
from playbooks.hands import Hands
from playbooks.world import Outside, World, reached

KIND = "deploy"
WHERE, STAGING = "where", "staging"
ALL = 100
WARM = timedelta(minutes=2)
"""So long a new revision may take until it answers well."""


async def plan_in_staging(world: World, service: Service, image: Image) -> Plan:
    """What would be deployed there; refused when nothing stands for the service in staging."""
    there = in_staging(service)
    if there is None:
        raise Refused(
            f"opsbot.yaml does not say what stands for {service.title} in staging; give it ",
            Code(text=f"staging: {service.key}-staging"),
            ".",
            field=WHERE,
        )
    on = await ground(world, there)
    name, so_already = on.short(on.serving), on.serving.image.endswith(image.digest) and not on.pinned
    return Plan(
        kind=KIND,
        target=f"staging/{service.key}",
        title=f"Deploy {service.title} {image.version} to staging",
        before=f"{name} serves in staging",
        after=f"a new revision with image {image.short_digest} serves there",
        risk=Risk.SAFE,
        because=("only staging is changed",),
        differences=("all traffic at once", "variables and limits stay", f"then asked: {_asked(service)}"),
        blast="Whoever tries something in staging just now.",
        undo=f"The image of {name} is deployed there again.",
        warnings=tuple(_warnings(on)),
        evidence=(told(image.commit),) if image.commit else (),
        command=f"gcloud run deploy {on.where} --image {image.whole}",
        fingerprint=on.stands.cloud.etag,
        wanted=on.wanted(
            on.serving,
            {
                WHERE: STAGING,
                "image": image.whole,
                **shipping(service, image.commit.sha if image.commit else ""),
                "before": on.serving.image.rpartition("@")[2],
            },
        ),
        nothing_to_do=f"{there.title} serves {image.version} already, with {name}." if so_already else "",
    )


def _asked(service: Service) -> str:
    paths = service.shipping.smoke or ((service.health_url,) if service.health_url else ())
    return ", ".join(paths) or "nothing"


def _warnings(on: Ground) -> Iterator[str]:
    if not (on.service.shipping.smoke or on.service.health_url):
        yield "Nothing is asked afterwards: name smoke paths of it in opsbot.yaml."
    if on.failed:
        yield f"{on.short(on.failed)}, the newest there, did not start: look whether this version has the same fault."


async def carry_out_in_staging(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    """Makes the plan's revision and gives it all of the traffic, and what comes after it."""
    target, commit = target_of(plan), str(plan.wanted[COMMIT])
    edit = TemplateEdit(image=str(plan.wanted["image"]), annotations={MADE_OF: commit} if commit else {})
    made = await renewed(hands, plan, attempt, base=str(plan.wanted[REVISION]), edit=edit)
    stands = await reached(hands.world.services, Outside.SERVICES).service(target.name, target.region)
    if stands.latest_ready != made.name:
        raise GiveUp(f"{stands.latest_ready} was deployed meanwhile, so traffic was left where it is")
    await shift(hands, target, all_to_latest(stands), attempt, etag=None)
    return Done(says=f"{short(made.name, target.name)} has all the traffic in staging.")


async def verify_in_staging(world: World, plan: Plan, since: datetime) -> Verified:
    """The smoke tests, of the revision that was made; where nothing is asked, nobody can tell."""
    target, service = target_of(plan), service_of({SERVICE: str(plan.wanted[SERVICE])}, world.organisation)
    made = await made_for(world, plan)
    stands = await reached(world.services, Outside.SERVICES).service(target.name, target.region)
    if made is None or _share(stands, made.name) < ALL:
        return Verified(helped=False, found=("the new revision does not have the traffic any more",))
    answers = await smoke(world, service, stands.url)
    found = tuple(each.says for each in answers) or ("opsbot.yaml names no smoke paths of it, so nothing was asked",)
    others = {each.answer.revision for each in answers} - {"", made.name}
    well = bool(answers) and all(each.answer.healthy for each in answers) and not others
    if others:
        found = (*found, f"{', '.join(sorted(others))} still answers")
    if answers and not well and world.clock.now() >= since + WARM:
        return Verified(helped=False, found=found)
    return Verified(helped=well or None, found=found)


def _share(stands: CloudService, revision: str) -> int:
    return sum(each.percent for each in stands.serving if (each.revision or stands.latest_ready) == revision)


def back_in_staging(plan: Plan) -> tuple[str, Parameters] | None:
    """The image that served there before, where that is known by its digest."""
    before = str(plan.wanted["before"])
    if not DIGEST.fullmatch(before):
        return None
    return KIND, {SERVICE: str(plan.wanted[SERVICE]), VERSION: before, WHERE: STAGING}
