"""An image of a commit, built by the service's own trigger of Cloud Build; it runs nowhere until it is deployed. CB-01.

A build carries the mark of its plan. Where nobody knows whether an earlier attempt began it, it is looked for by that;
a second build of the same commit would do no harm.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Held, Refused, Waiting
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.domain.repository import Answer, Commit
from bot.organisation import Service
from playbooks.changes.commit_words import COMMIT, commit_meant, ref_in, repository_of, tag_for, told
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters, Progress, Verified, for_good
from playbooks.changes.renewal import mark_of
from playbooks.changes.service_words import SERVICE, WHICH_SERVICE, service_first, service_of
from playbooks.evidence.checklist import all_tests
from playbooks.hands import Hands, held
from playbooks.world import Outside, World, reached

NAME = "build"
EXAMPLE = "/ops build control-plane main"
BEGUN = "begun"
SHOWN_WITHIN = timedelta(minutes=3)
"""After so long a build is shown that was begun, or never was."""
SOON, LATER = 10.0, 30.0


@dataclass(frozen=True, kw_only=True)
class _Trigger:
    """What builds the images of a service, and where."""

    name: str
    region: str
    image: str


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    service, rest = service_first(words, asked)
    if not rest:
        raise Lacking({SERVICE: service})
    if len(rest) > 1:
        raise Refused("Only the service and one commit are named: ", Code(text=EXAMPLE), ".", field=COMMIT)
    return {SERVICE: service, COMMIT: ref_in(rest[0])}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    service, ref = service_of(parameters, world.organisation), parameters[COMMIT]
    trigger, repository = trigger_of(service), repository_of(service)
    commit = await commit_meant(world, service, ref)
    tag = tag_for(ref, commit)
    there = await reached(world.images, Outside.IMAGES).digest(trigger.image, tag)
    checks = all_tests(await reached(world.code, Outside.CODE).checks(repository, commit.sha))
    return Plan(
        kind=NAME,
        target=f"image/{service.key}",
        title=f"Build {service.title} {tag}",
        before=f"there is no image {tag}",
        after=f"an image {tag} of commit {commit.sha[:8]} can be deployed",
        risk=Risk.SAFE,
        because=("nothing that runs is changed",),
        differences=(f"Cloud Build runs {trigger.name} in {trigger.region}",),
        blast="Nobody: it runs nowhere until it is deployed.",
        undo="Nothing has to be taken back: nobody meets it before it is deployed.",
        warnings=tuple(_warnings(checks)),
        evidence=(told(commit), *((checks[1],) if checks[0] is Answer.YES else ())),
        command=f"gcloud builds triggers run {trigger.name} --region {trigger.region} --sha {commit.sha} "
        f"--substitutions _TAG={tag}",
        wanted={**_wanted(service, trigger, commit), "tag": tag, "asked": f"{asked.by} {asked.now.isoformat()}"},
        nothing_to_do=f"There is an image {tag} of {service.title} already: /deploy {service.key} {tag}"
        if there
        else "",
    )


def trigger_of(service: Service) -> _Trigger:
    """What builds the images of a service; refused with what opsbot.yaml lacks."""
    if service.shipping.build_trigger is None or service.image is None:
        lacks = "image" if service.shipping.build_trigger else "build_trigger"
        raise Refused(f"opsbot.yaml does not say what builds {service.title}; give it {lacks}.")
    found = service.shipping.trigger(service.region)
    if found is None:
        raise Refused(f"opsbot.yaml does not say where {service.title} is built; give it a region.")
    region, name = found
    return _Trigger(name=name, region=region, image=service.image)


def _wanted(service: Service, trigger: _Trigger, commit: Commit) -> dict[str, str]:
    return {
        SERVICE: service.key,
        "trigger": trigger.name,
        "region": trigger.region,
        "image": trigger.image,
        COMMIT: commit.sha,
    }


def _warnings(checks: tuple[Answer, str]) -> Iterator[str]:
    answer, says = checks
    if answer is not Answer.YES:
        yield f"{says[:1].upper()}{says[1:]}."


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    wanted, builds = plan.wanted, held(hands.builds, Outside.BUILDS)
    found = await builds.find(str(wanted["region"]), mark=mark_of(plan), since=attempt.first_at - SHOWN_WITHIN)
    if found is None:
        raise await _begun(hands, plan, attempt)
    if found.failure:
        raise GiveUp(f"the build ended with {found.failure}: {found.url}")
    if found.unapproved:
        raise Held(f"the build has to be approved: {found.url}", what="somebody to approve the build", after=LATER)
    if not found.done:
        raise _under_way(found.url, attempt)
    tag = str(wanted["tag"])
    if _path(plan) not in found.images:
        raise GiveUp(f"the build made no {_path(plan)}: let its trigger call the image $_TAG ({found.url})")
    return Done(says=f"{tag} is built ({found.url}); next: /deploy {wanted[SERVICE]} {tag}")


def _under_way(url: str, attempt: Attempt) -> Waiting:
    """The log is shown as soon as there is one, and the card then left alone until it ends."""
    if attempt.note.get(BEGUN) == url:
        return Waiting("It is being built.", after=SOON, note=attempt.note)
    return Progress(f"It is being built: {url}", after=SOON, note={BEGUN: url})


async def _begun(hands: Hands, plan: Plan, attempt: Attempt) -> Exception:
    """What is raised once a build was begun, or while one that may have been is not shown yet."""
    may_have_been = BEGUN in attempt.note or attempt.look
    if may_have_been and hands.world.clock.now() < attempt.first_at + SHOWN_WITHIN:
        return Waiting("The build has been asked for, and is not shown yet.", after=SOON, note=attempt.note)
    if BEGUN in attempt.note:
        return GiveUp("Cloud Build took the build and does not show it: look there before you ask again")
    wanted = plan.wanted
    await held(hands.builds, Outside.BUILDS).begin(
        str(wanted["trigger"]),
        str(wanted["region"]),
        commit=str(wanted[COMMIT]),
        tag=str(wanted["tag"]),
        mark=mark_of(plan),
    )
    return Waiting("The build has been asked for.", after=SOON, note={BEGUN: "yes"})


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    """Whether it can be deployed; a registry may take a moment to show what it was given."""
    del since
    digest = await reached(world.images, Outside.IMAGES).digest(str(plan.wanted["image"]), str(plan.wanted["tag"]))
    if digest is None:
        return Verified(helped=None, found=(f"Artifact Registry shows no {_path(plan)} yet",))
    return Verified(helped=True, found=(f"Artifact Registry has it as {digest}",))


def _path(plan: Plan) -> str:
    return f"{plan.wanted['image']}:{plan.wanted['tag']}"


BUILD = ChangeKind(
    name=NAME,
    title="Build",
    sentence="Builds an image of a commit, which can be deployed then.",
    command="/ops build",
    asks=(WHICH_SERVICE, Ask(name=COMMIT, label="Commit", hint="A commit, a tag, a version or a branch, like main.")),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=for_good,
    carry_out_within=timedelta(hours=1),
    verify_within=timedelta(minutes=5),
)
