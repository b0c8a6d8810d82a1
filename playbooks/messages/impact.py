"""How all messages tell what an incident does to people. Revenue is told where the room is private, and there alone."""

from collections.abc import Iterator

from bot.domain.impact import REVENUE, SCOPE, SERVICES, USERS
from bot.domain.incident import Incident
from bot.domain.message import Line, Message, sentence
from bot.organisation import Organisation
from playbooks.messages.wording import SEPARATOR, between, label, services_line, short
from playbooks.seen_impact import seen_impact
from playbooks.sight import Sight

LONGEST_IMPACT = 300


def impact_lines(incident: Incident, organisation: Organisation) -> Iterator[Line]:
    """What it does to whom, a line each; nothing while nobody has said so."""
    if scope := incident.answers.get(SCOPE):
        yield label("Impact:"), " ", short(scope, LONGEST_IMPACT)
    if users := incident.answers.get(USERS):
        yield label("Users:"), " ", short(users, LONGEST_IMPACT)
    if services := services_line(incident.services, organisation):
        yield label("Services:"), " ", *services


def seen_impact_lines(incident: Incident, organisation: Organisation, sight: Sight) -> Iterator[Line]:
    """What the evidence says of it, as long as nobody has said it."""
    seen, said = seen_impact(sight, organisation), incident.answers
    services = () if incident.services or SERVICES in said else seen.services
    users: Line = (short(seen.users, LONGEST_IMPACT),) if seen.users and USERS not in said else ()
    if services or users:
        yield label("Seen:"), " ", *between(SEPARATOR, (services_line(services, organisation), users))


def services_named(incident: Incident) -> Iterator[Line]:
    """The services as somebody answered in words, where none of the organisation's file is known to be hit."""
    if not incident.services and (named := incident.answers.get(SERVICES)):
        yield label("Services:"), " ", short(named, LONGEST_IMPACT)


def revenue_line(incident: Incident) -> Iterator[Line]:
    """What it costs; for the card in the room, and nowhere else."""
    if revenue := incident.answers.get(REVENUE):
        yield label("Revenue:"), " ", short(revenue, LONGEST_IMPACT)


def impact_noted(incident: Incident) -> Message:
    """To whoever said it."""
    return sentence(f"Noted. Everybody who follows {incident.key} sees it.")
