"""The forms about one step of a playbook: its answer, and why it was skipped."""

from bot.domain.form import Explanation, Form, TextField
from bot.domain.incident import Incident
from bot.domain.playbook import ASK_FIELDS, Step
from bot.domain.run import Run
from bot.organisation import Organisation
from playbooks.messages.customers import customer_draft
from playbooks.messages.step import short_line


def answer_form(incident: Incident | None, run: Run, step: Step, organisation: Organisation) -> Form:
    """Asks what an `ask:` step wants to know; an earlier answer, or a draft, is there to be changed."""
    asked = ASK_FIELDS.get(step.ask or "")
    field = TextField(
        name="answer",
        label=asked.label if asked else "Answer",
        hint=asked.hint if asked else "",
        initial=_begun(incident, run, step, organisation),
        multiline=asked.multiline if asked else True,
    )
    return _form("answer", "Answer", incident, run, step, field)


def _begun(incident: Incident | None, run: Run, step: Step, organisation: Organisation) -> str:
    if incident is None:
        return run.progress(step.key).note
    if known := incident.answers.get(step.ask or "", ""):
        return known
    return customer_draft(incident, organisation) if step.ask == "customer-message" else ""


def skip_form(incident: Incident | None, run: Run, step: Step) -> Form:
    """Asks why a step was skipped."""
    field = TextField(name="reason", label="Why is it skipped?", placeholder="Load is normal.", longest=500)
    return _form("skip", "Save", incident, run, step, field)


def _form(name: str, submit: str, incident: Incident | None, run: Run, step: Step, field: TextField) -> Form:
    of = incident.key if incident and not run.start else f"Run {run.id}"
    return Form(
        name=name,
        title=f"{of}, step {step.key.rpartition('/')[2]}",
        submit=submit,
        fields=(Explanation(lines=(short_line(step.line),)), field),
        subject=f"{run.key}/{step.key}",
    )
