"""The form that declares an incident: two answers are enough, the rest can wait."""

import json

from bot.domain.alert import Suggestion
from bot.domain.form import Answers, Explanation, Field, Form, Option, TextField, TicksField
from bot.domain.incident import Severity
from bot.organisation import Organisation
from bot.slack.text import cut, visible
from playbooks.declaration import Origin
from playbooks.questions.severities import severity_field
from playbooks.service_words import services_named

MOST_CHOICES = 100
"""Options of one field; with more services their names are typed."""
LONGEST_TITLE = 150
LONGEST_ORIGIN = 1200
"""Characters of a message that a form carries with it; Slack lets it carry 3,000, as it is written."""

PRIVATE = "private"
DRILL = "drill"
ALERT = "/alert/"
MESSAGE = "/message/"

BEFORE_SENDING = (
    "Critical and high page the on-call engineer the moment you send this. If in doubt, choose the worse one."
)


def declare_form(
    organisation: Organisation,
    *,
    severity: Severity | None = None,
    title: str = "",
    channel: str = "",
    services: tuple[str, ...] = (),
    impact: str = "",
    drill: bool = False,
) -> Form:
    """Asks what is wrong and how bad it is; `channel` is where the declarer will look for an answer."""
    fields: tuple[Field, ...] = (
        TextField(
            name="title",
            label="What is wrong?",
            placeholder="API is down",
            initial=cut(title, LONGEST_TITLE),
            longest=LONGEST_TITLE,
        ),
        severity_field(organisation, severity),
        Explanation(lines=((BEFORE_SENDING,),)),
        *services_field(organisation, services),
        TextField(
            name="impact",
            label="Who is affected, and how?",
            placeholder="All users; nobody can log in since 02:00.",
            initial=impact,
            multiline=True,
            optional=True,
        ),
        _private_field(),
        _drill_field(ticked=drill),
    )
    return Form(name="declare", title="Declare an incident", submit="Declare", fields=fields, subject=channel)


def about_alert(channel: str, suggestion: Suggestion) -> str:
    """The subject of a form that alerts suggest; `subject_of` takes it apart."""
    return f"{channel}{ALERT}{suggestion.number}"


def subject_of(answers: Answers) -> tuple[str, int | None]:
    """The channel in which the declarer looks for an answer, and the number of the suggestion if alerts made one."""
    where, _, number = answers.subject.partition(MESSAGE)[0].partition(ALERT)
    return where, int(number) if number else None


def about_message(channel: str, origin: Origin) -> str:
    """The subject of a form that a message tells of; it carries the message, because the channel may be closed to us."""
    text = cut(visible(origin.text), LONGEST_ORIGIN)
    parts = [origin.channel, origin.ts, origin.by, cut(origin.name, LONGEST_TITLE), text, origin.link]
    return f"{channel}{MESSAGE}{json.dumps(parts, ensure_ascii=False)}"


def origin_of(answers: Answers) -> Origin | None:
    """The message that the form was opened from."""
    _, _, written = answers.subject.partition(MESSAGE)
    if not written:
        return None
    channel, ts, by, name, text, link = json.loads(written)
    return Origin(channel=channel, ts=ts, by=by, name=name, text=text, link=link)


def services_of(answers: Answers, organisation: Organisation) -> tuple[str, ...]:
    """The services that were ticked or typed; refused with the nearest match when one is not known."""
    given = answers.values.get("services", ())
    return services_named(given if isinstance(given, str) else ",".join(given), organisation, field="services")


def private_of(answers: Answers) -> bool:
    return PRIVATE in answers.several("private")


def drill_of(answers: Answers) -> bool:
    return DRILL in answers.several("drill")


def services_field(organisation: Organisation, initial: tuple[str, ...]) -> tuple[Field, ...]:
    """Asks which services are affected, where the organisation has any."""
    label = "Which services are affected?"
    known = organisation.services
    if not known:
        return ()
    if len(known) > MOST_CHOICES:
        hint = "Names with commas; leave it empty when you do not know."
        return (TextField(name="services", label=label, hint=hint, initial=", ".join(initial), optional=True),)
    options = tuple(Option(value=service.key, label=cut(service.title, 74)) for service in known.values())
    return (TicksField(name="services", label=label, options=options, initial=initial),)


def _private_field() -> TicksField:
    option = Option(
        value=PRIVATE,
        label="Private: only those who are invited see it",
        description="For security incidents. The room is private; nothing is announced.",
    )
    return TicksField(name="private", label="Is it confidential?", options=(option,))


def _drill_field(*, ticked: bool) -> TicksField:
    option = Option(
        value=DRILL,
        label="A drill: it is only practised",
        description="Pages nobody, tells no customers, counts nowhere; marked everywhere.",
    )
    return TicksField(name="drill", label="Is it real?", options=(option,), initial=(DRILL,) if ticked else ())
