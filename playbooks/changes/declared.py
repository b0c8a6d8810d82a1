"""A change that the operator declared in opsbot.yaml: a workflow, a job or a signed webhook, under the gates of all others."""

import json
import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from bot.domain.declared_change import DeclaredChange, Hook, Job, Workflow
from bot.domain.errors import Refused
from bot.domain.evidence import Evidence, Subject, Verdict
from bot.domain.plan import Plan, Risk
from playbooks.changes.declared_words import NAME, WHICH, WITH, WITH_WHAT, declared_in, read, values_of
from playbooks.changes.errand import run, wanted_of
from playbooks.changes.kind import Asked, ChangeKind, Parameters, Verified
from playbooks.evidence import EVIDENCE
from playbooks.evidence.gather import gather
from playbooks.mistakes import unknown
from playbooks.world import World

KIND = "run"
AN_HOUR = timedelta(hours=1)
TELLS = timedelta(minutes=5)
"""So long after it has ended its numbers tell something; metrics are three minutes late."""
OF_RISK = {
    Risk.SAFE: "declared as safe",
    Risk.DISRUPTIVE: "declared as something that users may feel",
    Risk.DESTRUCTIVE: "declared as something that may lose data",
}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    declared = declared_in(world.organisation, parameters[NAME])
    for name in declared.evidence:
        if name not in EVIDENCE:
            raise Refused(unknown("evidence", EVIDENCE, name), " Correct it in opsbot.yaml.")
    values = values_of(declared, parameters)
    now = await gather(world, declared.evidence, _subject(declared.service, world, asked.now - AN_HOUR))
    return Plan(
        kind=KIND,
        target=f"service/{declared.service}" if declared.service else f"declared/{declared.key}",
        title=declared.title,
        before="not set off",
        after=_after(declared),
        risk=declared.risk,
        because=(OF_RISK[declared.risk],),
        differences=tuple(f"{name} = {value}" for name, value in values.items()),
        blast=declared.sentence,
        undo=_undo_said(world, declared),
        warnings=("Opsbot does not know what it does; whoever declared it does.",),
        evidence=tuple(finding.says for each in now for finding in each.findings if finding.verdict.unhealthy),
        command=_command(declared, values),
        wanted={
            NAME: declared.key,
            WITH: parameters.get(WITH, ""),
            **wanted_of(declared.means),
            "parameters": values,
            "repeatable": declared.repeatable,
            "evidence": list(declared.evidence),
            "service": declared.service or "",
            "undo": declared.undo or "",
            # What is asked for twice is set off twice; its mark tells the two apart.
            "asked": f"{asked.by} {asked.now.isoformat()}",
        },
    )


def _after(declared: DeclaredChange) -> str:
    match declared.means:
        case Workflow(repository=repository, file=file, ref=ref):
            return f"the workflow {file} of {repository} has run on {ref}"
        case Job(name=name, region=region):
            return f"the job {name} in {region} has run"
        case Hook(url=url):
            return f"{url} was told"


def _undo_said(world: World, declared: DeclaredChange) -> str:
    return f"{declared_in(world.organisation, declared.undo).title}." if declared.undo else ""


def _command(declared: DeclaredChange, values: Mapping[str, str]) -> str:
    match declared.means:
        case Workflow(repository=repository, file=file, ref=ref):
            fields = " ".join(f"-f {shlex.quote(f'{name}={value}')}" for name, value in values.items())
            return f"gh workflow run {file} --repo {repository} --ref {ref} {fields}".strip()
        case Job(name=name, region=region):
            variables = ",".join(f"{key.upper()}={value}" for key, value in values.items())
            given = f" --update-env-vars {shlex.quote(variables)}" if variables else ""
            return f"gcloud run jobs execute {name} --region {region}{given}"
        case Hook(url=url):
            return f"POST {json.dumps({'name': declared.key, 'parameters': dict(values)})} to {url}, signed"


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    names = cast(list[str], plan.wanted["evidence"])
    found = await gather(world, names, _subject(str(plan.wanted["service"]), world, since))
    says = tuple(finding.says for each in found for finding in each.findings)
    if world.clock.now() < since + TELLS or not _all_green(found):
        return Verified(helped=None, found=says)
    return Verified(helped=True, found=says)


def _all_green(found: Sequence[Evidence]) -> bool:
    """What is not well may get well yet, and what could not be looked at is no pass."""
    return bool(found) and all(each.verdict is Verdict.GREEN for each in found)


def _subject(service: str | None, world: World, since: datetime) -> Subject:
    services = (service,) if service else tuple(world.organisation.services)
    return Subject(services=services, since=since, until=world.clock.now())


def _undo(plan: Plan) -> tuple[str, Parameters] | None:
    undo = str(plan.wanted["undo"])
    return (KIND, {NAME: undo, WITH: str(plan.wanted[WITH])}) if undo else None


DECLARED = ChangeKind(
    name=KIND,
    title="Run",
    sentence="Sets off what is declared in opsbot.yaml: a workflow, a job or a signed webhook.",
    command="/ops run",
    asks=(WHICH, WITH_WHAT),
    read=read,
    plan=_plan,
    carry_out=run,
    verify=_verify,
    undo=_undo,
    carry_out_within=timedelta(hours=1),
    verify_within=timedelta(minutes=20),
)
