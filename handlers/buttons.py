"""What a button or a menu does: it reads its value, calls one function, and says so when the room does not show it."""

from bot.domain.incident import Duty
from bot.domain.run import RunKey
from handlers.commands import declare_question, resolve_question, update_question
from handlers.spoken import Answer, Ask, Desk, Pressed, numeral
from playbooks.messages import answers, controls
from playbooks.messages.door import no_longer
from playbooks.questions.role import role_form
from playbooks.questions.severity import severity_form
from playbooks.questions.status_page import status_page_form
from playbooks.questions.step import answer_form, skip_form


async def declare(pressed: Pressed, desk: Desk) -> Answer:
    return declare_question(desk.organisation, channel=pressed.channel)


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
    key, step = step_of(pressed.value)
    await desk.runner.done(key, step, by=pressed.user, delivery=pressed.delivery)
    return None


async def step_skip(pressed: Pressed, desk: Desk) -> Answer:
    key, step = step_of(pressed.value)
    run = await desk.runner.skip(key, step, "", by=pressed.user, delivery=pressed.delivery)
    return answers.skipped(run, run.step(step))


async def skip_reason(pressed: Pressed, desk: Desk) -> Answer:
    key, step = step_of(pressed.value)
    incident, run = await desk.incidents.run(key)
    found = run.step(step)
    return Ask(form=skip_form(incident, run, found), button=controls.skip_reason(run, found))


async def step_assign(pressed: Pressed, desk: Desk) -> Answer:
    if not pressed.chosen:
        return None
    key, step = step_of(pressed.value)
    await desk.runner.assign(key, step, pressed.chosen, by=pressed.user, delivery=pressed.delivery)
    return None


async def step_answer(pressed: Pressed, desk: Desk) -> Answer:
    key, step = step_of(pressed.value)
    incident, run = await desk.incidents.run(key)
    found = run.step(step)
    form = answer_form(incident, run, found, desk.organisation)
    return Ask(form=form, button=controls.step_answer(run, found))


async def next_phase(pressed: Pressed, desk: Desk) -> Answer:
    key, opened = pressed.parts(2)
    await desk.runner.next_phase(key_of(key), numeral(opened), by=pressed.user, delivery=pressed.delivery)
    return None


async def try_again(pressed: Pressed, desk: Desk) -> Answer:
    await desk.runner.try_again(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return answers.trying_again()


def step_of(value: str) -> tuple[RunKey, str]:
    """The run and the step in a value such as `42/assess/1` or `run-7/steps/3`."""
    key, _, step = value.partition("/")
    if not step:
        raise no_longer()
    return key_of(key), step


def key_of(text: str) -> RunKey:
    """The run in the value of a button; refused when it is none that was ever drawn."""
    key = RunKey.read(text)
    if key is None:
        raise no_longer()
    return key
