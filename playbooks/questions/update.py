"""The form that posts a status update: one text with a draft in it, and whom it reaches."""

from collections.abc import Iterator, Sequence

from bot.domain.errors import Refused
from bot.domain.form import Answers, Form, Option, TextField, TicksField
from bot.domain.incident import Incident, Status
from bot.domain.run import Run
from bot.domain.timeline import Entry, Happening
from bot.organisation import Organisation
from bot.slack.text import cut
from playbooks.audience import Audience, owed_to_customers
from playbooks.messages.wording import named, short

LONGEST_UPDATE = 3000
"""Characters of a text field; Slack's limit."""
OWED = "This update counts only when it reaches the status page; until then the next one stays due."
MOST_CHANGES = 6
"""The latest changes that a draft tells; nobody reads more in an update."""

TELLING = {
    Happening.ROLE,
    Happening.SEVERITY,
    Happening.NOTE,
    Happening.STEP,
    Happening.ANSWER,
}
"""What has happened that a reader of an update wants to know; of the steps only those that people did."""

STATES = {
    Status.DECLARED: "Nobody has taken it yet.",
    Status.ACKNOWLEDGED: "We are on it.",
    Status.INVESTIGATING: "We are investigating.",
    Status.MITIGATING: "We are mitigating it.",
    Status.MONITORING: "A fix is in place; we are watching it.",
    Status.RESOLVED: "It is resolved.",
    Status.CLOSED: "It is resolved.",
}


def update_form(incident: Incident, run: Run, entries: Sequence[Entry], organisation: Organisation) -> Form:
    """Asks for an update; `entries` is the timeline, of which the draft tells what came after the last update."""
    text = TextField(
        name="text",
        label="What do you know, what is being done?",
        hint="Opsbot drafted this from the timeline; change whatever you like.",
        initial=draft(incident, run, entries, organisation),
        multiline=True,
        longest=LONGEST_UPDATE,
    )
    options = tuple(_options(incident, organisation))
    initial = tuple(option.value for option in options if option.value != Audience.STATUS_PAGE)
    owed = owed_to_customers(incident, organisation.severity(incident.severity))
    ticks = TicksField(
        name="audiences",
        label="Who reads it?",
        hint=OWED if owed else "",
        options=options,
        initial=initial,
        optional=False,
    )
    title = f"Update of {incident.key}"
    return Form(name="update", title=title, submit="Post update", fields=(text, ticks), subject=str(incident.number))


def audiences_of(answers: Answers) -> frozenset[Audience]:
    """Whom an update shall reach; refused when it is nobody."""
    audiences = frozenset(Audience(value) for value in answers.several("audiences"))
    if not audiences:
        raise Refused("Tick who shall read it.", field="audiences")
    return audiences


def draft(incident: Incident, run: Run, entries: Sequence[Entry], organisation: Organisation) -> str:
    """What an update would say if nobody had time to write one: state, impact, what has happened since the last one."""
    lines = [STATES[incident.status], *_known(incident), *_changes(incident, entries, organisation), *_next(run)]
    return cut("\n".join(lines), LONGEST_UPDATE - 1)


def _options(incident: Incident, organisation: Organisation) -> Iterator[Option]:
    """Those it can reach; nothing of a private incident leaves its room and its stakeholders."""
    policy = organisation.severity(incident.severity)
    yield Option(value=Audience.ROOM, label="This war room")
    if policy.announce and not incident.private:
        channel = short(organisation.channels.critical_incidents, 40)
        yield Option(value=Audience.ANNOUNCEMENT, label=f"The announcement in {channel}")
    told = organisation.private_inform if incident.private else policy.inform
    if told and not incident.drill:
        titles = short(", ".join(map(organisation.title, told)), 50)
        yield Option(value=Audience.STAKEHOLDERS, label=f"Stakeholders: {titles}")
    if incident.for_customers:
        described = "Customers read it: no internal words. Nothing goes there without this tick."
        yield Option(value=Audience.STATUS_PAGE, label="The public status page", description=described)


def _known(incident: Incident) -> Iterator[str]:
    for name, label in (("impact", "Impact"), ("suspected-cause", "Suspected cause"), ("workaround", "Workaround")):
        if answer := incident.answers.get(name):
            yield f"{label}: {short(answer, 300)}"


def _changes(incident: Incident, entries: Sequence[Entry], organisation: Organisation) -> Iterator[str]:
    since = incident.last_update.at if incident.last_update else incident.declared_at
    news = [entry for entry in entries if entry.at > since and _telling(entry)]
    if news:
        yield "Since the last update:" if incident.last_update else "So far:"
    yield from (f"• {short(named(entry.text, organisation), 200)}" for entry in news[-MOST_CHANGES:])


def _telling(entry: Entry) -> bool:
    return entry.happening in TELLING and (entry.happening is not Happening.STEP or bool(entry.by))


def _next(run: Run) -> Iterator[str]:
    """The first thing that is still to be done."""
    for step in run.open_steps():
        if not step.auto and not step.done_when and not step.ask:
            yield f"Next: {short(step.text, 200)}"
            return
