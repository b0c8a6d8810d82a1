"""What people make of alerts: suggestions that wait are listed, declared and dismissed, by command and by button."""

import re

from bot.domain.alert import Suggestion
from bot.domain.errors import Refused
from bot.domain.message import Code
from handlers.spoken import Answer, Ask, Desk, Pressed, Said
from handlers.words import readable, severity_first
from playbooks.declaration import Declaration
from playbooks.messages import answers, course
from playbooks.messages.alert import declare_alert, dismissed, reopen_for, suggestions_message, title_of
from playbooks.messages.door import no_longer
from playbooks.questions.course import reopen_form
from playbooks.questions.declare import about_alert, declare_form

ABOUT_ONE = re.compile(
    r"#?(?P<number>\d{1,9})\s+(?P<what>declare|dismiss|reopen)\b\s*(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)


async def alerts(said: Said, desk: Desk) -> Answer:
    """`alerts` lists what waits; `alerts 7 declare high Payments fail`, `dismiss`, `reopen It is back` decide on it."""
    words = ABOUT_ONE.fullmatch(said.words)
    if words is None:
        waiting = await desk.alerts.undecided()
        if said.words and waiting:
            raise _say_which(waiting[0])
        return suggestions_message(waiting, desk.organisation)
    suggestion = await desk.alerts.find(int(words["number"]))
    if words["what"].lower() == "dismiss":
        await desk.alerts.dismiss(suggestion.number, by=said.user, delivery=said.delivery)
        return dismissed(suggestion)
    if words["what"].lower() == "reopen":
        why = readable(words["rest"], desk.organisation)
        incident = await desk.alerts.reopen(suggestion.number, why, by=said.user, delivery=said.delivery)
        return course.reopened_answer(incident)
    return await _declare(suggestion, words["rest"], said, desk)


async def declare_pressed(pressed: Pressed, desk: Desk) -> Answer:
    return _question(await desk.alerts.find(pressed.number), desk, channel=pressed.channel)


async def reopen_pressed(pressed: Pressed, desk: Desk) -> Answer:
    """Asks why the incident that the same alerts made before is not over."""
    suggestion = await desk.alerts.find(pressed.number)
    suggestion.refuse_when_declared()
    if suggestion.follows is None:
        raise no_longer()
    incident = await desk.incidents.find_for(suggestion.follows, pressed.user, channel=pressed.channel)
    return Ask(form=reopen_form(incident, suggestion=suggestion.number), button=reopen_for(suggestion))


async def dismiss_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.alerts.dismiss(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


def _say_which(one: Suggestion) -> Refused:
    """What to type, with the number of one that there is."""
    declare, dismiss = (Code(text=f"{ALERTS.text} {one.number} {what}") for what in ("declare high", "dismiss"))
    return Refused("Say which and what: ", declare, " or ", dismiss, ". See them all: ", ALERTS, ".")


ALERTS = Code(text="/incident alerts")


async def _declare(suggestion: Suggestion, words: str, said: Said, desk: Desk) -> Answer:
    """The alerts say what is wrong and where; only how bad it is must be said, if their rule does not."""
    severity, title = severity_first(readable(words, desk.organisation))
    severity = severity or suggestion.severity
    if severity is None:
        return _question(suggestion, desk, channel=said.channel, title=title)
    declaration = Declaration(
        title=title or title_of(suggestion), severity=severity, services=suggestion.services, channel=said.channel
    )
    incident = await desk.alerts.declare(suggestion.number, declaration, by=said.user, delivery=said.delivery)
    return answers.declared(incident, desk.organisation, room=None)


def _question(suggestion: Suggestion, desk: Desk, *, channel: str, title: str = "") -> Ask:
    """Asks about an incident for which alerts already give the title, the severity and the services."""
    suggestion.refuse_when_declared()
    form = declare_form(
        desk.organisation,
        severity=suggestion.severity,
        title=title or title_of(suggestion),
        services=suggestion.services,
        channel=about_alert(channel, suggestion),
    )
    return Ask(form=form, button=declare_alert(suggestion))
