"""The form that puts a note on the timeline."""

from bot.domain.form import Form, TextField
from bot.domain.incident import Incident


def note_form(incident: Incident) -> Form:
    """Asks for something worth remembering."""
    text = TextField(
        name="text",
        label="What should be remembered?",
        placeholder="Restarted two instances, no effect.",
        hint="It goes on the timeline, with your name and the time.",
        multiline=True,
    )
    title = f"Note on {incident.key}"
    return Form(name="note", title=title, submit="Save", fields=(text,), subject=str(incident.number))
