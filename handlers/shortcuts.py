"""Slack's shortcuts: declare an incident from anywhere, or from a message that tells of one."""

from handlers.commands import declare_question
from handlers.spoken import Answer, Ask, Called, Desk
from handlers.words import readable
from playbooks.declaration import Origin
from playbooks.messages import controls
from playbooks.questions.declare import about_message, declare_form


async def declare(called: Called, desk: Desk) -> Answer:
    return declare_question(desk.organisation, channel=called.channel)


async def declare_from_message(called: Called, desk: Desk) -> Answer:
    """Asks about an incident that a message tells of; the message will be the first line of its timeline."""
    message = called.message
    assert message
    text = readable(message.text, desk.organisation)
    origin = Origin(
        channel=called.channel, ts=message.ts, by=message.user, name=message.name, text=text, link=message.link
    )
    first = next((line for line in text.splitlines() if line.strip()), "")
    form = declare_form(desk.organisation, title=first.strip(), channel=about_message(called.channel, origin))
    return Ask(form=form, button=controls.declare())
