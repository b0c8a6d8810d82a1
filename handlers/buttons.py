"""What a button or a menu does: it reads its value, calls one function, and says so when the room does not show it."""

from bot.domain.incident import Duty
from handlers.commands import declare_question, resolve_question, update_question
from handlers.spoken import Answer, Ask, Desk, Pressed, numeral
from playbooks.messages import answers, controls
from playbooks.messages.alert import title_of
from playbooks.messages.door import no_longer
from playbooks.questions.declare import about_alert, declare_form
from playbooks.questions.role import role_form
from playbooks.questions.severity import severity_form
from playbooks.questions.status_page import status_page_form
from playbooks.questions.step import answer_form, skip_form


async def declare(pressed: Pressed, desk: Desk) -> Answer:
    return declare_question(desk.organisation, channel=pressed.channel)


async def declare_alert(pressed: Pressed, desk: Desk) -> Answer:
    """Asks about an incident for which alerts already give the title, the severity and the services."""
    suggestion = await desk.alerts.find(pressed.number)
    suggestion.refuse_when_declared()
    form = declare_form(
        desk.organisation,
        severity=suggestion.severity,
        title=title_of(suggestion),
        services=suggestion.services,
        channel=about_alert(pressed.channel, suggestion),
    )
    return Ask(form=form, button=controls.declare())


async def dismiss_alert(pressed: Pressed, desk: Desk) -> Answer:
    await desk.alerts.dismiss(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def acknowledge(pressed: Pressed, desk: Desk) -> Answer:
    await desk.incidents.acknowledge(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def take_role(pressed: Pressed, desk: Desk) -> Answer:
    number, duty, holder = pressed.parts(3)
    if duty not in set(Duty):
        raise no_longer()
    held_by = None if holder == controls.NOBODY else holder
    await desk.incidents.take_role(
        numeral(number), Duty(duty), user=pressed.user, by=pressed.user, held_by=held_by, delivery=pressed.delivery
    )
    return None


async def role(pressed: Pressed, desk: Desk) -> Answer:
    incident = await desk.incidents.find(pressed.number)
    return Ask(form=role_form(incident), button=controls.role(incident))


async def post_update(pressed: Pressed, desk: Desk) -> Answer:
    return await update_question(await desk.incidents.find(pressed.number), desk)


async def status_page(pressed: Pressed, desk: Desk) -> Answer:
    incident = await desk.incidents.find(pressed.number)
    return Ask(form=status_page_form(incident, desk.organisation), button=controls.status_page(incident))


async def no_change(pressed: Pressed, desk: Desk) -> Answer:
    incident = await desk.incidents.no_change(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return answers.put_off(incident, desk.organisation)


async def snooze(pressed: Pressed, desk: Desk) -> Answer:
    number, minutes = map(numeral, pressed.parts(2))
    incident = await desk.incidents.snooze(number, minutes, by=pressed.user, delivery=pressed.delivery)
    return answers.put_off(incident, desk.organisation)


async def mitigated(pressed: Pressed, desk: Desk) -> Answer:
    await desk.incidents.mitigate(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def resolve(pressed: Pressed, desk: Desk) -> Answer:
    return await resolve_question(await desk.incidents.find(pressed.number), desk)


async def close(pressed: Pressed, desk: Desk) -> Answer:
    await desk.incidents.close(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def change_severity(pressed: Pressed, desk: Desk) -> Answer:
    incident = await desk.incidents.find(pressed.number)
    return Ask(form=severity_form(incident, desk.organisation), button=controls.change_severity(incident))


async def step_done(pressed: Pressed, desk: Desk) -> Answer:
    number, step = step_of(pressed.value)
    await desk.runner.done(number, step, by=pressed.user, delivery=pressed.delivery)
    return None


async def step_skip(pressed: Pressed, desk: Desk) -> Answer:
    number, step = step_of(pressed.value)
    await desk.runner.skip(number, step, "", by=pressed.user, delivery=pressed.delivery)
    standing = await desk.incidents.status(number)
    return answers.skipped(standing.incident, standing.run.step(step))


async def skip_reason(pressed: Pressed, desk: Desk) -> Answer:
    number, step = step_of(pressed.value)
    standing = await desk.incidents.status(number)
    found = standing.run.step(step)
    return Ask(form=skip_form(standing.incident, found), button=controls.skip_reason(standing.incident, found))


async def step_assign(pressed: Pressed, desk: Desk) -> Answer:
    if not pressed.chosen:
        return None
    number, step = step_of(pressed.value)
    await desk.runner.assign(number, step, pressed.chosen, by=pressed.user, delivery=pressed.delivery)
    return None


async def step_answer(pressed: Pressed, desk: Desk) -> Answer:
    number, step = step_of(pressed.value)
    standing = await desk.incidents.status(number)
    found = standing.run.step(step)
    form = answer_form(standing.incident, found, desk.organisation)
    return Ask(form=form, button=controls.step_answer(standing.incident, found))


async def next_phase(pressed: Pressed, desk: Desk) -> Answer:
    number, opened = map(numeral, pressed.parts(2))
    await desk.runner.next_phase(number, opened, by=pressed.user, delivery=pressed.delivery)
    return None


async def try_again(pressed: Pressed, desk: Desk) -> Answer:
    await desk.runner.try_again(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return answers.trying_again()


def step_of(value: str) -> tuple[int, str]:
    """The incident and the step in a value such as `42/assess/1`."""
    number, _, step = value.partition("/")
    if not step:
        raise no_longer()
    return numeral(number), step
