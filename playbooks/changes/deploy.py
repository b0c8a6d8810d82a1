"""Another version of a service, by digest: tried without traffic, then with a little, then it has all; CR-08.

Made from the revision that serves, whose variables and limits it keeps. The pre-deployment checklist of its commit is
green, or whoever asks waives it, in words that stand on the card and in the record.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.evidence import Finding, Subject, Verdict
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.domain.scrub import excerpt
from bot.domain.template_edit import TemplateEdit
from bot.organisation import Service
from playbooks.changes.canary import AT_LEAST, STEPS, canary_of, candidate, try_out
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters
from playbooks.changes.renewed_service import Ground, back, ground, works
from playbooks.changes.service_words import SERVICE, WHICH_SERVICE, service_first, service_of
from playbooks.evidence.figure import short
from playbooks.evidence.gather import look
from playbooks.hands import Hands
from playbooks.world import Outside, World, reached

NAME = "deploy"
VERSION, WAIVED = "version", "waived"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
TAG = re.compile(r"[A-Za-z0-9_][\w.-]{0,127}", re.ASCII)
WAIVE = "waive"
SHORTEST_REASON, LONGEST_REASON = 10, 300
DIGITS = 7
EXAMPLE = "/deploy control-plane 1.9.0"


@dataclass(frozen=True, kw_only=True)
class _Image:
    """What would be deployed, and what is known of its commit; `lacking` is what of the checklist is not green."""

    version: str
    path: str
    digest: str
    told: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def short_digest(self) -> str:
        return self.digest.removeprefix("sha256:")[:DIGITS]


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    service, rest = service_first(words, asked)
    texts = " ".join(rest).split()
    if not texts:
        raise Lacking({SERVICE: service})
    version, reason = texts[0], " ".join(texts[1:]).removeprefix(WAIVE).lstrip(": ")
    if version.lower() == "latest":
        raise Refused(
            "“latest” may be another image tomorrow; name a version: ", Code(text=EXAMPLE), ".", field=VERSION
        )
    if not (DIGEST.fullmatch(version) or TAG.fullmatch(version)):
        raise Refused("A version is a tag of the image, or its digest: ", Code(text=EXAMPLE), ".", field=VERSION)
    if reason and not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Refused(
            f"Say why the checklist is waived in {SHORTEST_REASON} to {LONGEST_REASON} letters.", field=WAIVED
        )
    return {SERVICE: service, VERSION: version, WAIVED: reason}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    del asked
    service, reason = service_of(parameters, world.organisation), parameters.get(WAIVED, "")
    image = await _image(world, service, parameters[VERSION])
    on = await ground(world, service)
    so_already = on.serving.image.endswith(image.digest)
    if image.lacking and not reason and not so_already:
        raise _not_green(service, image)
    name, title = on.short(on.serving), service.title
    steps = ", ".join(f"{step} %" for step in STEPS)
    return Plan(
        kind=NAME,
        target=f"service/{service.key}",
        title=f"Deploy {title} {image.version}",
        before=f"{name} serves",
        after=f"a new revision with image {image.short_digest} serves, and later deployments get traffic",
        risk=Risk.DISRUPTIVE,
        because=("new code meets users", *([f"the checklist is waived: {reason}"] if image.lacking else [])),
        differences=(
            f"image {_digits(on)} → {image.short_digest}",
            "variables and limits stay",
            f"first no traffic and a try at its own address, then {steps}, {AT_LEAST.seconds // 60} min each",
            "worse than it may, or unknown: its share is taken away, and it stops",
        ),
        blast=f"{STEPS[0]} % of those who use {title} at first, everybody in the end.",
        undo=f"All traffic back to {name}.",
        warnings=tuple(_warnings(on, image)),
        evidence=image.told,
        command=f"gcloud run deploy {on.where} --image {image.path}@{image.digest} --no-traffic "
        f"--tag cand-{image.short_digest}",
        fingerprint=on.stands.cloud.etag,
        wanted=on.wanted(on.serving, _more_wanted(on, image)),
        nothing_to_do=f"{title} serves {image.version} already, with {name}." if so_already else "",
    )


def _more_wanted(on: Ground, image: _Image) -> Mapping[str, str]:
    tag, newest = f"cand-{image.short_digest}", on.stands.cloud.latest_created
    return {"image": f"{image.path}@{image.digest}", "tag": tag, "newest": newest}


async def _image(world: World, service: Service, version: str) -> _Image:
    """What a version stands for; refused when there is no such image."""
    if service.image is None:
        raise Refused(f"opsbot.yaml does not say where the images of {service.title} are; give it an image.")
    images = reached(world.images, Outside.IMAGES)
    if DIGEST.fullmatch(version):
        found = version if await images.exists(service.image, version) else None
    else:
        found = await images.digest(service.image, version)
    if found is None:
        raise Refused(
            f"There is no image of {service.title} called {version[:80]}. Build it from its commit first, then: ",
            Code(text=f"/deploy {service.key} {version[:80]}"),
            ".",
            field=VERSION,
        )
    told, lacking = await _checklist(world, service, version)
    return _Image(version=version[:19], path=service.image, digest=found, told=told, lacking=lacking)


async def _checklist(world: World, service: Service, version: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is known of the version's commit, and what of its checklist is not green. Unknown is never green."""
    if DIGEST.fullmatch(version):
        return (), ("its commit is not known by a digest alone",)
    now = world.clock.now()
    subject = Subject(services=(service.key,), since=now - timedelta(hours=1), until=now, words=(version,))
    findings = (await look(world, "checklist", subject)).findings
    lacking = tuple(_said(each, service) for each in findings if each.verdict is not Verdict.GREEN)
    commit = tuple(_said(each, service) for each in findings[:1] if each.verdict is Verdict.GREEN)
    return (*commit, *(() if lacking else ("its pre-deployment checklist is green",))), lacking


