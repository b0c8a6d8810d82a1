"""The form that resolves an incident."""

from collections.abc import Iterator

from bot.domain.form import Answers, Explanation, Field, Form, Option, TextField, TicksField
from bot.domain.incident import Incident
from bot.domain.message import Bold, Line
from bot.domain.run import Run
from bot.domain.status_page import Stage
from bot.organisation import Organisation
from playbooks.messages.evidence import finding_lines
from playbooks.messages.wording import moment, step_count
from playbooks.public_words import drafted
from playbooks.sight import NOTHING_SEEN, Sight

TOLD = "told"


def resolve_form(incident: Incident, run: Run, organisation: Organisation, sight: Sight = NOTHING_SEEN) -> Form:
    """Asks what solved it, and says what is not finished, or not well."""
    unfinished = (*_unwell(sight), *_unfinished(incident, run))
    fields: tuple[Field, ...] = (
        *((Explanation(lines=unfinished),) if unfinished else ()),
        TextField(
            name="resolution",
            label="What solved it?",
            placeholder="Rolled back control-plane to 00041.",
            hint="One or two sentences; everybody who was told of the incident reads them.",
            multiline=True,
        ),
        *_customers(incident, organisation),
    )
    title = f"Resolve {incident.key}"
    return Form(name="resolve", title=title, submit="Resolve", fields=fields, subject=str(incident.number))


def tells_customers(answers: Answers) -> bool:
    """Whether the status page shall say that it is over."""
    return TOLD in answers.several("customers")


def _customers(incident: Incident, organisation: Organisation) -> Iterator[Field]:
    """The page says that something is wrong: the last notice is shown, and posted when it is ticked."""
    if incident.public and incident.public.down and not incident.private:
        words = drafted(incident, organisation, stage=Stage.RESOLVED).text
        now = incident.public.latest.stage
        yield Explanation(lines=((Bold(text=f"The status page says {now}."), f" It can say: {words}"),))
        option = Option(value=TOLD, label="Post this to the status page and mark it resolved")
        yield TicksField(name="customers", label="Shall customers know?", options=(option,))


def _unwell(sight: Sight) -> Iterator[Line]:
    """Resolving it nevertheless is the resolver's to decide."""
    if (bad := sight.now.unhealthy) and sight.looked_at:
        yield Bold(text="The evidence is not well"), ", looked at ", moment(sight.looked_at), ":"
        yield from finding_lines(bad, private=sight.private)


def _unfinished(incident: Incident, run: Run) -> Iterator[Line]:
    """What the resolver should know; none of it holds them up."""
    if incident.mitigated_at is None:
        yield ("It was not marked as mitigated, so the fix has not been watched.",)
    elif incident.watch_until:
        yield "The fix is watched until ", moment(incident.watch_until), "."
    count = sum(1 for _ in run.open_steps())
    if count:
        yield (f"Still open in the playbook, and skipped when you resolve: {step_count(count)}.",)
