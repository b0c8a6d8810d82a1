"""The form that asks what a playbook has to know before it starts."""

from bot.domain.errors import Refused
from bot.domain.form import Answers, ChoiceField, Explanation, Field, Form, Option, TextField
from bot.domain.playbook import Playbook
from bot.organisation import Organisation
from playbooks.beginning import Somewhere
from playbooks.messages.wording import short
from playbooks.parameters import SERVICE, Told, others
from playbooks.service_words import services_named

MOST_CHOICES = 100


def start_form(playbook: Playbook, told: Told, where: Somewhere, organisation: Organisation) -> Form:
    """Asks for what the playbook was not told; what it was told is there to be changed."""
    fields: list[Field] = [Explanation(lines=((short(playbook.title, 150),),))]
    if SERVICE in playbook.parameters:
        fields.append(_service_field(told, organisation))
    for number, name in enumerate(others(playbook)):
        initial = told.words[number] if number < len(told.words) else ""
        fields.append(TextField(name=name, label=name.replace("-", " ").capitalize(), initial=initial, longest=200))
    subject = f"{playbook.name}/{where.channel}/{where.thread}"
    return Form(name="start", title="Start a playbook", submit="Start", fields=tuple(fields), subject=subject)


def start_of(answers: Answers, playbook: Playbook, organisation: Organisation) -> Told:
    """What was filled in."""
    services = services_named(answers.text(SERVICE), organisation)
    words = tuple(answers.text(name) for name in others(playbook))
    for name, word in zip(others(playbook), words, strict=True):
        if not word:
            raise Refused("Fill this in, or stop here.", field=name)
    return Told(services=services, words=words)


def where_of(answers: Answers) -> tuple[str, Somewhere]:
    """The name of the playbook, and where it is to stand."""
    name, channel, thread = answers.subject.split("/")
    return name, Somewhere(channel=channel, thread=thread)


def _service_field(told: Told, organisation: Organisation) -> Field:
    initial = next(iter(told.services), None)
    services = list(organisation.services.values())
    if not services or len(services) > MOST_CHOICES:
        return TextField(name=SERVICE, label="Service", initial=initial or "", longest=200)
    options = tuple(Option(value=each.key, label=each.title) for each in services)
    return ChoiceField(name=SERVICE, label="Service", options=options, initial=initial)
