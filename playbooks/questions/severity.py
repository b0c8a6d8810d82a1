"""The form that makes an incident better or worse."""

from bot.domain.form import Form, TextField
from bot.domain.incident import Incident
from bot.organisation import Organisation
from playbooks.questions.severities import severity_field


def severity_form(incident: Incident, organisation: Organisation) -> Form:
    """Asks how bad it is by now, and why that is thought."""
    fields = (
        severity_field(organisation, incident.severity),
        TextField(
            name="reason",
            label="Why?",
            hint="Told in the room and kept on the timeline.",
            placeholder="Payments fail too.",
            optional=True,
            longest=500,
        ),
    )
    title = f"Severity of {incident.key}"
    return Form(name="severity", title=title, submit="Change", fields=fields, subject=str(incident.number))
