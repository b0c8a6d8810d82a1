"""Tells customers how a service does, as a change; source: the actions' SP-01 to SP-03.

It is the notice of an incident that the status page shows anyway. Whoever agrees reads it word by word first; nothing
goes to customers by itself, and nothing internal goes to them at all.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.customer_words import WORDS, CustomerWords, write_words
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.form import Option
from bot.domain.incident import Incident
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.domain.status_page import LONGEST_NOTICE, Health, Stage
from bot.organisation import Organisation
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters, Verified
from playbooks.hands import Hands
from playbooks.mistakes import unknown
from playbooks.public_words import drafted, refuse_internal
from playbooks.world import World

NAME = "status-page"
SERVICE, STATE, TEXT = "service", "state", "text"
STATES = tuple(each.value for each in Health if each is not Health.MAINTENANCE)
"""Maintenance is announced by maintenances themselves."""
ALSO = {"ok": Health.OPERATIONAL, "up": Health.OPERATIONAL, "slow": Health.DEGRADED, "down": Health.MAJOR}
"""Words that mean one of them."""
TELLS = {
    Health.OPERATIONAL: "operational",
    Health.MAINTENANCE: "under maintenance",
    Health.DEGRADED: "degraded performance",
    Health.PARTIAL: "partial outage",
    Health.MAJOR: "major outage",
}


def _components(asked: Asked) -> Sequence[Option]:
    return [Option(value=each.key, label=each.title) for each in asked.organisation.components()]


def _states(asked: Asked) -> Sequence[Option]:
    del asked
    return [Option(value=each, label=TELLS[Health(each)].capitalize()) for each in STATES]


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    _incident(asked)
    if not words:
        raise Lacking({})
    service = _service(words[0], asked.organisation)
    if not words[1:]:
        raise Lacking({SERVICE: service})
    text = " ".join(words[2:]).strip()
    if len(text) > LONGEST_NOTICE:
        raise Refused(f"Customers are told at most {LONGEST_NOTICE:,} characters.", field=TEXT)
    refuse_internal(text, field=TEXT)
    return {SERVICE: service, STATE: _state(words[1]).value, TEXT: text}


def _service(word: str, organisation: Organisation) -> str:
    known = {each.key: each for each in organisation.components()}
    if not known:
        raise Refused("No service is shown to customers; an operator says so in opsbot.yaml (status_page: yes).")
    said = word.strip().lower()
    found = next((each.key for each in known.values() if said in {each.key, each.title.lower()}), None)
    if found is None:
        raise Refused(unknown("service that customers see", known, word), field=SERVICE)
    return found


def _state(word: str) -> Health:
    said = word.strip().lower()
    if said in ALSO:
        return ALSO[said]
    if said not in STATES:
        raise Refused(unknown("state", STATES, word), field=STATE)
    return Health(said)


def _incident(asked: Asked) -> Incident:
    """Customers are told of incidents and maintenances, and of nothing else."""
    incident = asked.incident
    if incident is None:
        raise Refused(
            "Customers are told of an incident: type this in its war room, or declare one with ",
            Code(text="/incident declare"),
            ".",
        )
    if incident.private:
        raise Refused(f"{incident.key} is private; nothing of it goes to the status page.")
    if incident.drill:
        raise Refused(f"{incident.key} is a drill; nothing of it goes to the status page.")
    return incident


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    incident, organisation = _incident(asked), world.organisation
    service, wanted = parameters[SERVICE], Health(parameters[STATE])
    title = organisation.services[service].title
    draft = drafted(incident, organisation)
    text = parameters.get(TEXT, "") or draft.text
    stands = (await world.memory.status_page()).get(service, Health.OPERATIONAL)
    words = CustomerWords(
        title=draft.title,
        stage=draft.stage,
        text=text,
        components={service: wanted},
        seen=incident.public.latest.number if incident.public else 0,
    )
    return Plan(
        kind=NAME,
        target=f"status-page/{service}",
        title=f"Tell customers that {title} is {TELLS[wanted]}",
        before=TELLS[stands],
        after=TELLS[wanted],
        differences=(f"the notice of {incident.key} on the status page says {draft.stage}",),
        risk=Risk.SAFE,
        because=("it can be put right at any time",),
        blast="Everybody who reads the status page, and its subscribers.",
        undo=f"Telling them that it is {TELLS[stands]}; what they have read they have read.",
        warnings=_warnings(incident, draft.stage, wanted),
        quoted=text,
        wanted={SERVICE: service, STATE: wanted.value, "before": stands.value, WORDS: write_words(words)},
        nothing_to_do=_said_already(incident, service, wanted, stands, parameters.get(TEXT, "")),
    )


def _warnings(incident: Incident, stage: Stage, wanted: Health) -> tuple[str, ...]:
    if stage is Stage.RESOLVED and wanted is not Health.OPERATIONAL:
        return (f"{incident.key} is {incident.status}: a notice that says resolved leaves everything operational.",)
    return ()


def _said_already(incident: Incident, service: str, wanted: Health, stands: Health, text: str) -> str:
    """Customers read it, nothing else is on its way to them, and nothing more is to be said."""
    coming = incident.public.latest.components.get(service, stands) if incident.public else stands
    return f"Customers are told so already: {TELLS[wanted]}." if {coming, stands} == {wanted} and not text else ""


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    """What follows from it is put into the outbox together with this change's own end, so it happens once."""
    del hands, attempt
    return Done(says="It is on its way to the status page.", brought={WORDS: str(plan.wanted[WORDS])})


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del since
    service, wanted = str(plan.wanted[SERVICE]), Health(str(plan.wanted[STATE]))
    stands = (await world.memory.status_page()).get(service, Health.OPERATIONAL)
    title = world.organisation.services[service].title if service in world.organisation.services else service
    said = f"customers read that {title} is {TELLS[stands]}"
    return Verified(helped=True if stands is wanted else None, found=(said,))


def _undo(plan: Plan) -> tuple[str, Parameters] | None:
    before = str(plan.wanted["before"])
    if before not in STATES:
        return None
    return NAME, {SERVICE: str(plan.wanted[SERVICE]), STATE: before}


STATUS_PAGE = ChangeKind(
    name=NAME,
    title="Tell customers",
    sentence="Says on the status page how a service does, in the notice of an incident.",
    command="/ops status",
    asks=(
        Ask(name=SERVICE, label="Service", choices=_components),
        Ask(name=STATE, label="It is", choices=_states),
        Ask(
            name=TEXT,
            label="What customers read",
            hint="Empty for the draft; you see it first.",
            optional=True,
            long=True,
        ),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=_undo,
    verify_within=timedelta(minutes=10),
    freeze_exempt=True,
)
