"""Wakes a person, a role or whoever an escalation policy says, now; source: the actions' PD-01b.

A page must never wait, so it takes one press and goes on during a freeze. In a war room it is the page that
`/incident page` sends: whoever acknowledges it is seen there, and nobody is woken twice.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.form import Option
from bot.domain.mail import one_line
from bot.domain.paging import ALONE
from bot.domain.plan import Plan, Risk
from bot.organisation import Organisation
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters, Verified
from playbooks.evidence.figure import span
from playbooks.hands import Hands, held
from playbooks.page_target import refuse_unreachable, target_of
from playbooks.telephone import phone_of
from playbooks.world import Outside, World

NAME = "page"
WHO, WHY, DOWN = "who", "why", "stand-down"
MENTION = re.compile(r"<@([UW][A-Z0-9]{2,})(?:\|[^>]*)?>")
LONGEST = 200
"""Characters of what somebody reads on their phone at night."""
AGAIN = timedelta(minutes=10)
"""Nobody is woken for the same twice within this time."""


def _targets(asked: Asked) -> Sequence[Option]:
    organisation = asked.organisation
    people = [each for each in organisation.people.values() if each.pagerduty]
    roles = [Option(value=each.key, label=each.title) for each in organisation.roles.values()]
    return [*roles, *(Option(value=each.key, label=each.name) for each in people)]


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    if not words:
        raise Lacking({})
    mention = MENTION.match(words[0])
    target, _ = target_of(asked.organisation, words[0], mention[1] if mention else None)
    said = " ".join(words[1:])
    if not (why := one_line(said)):
        raise Lacking({WHO: target})
    if len(said) > LONGEST:
        raise Refused(f"Say it in at most {LONGEST} characters: it is read on a phone.", field=WHY)
    return {WHO: target, WHY: why}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    if DOWN in parameters:
        return _plan_down(world, parameters)
    organisation, target = world.organisation, parameters[WHO]
    title, incident = organisation.title(target), asked.incident
    if incident and incident.drill:
        raise Refused(f"{incident.key} is a drill; nobody is paged.")
    refuse_unreachable(organisation, target)
    alert = f"{incident.alert}/{target}" if incident and incident.open else f"{ALONE}{asked.now:%Y%m%d%H%M%S}-{target}"
    return Plan(
        kind=NAME,
        target=f"page/{target}",
        title=f"Page {title}",
        before="not paged",
        after=f"{await _woken(world, target)} woken, until somebody acknowledges",
        risk=Risk.SAFE,
        because=("a page must never wait",),
        blast=f"{title}, at any hour.",
        undo="Standing them down.",
        press="Page now",
        quoted=parameters[WHY],
        command=f"pd incident create --title {parameters[WHY]!r}",
        wanted={
            WHO: target,
            WHY: parameters[WHY],
            "alert": alert,
            "by": _name(organisation, asked.by),
            "about": f"INC-{incident.number}" if incident else "",
        },
        nothing_to_do=_paged_already(asked, target),
    )


def _plan_down(world: World, parameters: Parameters) -> Plan:
    title = world.organisation.title(parameters[WHO])
    return Plan(
        kind=NAME,
        target=f"page/{parameters[WHO]}",
        title=f"Stand {title} down",
        before=f"{title} paged",
        after="nobody has to answer",
        risk=Risk.SAFE,
        because=("it only ends a page",),
        blast=f"{title}: PagerDuty stops waking them.",
        undo="Paging again.",
        press="Stand down",
        wanted={WHO: parameters[WHO], WHY: parameters[WHY], DOWN: parameters[DOWN]},
    )


async def _woken(world: World, target: str) -> str:
    """Who would be woken now, by name where PagerDuty tells; that it does not must not hold up a page."""
    role = world.organisation.role(target)
    if role and role.pagerduty_policy:
        return f"whoever PagerDuty says for {role.title} is"
    names = [member.name for member in world.organisation.members([target]) if member.pagerduty]
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"


def _paged_already(asked: Asked, target: str) -> str:
    for each in asked.past:
        since = asked.now - each.begun_at if each.begun_at else AGAIN
        if each.kind == NAME and each.target == f"page/{target}" and not each.undone_by and since < AGAIN:
            title, phone = asked.organisation.title(target), phone_of(target, asked.organisation)
            call = f" Call {phone}." if phone else " Call them."
            return f"{title} was paged {span(since)} ago ({each.key}).{call}"
    return ""


def _name(organisation: Organisation, user: str) -> str:
    member = organisation.person_by_slack(user)
    return member.name if member else user


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    """Repeating it wakes nobody twice: PagerDuty knows the alert."""
    del attempt
    pages, wanted = held(hands.pages, Outside.PAGES), plan.wanted
    title = hands.world.organisation.title(str(wanted[WHO]))
    if DOWN in wanted:
        await pages.stand_down(str(wanted[DOWN]))
        return Done(says=f"{title} was stood down.")
    about = f"{wanted['about']}. " if wanted["about"] else ""
    details = f"{about}Paged by {wanted['by']} through opsbot."
    await pages.page(str(wanted[WHO]), alert=str(wanted["alert"]), title=str(wanted[WHY]), details=details)
    return Done(says=f"PagerDuty took the page to {title}.")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    """It helped when somebody acknowledged; until then nobody can tell."""
    wanted = plan.wanted
    if DOWN in wanted:
        return Verified(helped=True, found=("nobody is woken any more",))
    if world.pager is None:
        return Verified(helped=None, found=(Outside.PAGER.value,))
    incidents = await world.pager.incidents(since=since - timedelta(days=1), until=world.clock.now() + AGAIN)
    page = next((each for each in reversed(incidents) if each.key == wanted["alert"]), None)
    phone = phone_of(str(wanted[WHO]), world.organisation)
    call = f"; call {phone}" if phone else ""
    if page is None:
        return Verified(helped=None, found=(f"PagerDuty shows no page yet{call}",))
    if page.acknowledged_at or page.resolved_at:
        return Verified(helped=True, found=("acknowledged in PagerDuty",))
    return Verified(helped=None, found=(f"nobody has acknowledged it yet{call}",))


def _undo(plan: Plan) -> tuple[str, Parameters] | None:
    if DOWN in plan.wanted:
        return None
    return NAME, {WHO: str(plan.wanted[WHO]), WHY: str(plan.wanted[WHY]), DOWN: str(plan.wanted["alert"])}


PAGE = ChangeKind(
    name=NAME,
    title="Page somebody",
    sentence="Wakes a person, a role or an escalation policy through PagerDuty.",
    command="/ops page",
    asks=(
        Ask(name=WHO, label="Whom?", choices=_targets),
        Ask(name=WHY, label="Why?", hint="They read it on their phone."),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=_undo,
    carry_out_within=timedelta(minutes=15),
    verify_within=timedelta(minutes=10),
    freeze_exempt=True,
)
