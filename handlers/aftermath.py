"""What an incident leaves to do: tasks, the report and the follow-up meeting, by command, button and form."""

import re

from bot.domain.errors import Refused
from bot.domain.filing import Filing
from bot.domain.incident import Incident
from bot.domain.message import Code
from handlers.aim import aim
from handlers.spoken import Answer, Aside, Ask, Desk, Filled, Pressed, Said, numeral
from playbooks.dates import appointment_first
from playbooks.messages import controls, filing, report, task
from playbooks.questions.report import close_form, meeting_form, meeting_in, report_form, start_in, written_in
from playbooks.questions.task import due_form, due_in, task_form, task_in
from playbooks.task_words import task_of

ABOUT_ONE = re.compile(r"(?P<task>\d{1,4})\s+(?P<what>done|(?:by|due)\s+.+|<@.+>|@\S+)\s*", re.IGNORECASE)
"""`3 done`, `3 @ana`, `3 by Friday`: what is said of a task that there is."""


async def add_task(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if about := ABOUT_ONE.fullmatch(said.words):
        return await _about_one(incident, int(about["task"]), about["what"], said, desk)
    return await _make(incident, said, desk, preventive=False)


async def add_follow_up(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    return await _make(incident, said, desk, preventive=True)


async def tasks(said: Said, desk: Desk) -> Answer:
    incident, _ = await aim(said, desk)
    return task.tasks_message(incident)


async def task_pressed(pressed: Pressed, desk: Desk) -> Answer:
    incident = await _pressed(pressed, desk)
    return Ask(form=task_form(incident), button=controls.task(incident))


async def task_sent(filled: Filled, desk: Desk) -> Aside | None:
    words, preventive = task_in(filled.answers, desk.tasks.today(desk.clock.now()))
    number = int(filled.answers.subject)
    await desk.tasks.add(number, words, by=filled.user, delivery=filled.delivery, preventive=preventive)
    return None


async def task_done_pressed(pressed: Pressed, desk: Desk) -> Answer:
    number, which = map(numeral, pressed.parts(2))
    done = await desk.tasks.finish(number, which, by=pressed.user, delivery=pressed.delivery)
    return task.finished(*done)


async def task_assign_pressed(pressed: Pressed, desk: Desk) -> Answer:
    if not pressed.chosen:
        return None
    number, which = map(numeral, pressed.parts(2))
    await desk.tasks.assign(number, which, pressed.chosen, by=pressed.user, delivery=pressed.delivery)
    return None


async def task_due_pressed(pressed: Pressed, desk: Desk) -> Answer:
    number, which = map(numeral, pressed.parts(2))
    incident = await desk.incidents.find(number)
    found = incident.tasks.find(which)
    return Ask(form=due_form(incident, found), button=controls.task_due(incident, found))


async def task_due_sent(filled: Filled, desk: Desk) -> Aside | None:
    number, which = map(int, filled.answers.subject.split("/"))
    day = due_in(filled.answers.text("due"), desk.tasks.today(desk.clock.now()))
    await desk.tasks.put_off(number, which, day, by=filled.user, delivery=filled.delivery)
    return None


async def report_asked(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if not said.words:
        return _report_question(incident)
    if how := FILINGS.get(said.words.lower()):
        return filing.asked_to_file(
            await desk.filings.file(incident.number, how, by=said.user, delivery=said.delivery), how
        )
    if said.words.lower() not in {"now", "publish"}:
        raise Refused("Write the report in its form: ", REPORT, ". To publish it as it is: ", NOW, ".")
    return report.publishing(await desk.reports.publish(incident.number, {}, by=said.user, delivery=said.delivery))


async def report_pressed(pressed: Pressed, desk: Desk) -> Answer:
    return _report_question(await _pressed(pressed, desk))


async def close_without_pressed(pressed: Pressed, desk: Desk) -> Answer:
    incident = await _pressed(pressed, desk)
    return Ask(form=close_form(incident), button=controls.close_without(incident))


async def close_sent(filled: Filled, desk: Desk) -> Aside | None:
    number, why = int(filled.answers.subject), filled.answers.text("why")
    await desk.incidents.close(number, by=filled.user, delivery=filled.delivery, without_report=why)
    return None


async def file_report_pressed(pressed: Pressed, desk: Desk) -> Answer:
    number, what = pressed.parts(2)
    incident = await desk.incidents.find_for(numeral(number), pressed.user, channel=pressed.channel)
    how = FILINGS.get(what, Filing.ISSUE)
    incident = await desk.filings.file(incident.number, how, by=pressed.user, delivery=pressed.delivery)
    # What is on its way is said beside the button; where it is, an old button may not know.
    return filing.asked_to_file(incident, how) if incident.filed[how].url else None


async def report_sent(filled: Filled, desk: Desk) -> Aside | None:
    number, written = int(filled.answers.subject), written_in(filled.answers)
    await desk.reports.publish(number, written, by=filled.user, delivery=filled.delivery)
    return None


async def meeting(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if not said.words:
        return _meeting_question(incident, desk)
    now, zone = desk.clock.now(), desk.organisation.timezone
    start, place = appointment_first(said.words, now=now, timezone=zone)
    start = start or start_in(said.words, desk.organisation, now)
    await desk.reports.meet(incident.number, start, place, by=said.user, delivery=said.delivery)
    return report.meeting_arranged(incident, start, place, said.user, desk.organisation)


async def meeting_pressed(pressed: Pressed, desk: Desk) -> Answer:
    return _meeting_question(await _pressed(pressed, desk), desk)


async def meeting_sent(filled: Filled, desk: Desk) -> Aside | None:
    start, length, place = meeting_in(filled.answers, desk.organisation, desk.clock.now())
    number = int(filled.answers.subject)
    await desk.reports.meet(number, start, place, by=filled.user, delivery=filled.delivery, length=length)
    return None


FILINGS = {
    "github": Filing.ISSUE,
    "issue": Filing.ISSUE,
    "pull-request": Filing.PULL_REQUEST,
    "pull_request": Filing.PULL_REQUEST,
    "pr": Filing.PULL_REQUEST,
}
"""What people type, and what buttons hold."""
REPORT, NOW = Code(text="/incident report"), Code(text="/incident report now")


async def _make(incident: Incident, said: Said, desk: Desk, *, preventive: bool) -> Answer:
    if not said.words:
        return Ask(form=task_form(incident, preventive=preventive), button=controls.task(incident))
    words = task_of(said.words, desk.organisation, desk.tasks.today(desk.clock.now()))
    made = await desk.tasks.add(incident.number, words, by=said.user, delivery=said.delivery, preventive=preventive)
    return task.made(*made)


async def _about_one(incident: Incident, which: int, what: str, said: Said, desk: Desk) -> Answer:
    """What is said of a task that there is."""
    number, who = incident.number, said.user
    if what.lower() == "done":
        return task.finished(*await desk.tasks.finish(number, which, by=who, delivery=said.delivery))
    today = desk.tasks.today(desk.clock.now())
    if what[0] in "<@":
        owner = task_of(what, desk.organisation, today).owner
        if not owner:
            raise Refused(f"Nobody here is called {what[:40]}; mention the person.")
        return task.assigned(*await desk.tasks.assign(number, which, owner, by=who, delivery=said.delivery))
    day = due_in(what.partition(" ")[2], today)
    return task.put_off(*await desk.tasks.put_off(number, which, day, by=who, delivery=said.delivery))


def _report_question(incident: Incident) -> Ask:
    return Ask(form=report_form(incident), button=controls.report(incident))


def _meeting_question(incident: Incident, desk: Desk) -> Ask:
    return Ask(form=meeting_form(incident, desk.organisation), button=controls.meeting(incident))


async def _pressed(pressed: Pressed, desk: Desk) -> Incident:
    return await desk.incidents.find_for(pressed.number, pressed.user, channel=pressed.channel)
