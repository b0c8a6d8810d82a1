"""The forms that put a note on the timeline, correct one, or take it back."""

from collections.abc import Sequence

from bot.domain.errors import Refused
from bot.domain.form import Answers, ChoiceField, Form, Option, TextField, TicksField
from bot.domain.incident import Incident
from bot.domain.message import Code
from bot.domain.timeline import Entry, Happening
from bot.organisation import Organisation
from playbooks.messages.wording import local_time, named, short

MOST_NOTES = 100
WITHDRAW = "withdraw"


def note_form(incident: Incident, *, at: str = "") -> Form:
    """Asks for something worth remembering, of now or of an earlier time."""
    text = TextField(
        name="text",
        label="What should be remembered?",
        placeholder="Restarted two instances, no effect.",
        hint="It goes on the timeline, with your name and the time.",
        multiline=True,
    )
    title = f"Note on {incident.key}"
    fields = (text, _time_field("When was it? Empty is now.", at))
    return Form(name="note", title=title, submit="Save", fields=fields, subject=str(incident.number))


def correct_note_form(incident: Incident, entries: Sequence[Entry], organisation: Organisation) -> Form:
    """Asks which note, and what it should say or that it should go; refused when there are none."""
    notes = [entry for entry in entries if entry.happening is Happening.NOTE][-MOST_NOTES:]
    if not notes:
        raise Refused(f"{incident.key} has no notes yet. Write one: ", Code(text="/incident note"), ".")
    options = tuple(Option(value=str(note.serial), label=_label(note, organisation)) for note in reversed(notes))
    fields = (
        ChoiceField(name="note", label="Which note?", options=options, initial=options[0].value),
        TextField(
            name="text", label="What should it say?", hint="Empty leaves it as it is.", multiline=True, optional=True
        ),
        _time_field("When was it? Empty leaves it as it is.", ""),
        TicksField(name="withdraw", label="Or", options=(Option(value=WITHDRAW, label="Withdraw it"),)),
    )
    title = f"Notes of {incident.key}"
    return Form(name="correct-note", title=title, submit="Save", fields=fields, subject=str(incident.number))


def withdrawn(answers: Answers) -> bool:
    """Whether the note shall go."""
    return WITHDRAW in answers.several("withdraw")


def _label(note: Entry, organisation: Organisation) -> str:
    return short(f"{local_time(note.at, organisation.timezone)} {named(note.text, organisation)}", 70)


def _time_field(label: str, initial: str) -> TextField:
    return TextField(name="at", label=label, placeholder="14:05", initial=initial, optional=True, longest=40)
