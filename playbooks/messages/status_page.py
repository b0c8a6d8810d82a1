"""What the war room sees of the status page: what is public now, what waits, and what is still untrue."""

from collections.abc import Iterator

from bot.domain.incident import Incident
from bot.domain.message import Bold, Controls, Line, Message, Part, Small, Text
from bot.domain.status_page import Health, Notice, Stage
from bot.organisation import Organisation
from playbooks.messages import controls
from playbooks.messages.wording import label, moment, quoted, short, who

STAGES = {
    Stage.INVESTIGATING: "Investigating",
    Stage.IDENTIFIED: "Identified",
    Stage.MONITORING: "Monitoring",
    Stage.RESOLVED: "Resolved",
}
HEALTHS = {
    Health.OPERATIONAL: "Operational",
    Health.MAINTENANCE: "Under maintenance",
    Health.DEGRADED: "Degraded performance",
    Health.PARTIAL: "Partial outage",
    Health.MAJOR: "Major outage",
}
"""How customers know these; the words of Statuspage."""


def offered(incident: Incident, organisation: Organisation) -> bool:
    """Whether the room is offered the status page: for what is announced, and for what customers know of."""
    if not incident.for_customers:
        return False
    return incident.public is not None or (incident.open and organisation.severity(incident.severity).announce)


def untrue(incident: Incident) -> bool:
    """Whether it is over and customers go on reading that something is wrong."""
    return not incident.open and incident.public is not None and incident.public.down


def public_line(incident: Incident, organisation: Organisation) -> Line:
    """What is public now, in one line of the card; empty where the status page is not offered."""
    if not offered(incident, organisation):
        return ()
    head: Line = (label("Status page:"), " ")
    public = incident.public
    if public is None:
        return (*head, "nothing is public yet; a draft is ready")
    if public.waiting:
        still: Line = (f"; customers read {public.shown.stage}",) if public.shown else ()
        return (*head, *_notice(public.latest, "approved"), ", not public yet", *still)
    if untrue(incident):
        return (*head, Bold(text=f"still {public.latest.stage}"), ", posted ", *_when(public.latest))
    return (*head, *_notice(public.latest, "posted"))


def notice_approved(incident: Incident, organisation: Organisation) -> Message:
    """The room learns what customers are told, word for word."""
    assert incident.public
    notice = incident.public.latest
    told: Line = (Bold(text=f"Status page: {notice.stage}"), ", by ", who(notice.by))
    components = tuple(_component_words(notice, organisation))
    parts: tuple[Part, ...] = (
        Text(lines=(told,)),
        quoted(notice.text),
        *((Small(line=("; ".join(components),)),) if components else ()),
    )
    return Message(summary=f"{incident.key} status page: {notice.stage}: {short(notice.text)}", parts=parts)


def components_missing(incident: Incident, missing: str) -> Message:
    """The notice is out, but the page's components do not show it."""
    told: Line = (
        f"The notice is public, but Statuspage has no component for {short(missing, 200)}. Create it there under that "
        "name, or name its id in opsbot.yaml (statuspage_component).",
    )
    return Message(summary=f"{incident.key}: the status page lacks {short(missing)}", parts=(Text(lines=(told,)),))


def warning(incident: Incident) -> Iterator[Part]:
    """After resolving: customers still read that it is broken; the button offers the last notice."""
    if untrue(incident):
        assert incident.public
        told: Line = (
            Bold(text="Customers still read that something is wrong:"),
            f" the status page says {incident.public.latest.stage}. ",
            "Tell them that it is over.",
        )
        yield Text(lines=(told,))
        yield Controls(controls=(controls.status_page(incident),))


def _notice(notice: Notice, how: str) -> Line:
    return f"{notice.stage}, {how} ", *_when(notice)


def _when(notice: Notice) -> Line:
    return moment(notice.at), " by ", who(notice.by)


def _component_words(notice: Notice, organisation: Organisation) -> Iterator[str]:
    for key, health in notice.components.items():
        service = organisation.service(key)
        if service and health is not Health.OPERATIONAL:
            yield f"{service.title}: {HEALTHS[health].lower()}"
