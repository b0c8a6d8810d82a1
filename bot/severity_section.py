"""What the operator's file says about severities, and what holds where it says nothing."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.business_hours import BusinessHours
from bot.organisation import USER_GROUP, Escalation, Reach, SeverityPolicy
from bot.organisation_values import always, duration, key, playbook, reach, switch, text, url
from bot.yaml_section import Section

MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Default:
    """What holds for a severity where the file says nothing; from the operations runbook's table of severities."""

    definition: str
    respond_within: timedelta
    update_every: timedelta
    always: bool
    announce: bool
    escalation: tuple[Escalation, ...]
    responders: tuple[str, ...]
    inform: tuple[str, ...]


def _step(target: str, how: Reach, after: timedelta) -> Escalation:
    return Escalation(target=target, how=how, after=after)


DEFAULTS = {
    "critical": Default(
        definition="Service down, data loss",
        respond_within=15 * MINUTES,
        update_every=15 * MINUTES,
        always=True,
        announce=True,
        escalation=(
            _step("vp-engineering", Reach.PAGE, 15 * MINUTES),
            _step("cto", Reach.PAGE, 15 * MINUTES),
            _step("ceo", Reach.INFORM, 15 * MINUTES),
        ),
        responders=("on-call", "on-call-lead"),
        inform=("support",),
    ),
    "high": Default(
        definition="Partial outage, security issue",
        respond_within=1 * HOURS,
        update_every=30 * MINUTES,
        always=True,
        announce=True,
        escalation=(
            _step("on-call-lead", Reach.PAGE, 1 * HOURS),
            _step("vp-engineering", Reach.INFORM, 1 * HOURS),
        ),
        responders=("on-call", "on-call-lead"),
        inform=("support",),
    ),
    "medium": Default(
        definition="Degraded performance",
        respond_within=4 * HOURS,
        update_every=2 * HOURS,
        always=False,
        announce=False,
        escalation=(_step("engineering-lead", Reach.INFORM, 4 * HOURS),),
        responders=("on-call",),
        inform=(),
    ),
    "low": Default(
        definition="Minor bug, not urgent",
        respond_within=24 * HOURS,
        update_every=24 * HOURS,
        always=False,
        announce=False,
        escalation=(_step("team-lead", Reach.INFORM, 24 * HOURS),),
        responders=("on-call",),
        inform=(),
    ),
}


def target(written: str) -> str:
    """A person, a role, or a user group of Slack."""
    return written if USER_GROUP.fullmatch(written) else key(written)


def read_severities(section: Section, hours: BusinessHours, bridge_url: str | None) -> dict[str, SeverityPolicy]:
    """The four severities, the gravest first."""
    policies = {name: _policy(section.section(name), name, hours, bridge_url) for name in DEFAULTS}
    section.close()
    return policies


def _policy(section: Section, name: str, hours: BusinessHours, bridge_url: str | None) -> SeverityPolicy:
    default = DEFAULTS[name]
    respond_within = section.value("respond_within", duration, default.respond_within)
    policy = SeverityPolicy(
        name=name,
        definition=section.value("definition", text, default.definition),
        respond_within=respond_within,
        update_every=section.value("update_every", duration, default.update_every),
        business_hours=None if section.value("hours", always, default.always) else hours,
        announce=section.value("announce", switch, default.announce),
        escalation=_escalation(section, respond_within) if section.has("escalation") else default.escalation,
        responders=section.values("responders", target, default.responders),
        inform=section.values("inform", target, default.inform),
        bridge_url=section.value("bridge_url", url, bridge_url),
        playbook=section.value("playbook", playbook, f"{name}-incident"),
    )
    section.close()
    return policy


def _escalation(section: Section, respond_within: timedelta) -> tuple[Escalation, ...]:
    steps = tuple(_escalation_step(step, respond_within) for step in section.sections("escalation"))
    if list(steps) != sorted(steps, key=lambda step: step.after):
        line = section.line_of("escalation")
        section.wrong(line, f"{section.name('escalation')} must be in order: the shortest `after` first.")
    return steps


def _escalation_step(step: Section, respond_within: timedelta) -> Escalation:
    read = Escalation(
        target=step.required("target", key, ""),
        how=step.value("how", reach, Reach.INFORM),
        after=step.value("after", duration, respond_within),
    )
    step.close()
    return read
