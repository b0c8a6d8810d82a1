"""New instances of what serves, with nothing else changed; source: the actions' CR-09.

Cloud Run has no restart: a revision is made that differs from the one that serves in an annotation alone.
"""

from collections.abc import Iterator
from datetime import timedelta

from bot.domain.effect import Attempt
from bot.domain.plan import Plan, Risk
from bot.domain.template_edit import TemplateEdit
from playbooks.changes.kind import Asked, ChangeKind, Done, Parameters
from playbooks.changes.renewed_service import Ground, back, ground, hints, put_to_work, troubles, works
from playbooks.changes.service_words import WHICH_SERVICE, only_service, service_of
from playbooks.evidence.figure import count
from playbooks.hands import Hands
from playbooks.world import World

NAME = "restart"
COMMAND = "/ops restart"
RESTARTED = "opsbot.dev/restarted"
A_DAY = timedelta(days=1)
TOO_OFTEN = 3
"""Restarts of a day after which something leaks rather than fails. Source: the actions' CR-09."""


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    on = await ground(world, service_of(parameters, world.organisation))
    name, title = on.short(on.serving), on.service.title
    return Plan(
        kind=NAME,
        target=f"service/{on.service.key}",
        title=f"Restart {title}",
        before=f"{name} serves",
        after=f"a new revision like {name} serves, with new instances",
        risk=Risk.DISRUPTIVE,
        because=("all instances are started anew",),
        differences=("nothing but new instances: the same image, variables and limits", on.way_of_traffic),
        blast=f"Everybody who uses {title}: requests under way are finished, the first ones afterwards are slower.",
        undo=f"All traffic back to {name}.",
        warnings=tuple(_warnings(on, asked)),
        evidence=await troubles(world, on.service, "memory", "error-ratio"),
        command=f"gcloud run services update {on.where} --image {on.serving.image} "
        f"--update-annotations {RESTARTED}=$(date +%s)",
        fingerprint=on.stands.cloud.etag,
        wanted=on.wanted(on.serving, {RESTARTED: f"{asked.now:%Y-%m-%dT%H:%M:%SZ}"}),
    )


def _warnings(on: Ground, asked: Asked) -> Iterator[str]:
    target = f"service/{on.service.key}"
    lately = [each for each in asked.past if each.kind == NAME and each.target == target]
    often = sum(each.begun_at is not None and each.begun_at > asked.now - A_DAY for each in lately)
    if often >= TOO_OFTEN:
        times = count(often, "time")
        yield f"It was restarted {times} within a day: something leaks, and restarting it only puts that off."
    if on.failed:
        yield f"{on.short(on.failed)} did not start: if what every start needs is gone, new instances will not start either."
    yield from hints(on)


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    edit = TemplateEdit(annotations={RESTARTED: str(plan.wanted[RESTARTED])})
    return await put_to_work(hands, plan, attempt, edit=edit)


RESTART = ChangeKind(
    name=NAME,
    title="Restart",
    sentence="Starts all instances of a service anew, with nothing else changed.",
    command=COMMAND,
    asks=(WHICH_SERVICE,),
    read=only_service(COMMAND),
    plan=_plan,
    carry_out=_carry_out,
    verify=works,
    undo=back,
    cool_down=timedelta(minutes=10),
    heals=True,
)
