"""The form that asks what an incident does to people, and the same typed on one line."""

import re

from bot.domain.errors import Refused
from bot.domain.form import Answers, Field, Form, TextField
from bot.domain.impact import REVENUE, SCOPE, USERS, Impact
from bot.domain.incident import Incident
from bot.domain.message import Code
from bot.organisation import Organisation
from playbooks.questions.declare import services_field, services_of
from playbooks.seen_impact import seen_impact
from playbooks.service_words import services_named
from playbooks.sight import NOTHING_SEEN, Sight

PART = re.compile(
    r"(?:(?P<name>services?|users?|revenue|scope|impact)\s*:)?\s*(?P<words>.*)", re.IGNORECASE | re.DOTALL
)
LINE = Code(text="/incident impact services: billing; users: 4,000; nobody can pay")


def keeps_revenue(incident: Incident, organisation: Organisation) -> bool:
    """Whether the room is private, so that what it costs may be told there."""
    return incident.private or organisation.war_room.private


def impact_form(incident: Incident, organisation: Organisation, sight: Sight = NOTHING_SEEN) -> Form:
    """Asks for it, with what is known, else with what the evidence says."""
    known, seen = incident.answers, seen_impact(sight, organisation)
    revenue = TextField(
        name="revenue",
        label="What does it cost?",
        hint="Shown on the card of this private room, and nowhere else.",
        initial=known.get(REVENUE, ""),
        optional=True,
    )
    fields: tuple[Field, ...] = (
        *services_field(organisation, incident.services or seen.services),
        TextField(
            name="users",
            label="Which users, and how many?",
            placeholder="About 4,000, in Europe",
            initial=known.get(USERS, seen.users),
            optional=True,
        ),
        TextField(
            name="scope",
            label="What can they not do?",
            placeholder="Nobody can pay since 02:00.",
            initial=known.get(SCOPE, seen.scope),
            multiline=True,
            optional=True,
        ),
        *((revenue,) if keeps_revenue(incident, organisation) else ()),
    )
    return Form(
        name="impact", title=f"Impact of {incident.key}", submit="Save", fields=fields, subject=str(incident.number)
    )


def impact_in(answers: Answers, organisation: Organisation) -> Impact:
    """What was filled in."""
    return Impact(
        scope=answers.text("scope"),
        users=answers.text("users"),
        services=services_of(answers, organisation),
        revenue=answers.text("revenue"),
    )


def impact_typed(words: str, organisation: Organisation) -> Impact:
    """What was typed: parts between semicolons, which may begin with what they are about; else they say what is so."""
    said: dict[str, list[str]] = {}
    for part in filter(str.strip, words.split(";")):
        found = PART.fullmatch(part.strip())
        assert found
        name = (found["name"] or "scope").lower().rstrip("s")
        said.setdefault("scope" if name == "impact" else name, []).append(found["words"].strip())
    together = {name: "; ".join(filter(None, parts)) for name, parts in said.items()}
    services = services_named(together.get("service", ""), organisation, field="services")
    impact = Impact(
        scope=together.get("scope", ""),
        users=together.get("user", ""),
        services=services,
        revenue=together.get("revenue", ""),
    )
    if not impact.answers:
        raise Refused("Say who is affected, and how: ", LINE, ".")
    return impact