def _said(finding: Finding, service: Service) -> str:
    return excerpt(finding.says.removeprefix(f"{service.title}: "))


def _not_green(service: Service, image: _Image) -> Refused:
    return Refused(
        f"The pre-deployment checklist of {image.version} is not green: {'; '.join(image.lacking)}. "
        "Put that right, or say why it may be deployed all the same: ",
        Code(text=f"/deploy {service.key} {image.version} waive WHY"),
        ".",
        field=WAIVED,
    )


def _warnings(on: Ground, image: _Image) -> Iterator[str]:
    for each in image.lacking:
        yield f"Not green: {each}."
    if on.failed:
        yield f"{on.short(on.failed)}, the newest, did not start: look whether this version has the same fault."
    newest = on.stands.latest
    if on.pinned and newest and newest.image != on.serving.image:
        yield (
            f"{on.service.title} was rolled back and not finalized; this deployment ends that, and starts from "
            f"{on.short(on.serving)}."
        )


def _digits(on: Ground) -> str:
    return on.serving.image.rpartition("sha256:")[2][:DIGITS]


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    on = canary_of(hands, plan, attempt)
    made = await candidate(on, TemplateEdit(image=str(plan.wanted["image"])))
    await try_out(on, made)
    return Done(says=f"{short(made.name, on.service.cloud_name)} has all the traffic, and later deployments will.")


DEPLOY = ChangeKind(
    name=NAME,
    title="Deploy",
    sentence="Deploys a version of a service step by step, and takes it out again when it does worse than it may.",
    command="/deploy",
    asks=(
        WHICH_SERVICE,
        Ask(name=VERSION, label="Version", hint="A tag of its image, or a digest."),
        Ask(name=WAIVED, label="Why, if the checklist is not green", hint="Empty: it has to be.", optional=True),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=works,
    undo=back,
    carry_out_within=timedelta(hours=2),
    cool_down=timedelta(minutes=5),
)
