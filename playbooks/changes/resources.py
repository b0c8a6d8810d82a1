"""More or less CPU and memory for each instance of a service; source: the actions' CR-11."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.container_size import Size, refuse_impossible, size_of, sizes_in
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.plan import Plan, Risk
from bot.domain.template_edit import TemplateEdit
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters
from playbooks.changes.renewed_service import Ground, back, ground, hints, put_to_work, troubles, works
from playbooks.changes.service_words import SERVICE, WHICH_SERVICE, service_first, service_of
from playbooks.hands import Hands
from playbooks.world import World

NAME = "resources"
CPU, MEMORY = "cpu", "memory"


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    service, rest = service_first(words, asked)
    cpus, memory = sizes_in(word for word in rest if word)
    if cpus is None and memory is None:
        raise Lacking({SERVICE: service})
    return {SERVICE: service, CPU: str(cpus or ""), MEMORY: str(memory or "")}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    del asked
    on = await ground(world, service_of(parameters, world.organisation))
    now = _now(on)
    wanted = Size(cpus=int(parameters[CPU] or now.cpus), memory=int(parameters[MEMORY] or now.memory))
    refuse_impossible(wanted)
    title = on.service.title
    return Plan(
        kind=NAME,
        target=f"service/{on.service.key}",
        title=f"Give instances of {title} {wanted}",
        before=f"{now} for each instance",
        after=f"{wanted} for each instance",
        risk=Risk.DISRUPTIVE,
        because=("all instances are started anew", "it costs more" if _more(now, wanted) else "less may be too little"),
        differences=(*_differences(now, wanted), "the same image and variables", on.way_of_traffic),
        blast=f"Everybody who uses {title}: requests under way are finished, the first ones afterwards are slower.",
        undo=f"All traffic back to {on.short(on.serving)}.",
        warnings=tuple(hints(on)),
        evidence=await troubles(world, on.service, "memory", "cpu"),
        command=f"gcloud run services update {on.where} --cpu {wanted.cpu_limit} --memory {wanted.memory_limit}",
        fingerprint=on.stands.cloud.etag,
        wanted=on.wanted(on.serving, {CPU: wanted.cpu_limit, MEMORY: wanted.memory_limit}),
        nothing_to_do=f"Instances of {title} have {now} already." if wanted == now else "",
    )


def _now(on: Ground) -> Size:
    limits = on.serving.limits
    size = size_of(limits.cpu, limits.memory) if limits else None
    if size is None:
        told = f"{limits.cpu} CPU, {limits.memory}" if limits else "nothing"
        raise Refused(f"The limits of {on.short(on.serving)} ({told}) are not whole CPUs; change them by hand.")
    return size


def _more(now: Size, wanted: Size) -> bool:
    return wanted.cpus >= now.cpus and wanted.memory >= now.memory


def _differences(now: Size, wanted: Size) -> Iterator[str]:
    if now.cpus != wanted.cpus:
        yield f"CPU {now.cpu_limit} → {wanted.cpu_limit}"
    if now.memory != wanted.memory:
        yield f"memory {now.memory_limit} → {wanted.memory_limit}"


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    edit = TemplateEdit(cpu=str(plan.wanted[CPU]), memory=str(plan.wanted[MEMORY]))
    return await put_to_work(hands, plan, attempt, edit=edit)


RESOURCES = ChangeKind(
    name=NAME,
    title="Resize",
    sentence="Gives each instance of a service more or less CPU and memory.",
    command="/ops resources",
    asks=(
        WHICH_SERVICE,
        Ask(name=CPU, label="CPUs", hint="1, 2, 4, 6 or 8. Empty: as now.", optional=True),
        Ask(name=MEMORY, label="Memory", hint="512Mi, 2Gi. Empty: as now.", optional=True),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=works,
    undo=back,
    cool_down=timedelta(minutes=5),
    heals=True,
)
