"""The form by which somebody approves what customers read: nothing is public before it was sent."""

from bot.domain.errors import Refused
from bot.domain.form import Answers, ChoiceField, Explanation, Field, Form, Option, TextField
from bot.domain.incident import Incident
from bot.domain.message import Bold, Line
from bot.domain.status_page import LONGEST_NOTICE, LONGEST_TITLE, Health, Stage
from bot.organisation import Organisation
from bot.slack.text import cut
from playbooks.messages.status_page import HEALTHS, STAGES, public_line
from playbooks.public_words import Draft, Words, drafted

COMPONENT = "component/"
"""What the fields of components begin with."""
CHOOSABLE = (Health.OPERATIONAL, Health.DEGRADED, Health.PARTIAL, Health.MAJOR)
"""Maintenance is announced as such, never as an incident."""
MEANINGS = {
    Stage.INVESTIGATING: "We do not know the cause yet.",
    Stage.IDENTIFIED: "We know the cause and are working on it.",
    Stage.MONITORING: "It is fixed, and we are watching.",
    Stage.RESOLVED: "It is over; all its components are operational again.",
}


def status_page_form(incident: Incident, organisation: Organisation, *, stage: Stage | None = None) -> Form:
    """Asks for the words, with a draft of them; refused for a private incident."""
    if incident.private:
        raise Refused(f"{incident.key} is private; nothing of it goes to the status page.")
    if incident.drill:
        raise Refused(f"{incident.key} is a drill; nothing of it goes to the status page.")
    draft = drafted(incident, organisation, stage=stage)
    fields: tuple[Field, ...] = (
        Explanation(
            lines=((Bold(text="Customers read this"), " as soon as you publish it."), _now(incident, organisation))
        ),
        _stage_field(draft),
        *(() if incident.public else (_title_field(draft),)),
        TextField(
            name="text",
            label="What shall customers read?",
            hint="A draft without internal words; change whatever you like.",
            initial=draft.text,
            multiline=True,
            longest=LONGEST_NOTICE,
        ),
        *_component_fields(draft, organisation),
    )
    seen = incident.public.latest.number if incident.public else 0
    title = f"Status page, {incident.key}"
    return Form(name="status-page", title=title, submit="Publish", fields=fields, subject=f"{incident.number}/{seen}")


def words_of(answers: Answers) -> tuple[int, Words]:
    """The number of the incident, and what its customers shall read."""
    number, _, seen = answers.subject.partition("/")
    text = answers.text("text")
    if not text:
        raise Refused("Write what customers shall read.", field="text")
    components = {
        name.removeprefix(COMPONENT): Health(answers.text(name))
        for name in answers.values
        if name.startswith(COMPONENT) and answers.text(name)
    }
    stage = Stage(answers.text("stage"))
    return int(number), Words(
        text=text, stage=stage, components=components, title=answers.text("title"), seen=int(seen or 0)
    )


def _now(incident: Incident, organisation: Organisation) -> Line:
    return public_line(incident, organisation) or ("Nothing is public yet.",)


def _stage_field(draft: Draft) -> ChoiceField:
    options = tuple(Option(value=stage, label=STAGES[stage], description=MEANINGS[stage]) for stage in Stage)
    return ChoiceField(name="stage", label="How far are we?", options=options, initial=draft.stage)


def _title_field(draft: Draft) -> TextField:
    return TextField(name="title", label="Title", initial=draft.title, longest=LONGEST_TITLE)


def _component_fields(draft: Draft, organisation: Organisation) -> tuple[ChoiceField, ...]:
    """One for each component, those that were hit first."""
    services = sorted(organisation.components(), key=lambda service: service.key not in draft.components)
    options = tuple(Option(value=health, label=HEALTHS[health]) for health in CHOOSABLE)
    return tuple(
        ChoiceField(
            name=f"{COMPONENT}{service.key}",
            label=cut(service.title, 74),
            options=options,
            initial=draft.components.get(service.key, Health.OPERATIONAL),
        )
        for service in services
    )
