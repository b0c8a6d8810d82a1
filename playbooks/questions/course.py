"""The forms that change an incident's course: merge, reopen, page somebody, let people in or out, make it private."""

from collections.abc import Iterable, Sequence

from bot.domain.errors import Refused
from bot.domain.form import ChoiceField, Explanation, Form, Option, PeopleField, TextField
from bot.domain.incident import Incident
from bot.organisation import Organisation
from bot.slack.text import cut
from playbooks.messages.wording import name_of, standing
from playbooks.page_target import can_be_paged

MOST_OPTIONS = 100
LONGEST_OPTION = 75
MOST_INVITED = 20


def merge_form(incident: Incident, others: Sequence[Incident], *, into: int | None = None) -> Form:
    """Asks which incident it is the same as; refused when there is no other."""
    if not others:
        raise Refused(f"There is no other open incident that {incident.key} could be merged into.")
    options = tuple(_incident(other) for other in others[:MOST_OPTIONS])
    known = {option.value for option in options}
    fields = (
        Explanation(
            lines=(
                (f"{name_of(incident)} ends, and goes on as the other one.",),
                ("Both rooms are told; timeline, people and tasks go along, and one page is left.",),
            )
        ),
        ChoiceField(
            name="into",
            label="Into which incident?",
            options=options,
            initial=str(into) if str(into) in known else None,
        ),
    )
    return Form(
        name="merge", title=f"Merge {incident.key}", submit="Merge", fields=fields, subject=str(incident.number)
    )


def reopen_form(incident: Incident, *, suggestion: int | None = None) -> Form:
    """Asks why it is not over; `suggestion` is the number of that of the alerts which fire again."""
    fields = (
        Explanation(lines=(("Its clocks run again from now, and the on-call engineer is paged again.",),)),
        TextField(name="why", label="Why?", placeholder="Logins fail again.", optional=True, longest=500),
    )
    subject = f"{incident.number}/{suggestion}" if suggestion else str(incident.number)
    return Form(name="reopen", title=f"Reopen {incident.key}", submit="Reopen", fields=fields, subject=subject)


def page_form(incident: Incident, organisation: Organisation) -> Form:
    """Asks who is to be woken, and why."""
    options = tuple(_targets(organisation))[:MOST_OPTIONS]
    fields = (
        Explanation(lines=(("PagerDuty wakes them the moment you send this.",),)),
        ChoiceField(name="target", label="Whom?", options=options),
        TextField(name="why", label="Why?", placeholder="We need a decision.", optional=True, longest=500),
    )
    return Form(
        name="page", title=f"Page for {incident.key}", submit="Page", fields=fields, subject=str(incident.number)
    )


def invite_form(incident: Incident) -> Form:
    """Asks whom to let in."""
    field = PeopleField(name="users", label="Who?", most=MOST_INVITED)
    subject = str(incident.number)
    return Form(name="invite", title=f"Invite to {incident.key}", submit="Invite", fields=(field,), subject=subject)


def remove_form(incident: Incident) -> Form:
    """Asks whom to take out."""
    field = PeopleField(name="users", label="Who?")
    subject = str(incident.number)
    return Form(name="remove", title=f"Remove from {incident.key}", submit="Remove", fields=(field,), subject=subject)


def private_form(incident: Incident, organisation: Organisation) -> Form:
    """Asks whether it is meant: what was public stays known to those who read it."""
    if incident.private:
        raise Refused(f"{incident.key} is private already.")
    told = ", ".join(map(organisation.title, organisation.private_inform)) or "nobody else"
    lines = (
        ("From now on only those who are invited see it.",),
        (f"Told of it: {told}. A private room is opened with those who have a role; the old room is archived.",),
        ("What people wrote in the old room can still be read there, and PagerDuty keeps the title of a page.",),
        ("This cannot be undone.",),
    )
    return Form(
        name="private",
        title=f"{incident.key}: private",
        submit="Make private",
        fields=(Explanation(lines=lines),),
        subject=str(incident.number),
    )


def _incident(incident: Incident) -> Option:
    words = cut(name_of(incident), LONGEST_OPTION)
    return Option(value=str(incident.number), label=words, description=cut(standing(incident), LONGEST_OPTION))


def _targets(organisation: Organisation) -> Iterable[Option]:
    """Those whom PagerDuty can wake."""
    for role in organisation.roles.values():
        if can_be_paged(organisation, role.key):
            who = ", ".join(member.name for member in organisation.members([role.key]))
            yield Option(value=role.key, label=cut(role.title, LONGEST_OPTION), description=cut(who, LONGEST_OPTION))
    for member in organisation.people.values():
        if can_be_paged(organisation, member.key):
            yield Option(value=member.key, label=cut(member.name, LONGEST_OPTION))
