"""The form that resolves an incident."""

from collections.abc import Iterator

from bot.domain.form import Explanation, Field, Form, TextField
from bot.domain.incident import Incident
from bot.domain.message import Line
from bot.domain.run import Run
from playbooks.messages.wording import moment, step_count


def resolve_form(incident: Incident, run: Run) -> Form:
    """Asks what solved it, and says what is not finished."""
    unfinished = tuple(_unfinished(incident, run))
    fields: tuple[Field, ...] = (
        *((Explanation(lines=unfinished),) if unfinished else ()),
        TextField(
            name="resolution",
            label="What solved it?",
            placeholder="Rolled back control-plane to 00041.",
            hint="One or two sentences; everybody who was told of the incident reads them.",
            multiline=True,
        ),
    )
    title = f"Resolve {incident.key}"
    return Form(name="resolve", title=title, submit="Resolve", fields=fields, subject=str(incident.number))


def _unfinished(incident: Incident, run: Run) -> Iterator[Line]:
    """What the resolver should know; none of it holds them up."""
    if incident.mitigated_at is None:
        yield ("It was not marked as mitigated, so the fix has not been watched.",)
    elif incident.watch_until:
        yield "The fix is watched until ", moment(incident.watch_until), "."
    count = sum(1 for _ in run.open_steps())
    if count:
        yield (f"Still open in the playbook, and skipped when you resolve: {step_count(count)}.",)
