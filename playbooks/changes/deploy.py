"""Another version of a service, by digest: tried without traffic, then with a little, then it has all; CR-08.

In staging it has everything at once (`playbooks.changes.staging`). Made from the revision that serves, whose variables and limits it keeps. The pre-deployment checklist of its commit is
green, or whoever asks waives it, in words that stand on the card and in the record.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.deployment import Shipment
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.evidence import Finding, Subject, Verdict
from bot.domain.form import Option
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.domain.scrub import excerpt
from bot.domain.template_edit import TemplateEdit
from bot.organisation import Service
from playbooks.changes.canary import AT_LEAST, STEPS, canary_of, candidate, try_out
from playbooks.changes.image import DIGEST, TAG, VERSION, Image, image_meant
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters, Verified
from playbooks.changes.renewed_service import Ground, back, ground, works
from playbooks.changes.service_words import SERVICE, WHICH_SERVICE, service_first, service_of
from playbooks.changes.shipment import shipping, to_production, to_staging
from playbooks.changes.staging import (
    STAGING,
    WHERE,
    back_in_staging,
    carry_out_in_staging,
    plan_in_staging,
    verify_in_staging,
)
from playbooks.evidence.figure import short
from playbooks.evidence.gather import look
from playbooks.hands import Hands
from playbooks.world import World

NAME = "deploy"
WAIVED = "waived"
WAIVE = "waive"
WHERES = ("production", STAGING)
BY_DIGEST = "sha256:"
SHORTEST_REASON, LONGEST_REASON = 10, 300
DIGITS = 7
EXAMPLE = "/deploy control-plane 1.9.0"


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """What would be deployed, and what is known of its commit; `lacking` is what of the checklist is not green."""

    image: Image
    told: tuple[str, ...]
    lacking: tuple[str, ...]


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    service, rest = service_first(words, asked)
    where, others = _where(rest)
    texts = " ".join(others).split()
    if not texts:
        raise Lacking({SERVICE: service, **where})
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
    return {SERVICE: service, VERSION: version, WAIVED: reason, **where}


def _where(words: Sequence[str]) -> tuple[Parameters, Sequence[str]]:
    """Whether staging is named, before the version or behind it; and the other words."""
    for place, word in enumerate(words[:2]):
        if word.lower() in WHERES:
            others = [*words[:place], *words[place + 1 :]]
            return ({WHERE: STAGING} if word.lower() == STAGING else {}), others
    return {}, words


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    del asked
    service, reason = service_of(parameters, world.organisation), parameters.get(WAIVED, "")
    image = await image_meant(world, service, parameters[VERSION])
    if parameters.get(WHERE) == STAGING:
        return await plan_in_staging(world, service, image)
    told, lacking = await _checklist(world, service, image)
    candidate = _Candidate(image=image, told=told, lacking=lacking)
    on = await ground(world, service)
    so_already = on.serving.image.endswith(image.digest)
    if lacking and not reason and not so_already:
        raise _not_green(service, candidate)
    name, title = on.short(on.serving), service.title
    steps = ", ".join(f"{step} %" for step in STEPS)
    return Plan(
        kind=NAME,
        target=f"service/{service.key}",
        title=f"Deploy {title} {image.version}",
        before=f"{name} serves",
        after=f"a new revision with image {image.short_digest} serves, and later deployments get traffic",
        risk=Risk.DISRUPTIVE,
        because=("new code meets users", *([f"the checklist is waived: {reason}"] if lacking else [])),
        differences=(
            f"image {_digits(on)} → {image.short_digest}",
            "variables and limits stay",
            f"first no traffic and a try at its own address, then {steps}, {AT_LEAST.seconds // 60} min each",
            "worse than it may, or unknown: its share is taken away, and it stops",
        ),
        blast=f"{STEPS[0]} % of those who use {title} at first, everybody in the end.",
        undo=f"All traffic back to {name}.",
        warnings=tuple(_warnings(on, candidate)),
        evidence=told,
        command=f"gcloud run deploy {on.where} --image {image.whole} --no-traffic --tag cand-{image.short_digest}",
        fingerprint=on.stands.cloud.etag,
        wanted=on.wanted(on.serving, _more_wanted(on, image)),
        nothing_to_do=f"{title} serves {image.version} already, with {name}." if so_already else "",
    )


def _more_wanted(on: Ground, image: Image) -> Mapping[str, str]:
    tag, newest = f"cand-{image.short_digest}", on.stands.cloud.latest_created
    commit = image.commit.sha if image.commit else ""
    return {"image": image.whole, "tag": tag, "newest": newest, **shipping(on.service, commit)}


async def _checklist(world: World, service: Service, image: Image) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is known of the image's commit, and what of its checklist is not green. Unknown is never green."""
    if image.version.startswith(BY_DIGEST):
        return (), ("its commit is not known by a digest alone",)
    ref = image.commit.sha if image.commit else image.version
    now = world.clock.now()
    subject = Subject(services=(service.key,), since=now - timedelta(hours=1), until=now, words=(ref,))
    findings = (await look(world, "checklist", subject)).findings
    lacking = tuple(_said(each, service) for each in findings if each.verdict is not Verdict.GREEN)
    commit = tuple(_said(each, service) for each in findings[:1] if each.verdict is Verdict.GREEN)
    return (*commit, *(() if lacking else ("its pre-deployment checklist is green",))), lacking


def _said(finding: Finding, service: Service) -> str:
    return excerpt(finding.says.removeprefix(f"{service.title}: "))


def _not_green(service: Service, candidate: _Candidate) -> Refused:
    version = candidate.image.version
    return Refused(
        f"The pre-deployment checklist of {version} is not green: {'; '.join(candidate.lacking)}. "
        "Put that right, or say why it may be deployed all the same: ",
        Code(text=f"/deploy {service.key} {version} waive WHY"),
        ".",
        field=WAIVED,
    )


def _warnings(on: Ground, candidate: _Candidate) -> Iterator[str]:
    for each in candidate.lacking:
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
    if _staged(plan):
        return await carry_out_in_staging(hands, plan, attempt)
    on = canary_of(hands, plan, attempt)
    made = await candidate(on, TemplateEdit(image=str(plan.wanted["image"])))
    await try_out(on, made)
    return Done(says=f"{short(made.name, on.service.cloud_name)} has all the traffic, and later deployments will.")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    return await (verify_in_staging if _staged(plan) else works)(world, plan, since)


def _undo(plan: Plan) -> tuple[str, Parameters] | None:
    return back_in_staging(plan) if _staged(plan) else back(plan)


def _ships(plan: Plan) -> Shipment | None:
    return (to_staging if _staged(plan) else to_production)(plan)


def _staged(plan: Plan) -> bool:
    return plan.wanted.get(WHERE) == STAGING


def _places(asked: Asked) -> Sequence[Option]:
    del asked
    return [Option(value=each, label=each.capitalize()) for each in WHERES]


DEPLOY = ChangeKind(
    name=NAME,
    title="Deploy",
    sentence="Deploys a version of a service step by step, and takes it out again when it does worse than it may.",
    command="/deploy",
    asks=(
        WHICH_SERVICE,
        Ask(name=VERSION, label="Version", hint="A tag of its image, or a digest."),
        Ask(name=WHERE, label="Where", hint="Empty: production.", optional=True, choices=_places),
        Ask(name=WAIVED, label="Why, if the checklist is not green", hint="Empty: it has to be.", optional=True),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=_undo,
    ships=_ships,
    carry_out_within=timedelta(hours=2),
    cool_down=timedelta(minutes=5),
)
