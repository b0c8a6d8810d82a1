"""The form that gives somebody a role for the time of an incident."""

from bot.domain.form import ChoiceField, Form, Option, PeopleField
from bot.domain.incident import Duty, Incident

MEANINGS = {
    Duty.COMMANDER: "Decides; the others report.",
    Duty.COMMUNICATIONS: "Posts the status updates.",
    Duty.SCRIBE: "Keeps the timeline and writes the report.",
}


def role_form(incident: Incident) -> Form:
    """Asks which role, and who takes it."""
    options = tuple(
        Option(value=duty, label=duty.capitalize(), description=meaning) for duty, meaning in MEANINGS.items()
    )
    free = next((duty for duty in Duty if duty not in incident.duties), None)
    fields = (
        ChoiceField(name="duty", label="Which role?", options=options, initial=free),
        PeopleField(name="user", label="Who takes it?", hint="Whoever has it now is relieved."),
    )
    title = f"Roles of {incident.key}"
    return Form(name="role", title=title, submit="Give", fields=fields, subject=str(incident.number))
