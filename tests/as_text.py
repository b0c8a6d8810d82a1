"""Messages and forms as plain text that can be read aloud; golden files are kept in it.

What a button tells its handler stands in a list below the message, so that the message itself reads as it looks.
"""

from datetime import datetime
from itertools import chain

from bot.domain.form import ChoiceField, Explanation, Field, Form, PeopleField, TextField, TicksField
from bot.domain.message import (
    Bold,
    Button,
    Code,
    Control,
    Controls,
    Divider,
    Facts,
    Heading,
    Italic,
    Line,
    Link,
    LinkButton,
    Message,
    Moment,
    Part,
    Person,
    PersonPicker,
    Quote,
    Room,
    Small,
    Span,
    Style,
    Text,
)


def message_text(message: Message) -> str:
    """Summary, parts and the values of the buttons."""
    shown = "\n".join(chain.from_iterable(map(_part, message.parts)))
    values = "\n".join(f"  {_label(each)} = {each.action} {each.value}" for each in _pressable(message))
    return "\n---\n".join(filter(None, [f"notification: {message.summary}", shown, values])) + "\n"


def form_text(form: Form) -> str:
    """Title, fields with what stands in them, and the buttons below."""
    head = f"{form.title}   ({form.name} {form.subject or '-'})"
    fields = "\n\n".join("\n".join(_field(field)) for field in form.fields)
    return f"{head}\n\n{fields}\n\n[Cancel] [{form.submit}]\n"


def line_text(line: Line) -> str:
    return "".join(map(_span, line))


def _part(part: Part) -> list[str]:
    match part:
        case Heading():
            return [f"# {part.text}"]
        case Text():
            first, *others = map(line_text, part.lines)
            return [f"{first}   {_control(part.beside)}" if part.beside else first, *others]
        case Facts():
            return [f"  {fact.label}: {line_text(fact.line)}" for fact in part.facts]
        case Quote():
            return [f"| {line}" for line in part.text.splitlines()]
        case Small():
            return [f"({line_text(part.line)})"]
        case Controls():
            return [" ".join(map(_control, part.controls))]
        case Divider():
            return ["----"]


def _span(span: Span) -> str:
    match span:
        case str():
            return span
        case Bold():
            return f"*{span.text}*"
        case Italic():
            return f"_{span.text}_"
        case Code():
            return f"`{span.text}`"
        case Person():
            return f"@{span.user.removeprefix('U0').capitalize()}"
        case Room():
            return f"#{span.channel}"
        case Link():
            return f"{span.label}↗"
        case Moment():
            return _moment(span.at, with_date=span.with_date)


def _moment(at: datetime, *, with_date: bool) -> str:
    """As a reader sees it who lives in UTC and reads it on the tenth of March."""
    day = "today" if at.day == 10 else f"{at:%b} {at.day}"
    return f"{day} {at:%H:%M}" if with_date else f"{at:%H:%M}"


def _control(control: Control) -> str:
    match control:
        case Button():
            return f"[{'!' if control.style is not Style.PLAIN else ''}{control.label}]"
        case LinkButton():
            return f"[{control.label}↗]"
        case PersonPicker():
            return f"[{control.placeholder} ▾]"


def _label(control: Button | PersonPicker) -> str:
    return control.label if isinstance(control, Button) else control.placeholder


def _pressable(message: Message) -> list[Button | PersonPicker]:
    rows = [part.controls for part in message.parts if isinstance(part, Controls)]
    beside = [part.beside for part in message.parts if isinstance(part, Text)]
    return [each for each in chain(*rows, beside) if isinstance(each, Button | PersonPicker)]


def _field(field: Field) -> list[str]:
    if isinstance(field, Explanation):
        return list(map(line_text, field.lines))
    hint = [f"  ({field.hint})"] if field.hint else []
    return [f"{field.label}{' (optional)' if field.optional else ''}   {field.name}", *_input(field), *hint]


def _input(field: TextField | ChoiceField | TicksField | PeopleField) -> list[str]:
    match field:
        case TextField():
            return [f"  | {line}" for line in (field.initial or f"… {field.placeholder}").splitlines()]
        case ChoiceField() | TicksField():
            chosen = {field.initial} if isinstance(field, ChoiceField) else set(field.initial)
            marks = "()(•)" if isinstance(field, ChoiceField) else "[][x]"
            return [
                f"  {marks[2:] if each.value in chosen else marks[:2]} {each.label}"
                + (f": {each.description}" if each.description else "")
                for each in field.options
            ]
        case PeopleField():
            return [f"  @ {', '.join(field.initial) or '…'}"]
