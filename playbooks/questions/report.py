"""The forms of the time after: what people write of the report, and when they meet."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.errors import Refused
from bot.domain.form import Answers, ChoiceField, Explanation, Field, Form, Option, TextField
from bot.domain.incident import Incident
from bot.organisation import Organisation
from playbooks.dates import appointment_first
from playbooks.reports import SECTIONS

LENGTHS = (30, 45, 60, 90)
LABELS = {
    "summary": ("Summary", "What happened, in a few sentences."),
    "impact": ("Impact", "Who could not do what, for how long."),
    "went-well": ("What went well?", "What should stay as it is."),
    "went-badly": ("What did not go well?", "What cost time or made it worse."),
    "root-cause": ("Root cause", "Why it was possible, and why it was not caught earlier. Blame nobody."),
    "preventive-measures": (
        "Preventive measures",
        "One a line: what, who, until when. Lines with a name or a day become follow-ups.",
    ),
}


def report_form(incident: Incident) -> Form:
    """Asks for what only people know; everything else is in the report already."""
    told = Explanation(
        lines=(("Timeline, participants, actions and metrics are added. It can be published again at any time.",),)
    )
    fields: tuple[Field, ...] = (told, *(_field(incident, name) for name in SECTIONS))
    title = f"Report of {incident.key}"
    return Form(name="report", title=title, submit="Publish", fields=fields, subject=str(incident.number))


def written_in(answers: Answers) -> Mapping[str, str]:
    """What was written, by section."""
    return {name: answers.text(name) for name in SECTIONS}


def close_form(incident: Incident) -> Form:
    """Asks why it is closed though its report is not written; nobody has to say."""
    told = Explanation(lines=((f"{incident.key} is closed without its report, and its room is archived.",),))
    why = TextField(name="why", label="Why?", placeholder="A false alarm", optional=True, longest=300)
    title = f"Close {incident.key}"
    return Form(name="close", title=title, submit="Close", fields=(told, why), subject=str(incident.number))


def meeting_form(incident: Incident, organisation: Organisation) -> Form:
    """Asks when and where."""
    options = tuple(Option(value=str(each), label=f"{each} minutes") for each in LENGTHS)
    fields = (
        TextField(
            name="when",
            label="When?",
            placeholder="Thursday at 10:00",
            hint=f"Times of {organisation.timezone.key}.",
            longest=60,
        ),
        ChoiceField(name="length", label="How long?", options=options, initial="45"),
        TextField(name="where", label="Where?", placeholder="Room 4, or a link", optional=True, longest=300),
    )
    title = f"Meeting on {incident.key}"
    return Form(name="meeting", title=title, submit="Arrange", fields=fields, subject=str(incident.number))


def meeting_in(answers: Answers, organisation: Organisation, now: datetime) -> tuple[datetime, timedelta, str]:
    """When it begins, how long it lasts, where."""
    start = start_in(answers.text("when"), organisation, now)
    return start, timedelta(minutes=int(answers.text("length") or 45)), answers.text("where")


def start_in(words: str, organisation: Organisation, now: datetime) -> datetime:
    """A time that lies ahead and is all there is; refused with how it is written."""
    start, rest = appointment_first(words, now=now, timezone=organisation.timezone)
    if start is None or rest:
        raise Refused(
            f"“{words[:40]}” is no time that lies ahead. Write it like Thursday at 10:00 or 2026-03-12 10:00.",
            field="when",
        )
    return start


def _field(incident: Incident, name: str) -> TextField:
    label, hint = LABELS[name]
    known = incident.answers.get(name, "") or (incident.resolution if name == "summary" else "")
    return TextField(name=name, label=label, hint=hint, initial=known, multiline=True, optional=True)
