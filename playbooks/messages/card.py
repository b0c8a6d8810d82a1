"""The incident's card, pinned in its war room and edited in place: how things stand, and what can be done."""

from collections.abc import Iterator

from bot.domain.incident import Incident
from bot.domain.message import (
    Button,
    Controls,
    Heading,
    Line,
    Link,
    Message,
    Part,
    Small,
    Text,
)
from bot.domain.page import Paging
from bot.organisation import Organisation
from playbooks.messages import controls
from playbooks.messages.evidence import watch_lines
from playbooks.messages.filing import filed_links
from playbooks.messages.impact import impact_lines, revenue_line, seen_impact_lines, services_named
from playbooks.messages.page import page_line
from playbooks.messages.status_page import offered, public_line, untrue
from playbooks.messages.wording import (
    DUTIES,
    OBSERVING,
    SEPARATOR,
    between,
    capitalised,
    day_and_time,
    declarer,
    due_at,
    headline,
    joined,
    label,
    length_of,
    moment,
    name_of,
    quoted,
    short,
    standing,
    who,
)
from playbooks.sight import NOTHING_SEEN, Sight


def card_message(incident: Incident, organisation: Organisation, sight: Sight = NOTHING_SEEN) -> Message:
    """The card; of a closed incident it is a record without buttons."""
    parts = (
        Heading(text=headline(incident)),
        *overview(incident, organisation),
        *_seen(incident, organisation, sight),
        *_only_here(incident, organisation),
        *_controls(incident, organisation),
    )
    return Message(summary=f"{name_of(incident)}: {standing(incident)}", parts=parts)


def overview(incident: Incident, organisation: Organisation) -> tuple[Part, ...]:
    """All that the card says below its headline, without buttons."""
    return (
        Text(lines=tuple(filter(None, _first_lines(incident, organisation)))),
        *_damage(incident, organisation),
        *_words(incident),
        _small_print(incident, organisation),
    )


def _seen(incident: Incident, organisation: Organisation, sight: Sight) -> Iterator[Part]:
    """What the evidence says of the impact while nobody has, and of the fix while it is watched."""
    if not incident.open:
        return
    if lines := (*seen_impact_lines(incident, organisation, sight), *watch_lines(incident, sight)):
        yield Text(lines=lines)


def _only_here(incident: Incident, organisation: Organisation) -> Iterator[Part]:
    """What only the room may read, and what everybody in it should know of the bot."""
    if lines := tuple(revenue_line(incident)):
        yield Text(lines=lines)
    if organisation.observing:
        yield Small(line=(OBSERVING,))


def next_update_line(incident: Incident) -> Line:
    """When the next update is promised, or since when it is owed; empty when none is."""
    if incident.update_asked:
        return label("Update due"), " since ", due_at(incident, incident.update_asked)
    if not incident.update_due or not incident.open:
        return ()
    return "Next update ", due_at(incident, incident.update_due)


def bridge_of(incident: Incident, organisation: Organisation) -> str | None:
    """The call that was made for it, else that of this severity, else everybody's; none while it is being made."""
    being_made = organisation.war_room.zoom and "bridge" in incident.shown and not incident.meeting
    if incident.bridge or (being_made and not incident.drill):
        return incident.bridge or None
    return organisation.severity(incident.severity).bridge_url or organisation.bridge_url


def _first_lines(incident: Incident, organisation: Organisation) -> Iterator[Line]:
    since = "since " if incident.open else "declared "
    yield label(standing(incident)), SEPARATOR, since, day_and_time(incident.declared_at)
    if incident.open and (incident.page.state is not Paging.NONE or not incident.acknowledged_at):
        yield page_line(incident, organisation)
    yield capitalised(between(SEPARATOR, _duties(incident)))
    yield capitalised(between(SEPARATOR, _milestones(incident)))
    yield next_update_line(incident)
    yield public_line(incident, organisation)


def _milestones(incident: Incident) -> Iterator[Line]:
    if incident.mitigated_at:
        yield "mitigated ", day_and_time(incident.mitigated_at)
    if incident.resolved_at:
        yield "resolved ", day_and_time(incident.resolved_at), f" after {length_of(incident)}"
    elif incident.watch_until:
        yield "watched until ", moment(incident.watch_until)
    elif incident.watched_at:
        yield "watch ended ", moment(incident.watched_at)
    if incident.closed_at:
        yield "closed ", day_and_time(incident.closed_at)


def _duties(incident: Incident) -> Iterator[Line]:
    for duty, name in DUTIES.items():
        if holder := incident.duties.get(duty):
            yield f"{name} ", who(holder)
        elif incident.open:
            yield (f"no {name} yet",)


def _damage(incident: Incident, organisation: Organisation) -> Iterator[Part]:
    lines: list[Line] = [*impact_lines(incident, organisation), *services_named(incident)]
    if cause := incident.answers.get("suspected-cause"):
        lines.append((label("Suspected cause:"), " ", short(cause, 300)))
    if lines:
        yield Text(lines=tuple(lines))


def _words(incident: Incident) -> Iterator[Part]:
    """The last thing that was said about it: what resolved it, else the last update."""
    if incident.resolution:
        yield Text(lines=((label("Resolved by"), " ", who(incident.resolved_by)),))
        yield quoted(incident.resolution, most=500)
    elif update := incident.last_update:
        yield Text(lines=((label("Last update"), " ", day_and_time(update.at), " by ", who(update.by)),))
        yield quoted(update.text, most=500)


def _small_print(incident: Incident, organisation: Organisation) -> Small:
    """Who declared it, and where else to look."""
    bridge = bridge_of(incident, organisation)
    links = [Link(url=bridge, label="Bridge")] if bridge and incident.open else []
    links += [*filed_links(incident), *(Link(url=link.url, label=link.title) for link in organisation.links)]
    declared: Line = ("Declared by ", declarer(incident))
    return Small(line=between(SEPARATOR, (declared, joined(SEPARATOR, links))))


def _controls(incident: Incident, organisation: Organisation) -> Iterator[Controls]:
    for row in (_taking(incident), _telling(incident, organisation)):
        if row:
            yield Controls(controls=row)


def _taking(incident: Incident) -> tuple[Button, ...]:
    if not incident.open:
        return ()
    first = () if incident.acknowledged_at else (controls.acknowledge(incident),)
    return (*first, *controls.claims(incident))


def _telling(incident: Incident, organisation: Organisation) -> tuple[Button, ...]:
    customers = (controls.status_page(incident),) if offered(incident, organisation) else ()
    if not incident.open:
        last = customers if untrue(incident) else ()
        ended = (controls.note(incident), controls.reopen(incident), controls.close(incident))
        return last if incident.closed_at else (*last, *ended)
    mitigated = () if incident.mitigated_at else (controls.mitigated(incident),)
    return (
        controls.post_update(incident),
        *customers,
        *mitigated,
        controls.resolve(incident),
        controls.change_severity(incident),
        controls.note(incident),
        controls.impact(incident),
        *_reaching(incident, organisation),
    )


def _reaching(incident: Incident, organisation: Organisation) -> tuple[Button, ...]:
    """Whom to fetch; a drill fetches nobody."""
    if incident.drill:
        return ()
    left = organisation.severity(incident.severity).escalation[incident.escalated :]
    return (*((controls.escalate(incident),) if left else ()), controls.page(incident))
