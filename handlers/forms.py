"""What a form that was sent does: it reads its answers and calls one function; refusals go below their fields."""

from bot.domain.errors import Refused
from bot.domain.incident import Duty, Severity
from handlers.buttons import step_of
from handlers.spoken import Aside, Desk, Filled
from playbooks.declaration import Declaration
from playbooks.messages import answers
from playbooks.questions.declare import drill_of, origin_of, private_of, services_of, subject_of
from playbooks.questions.resolve import tells_customers
from playbooks.questions.status_page import words_of
from playbooks.questions.update import audiences_of


async def declare(filled: Filled, desk: Desk) -> Aside | None:
    given = filled.answers
    channel, suggestion = subject_of(given)
    declaration = Declaration(
        title=_needed(filled, "title", "Say in a few words what is wrong."),
        severity=Severity(_needed(filled, "severity", "Choose how bad it is.")),
        services=services_of(given, desk.organisation),
        impact=given.text("impact"),
        private=private_of(given),
        drill=drill_of(given),
        channel=channel,
        origin=origin_of(given),
    )
    if suggestion is None:
        incident = await desk.incidents.declare(declaration, by=filled.user, delivery=filled.delivery)
    else:
        incident = await desk.alerts.declare(suggestion, declaration, by=filled.user, delivery=filled.delivery)
    return Aside(message=answers.declared(incident, desk.organisation, room=None), channel=channel)


async def update(filled: Filled, desk: Desk) -> Aside | None:
    text = _needed(filled, "text", "Write what you know and what is being done.")
    await desk.incidents.post_update(
        int(filled.answers.subject), text, audiences_of(filled.answers), by=filled.user, delivery=filled.delivery
    )
    return None


async def status_page(filled: Filled, desk: Desk) -> Aside | None:
    number, words = words_of(filled.answers)
    await desk.status_page.publish(number, words, by=filled.user, delivery=filled.delivery)
    return None


async def severity(filled: Filled, desk: Desk) -> Aside | None:
    await desk.incidents.change_severity(
        int(filled.answers.subject),
        Severity(_needed(filled, "severity", "Choose how bad it is.")),
        by=filled.user,
        reason=filled.answers.text("reason"),
        delivery=filled.delivery,
    )
    return None


async def role(filled: Filled, desk: Desk) -> Aside | None:
    number, duty = int(filled.answers.subject), Duty(_needed(filled, "duty", "Choose a role."))
    user = next(iter(filled.answers.several("user")), filled.user)
    incident = await desk.incidents.find(number)
    await desk.incidents.take_role(
        number, duty, user=user, by=filled.user, held_by=incident.duties.get(duty), delivery=filled.delivery
    )
    return None


async def resolve(filled: Filled, desk: Desk) -> Aside | None:
    resolution = _needed(filled, "resolution", "Say in a sentence what solved it.")
    await desk.incidents.resolve(
        int(filled.answers.subject),
        resolution,
        by=filled.user,
        delivery=filled.delivery,
        tell_customers=tells_customers(filled.answers),
    )
    return None


async def answer(filled: Filled, desk: Desk) -> Aside | None:
    key, step = step_of(filled.answers.subject)
    text = _needed(filled, "answer", "Write the answer, or press Skip on the step.")
    await desk.runner.answer(key, step, text, by=filled.user, delivery=filled.delivery)
    return None


async def skip(filled: Filled, desk: Desk) -> Aside | None:
    key, step = step_of(filled.answers.subject)
    reason = _needed(filled, "reason", "Say why.")
    await desk.runner.skip(key, step, reason, by=filled.user, delivery=filled.delivery)
    return None


def _needed(filled: Filled, field: str, advice: str) -> str:
    """An answer that must be there; blanks alone are none."""
    if text := filled.answers.text(field):
        return text
    raise Refused(advice, field=field)
