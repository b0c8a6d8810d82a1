"""What an incident does to people: said on a line, asked by a button, sent in a form."""

from bot.domain.incident import Incident
from handlers.aim import aim
from handlers.spoken import Answer, Aside, Ask, Desk, Filled, Pressed, Said
from handlers.words import readable
from playbooks.messages import controls
from playbooks.messages.impact import impact_noted
from playbooks.questions.impact import impact_form, impact_in, impact_typed


async def impact(said: Said, desk: Desk) -> Answer:
    incident, said = await aim(said, desk)
    if not said.words:
        return await _question(incident, desk)
    typed = impact_typed(readable(said.words, desk.organisation), desk.organisation)
    return impact_noted(await desk.records.describe(incident.number, typed, by=said.user, delivery=said.delivery))


async def impact_pressed(pressed: Pressed, desk: Desk) -> Answer:
    incident = await desk.incidents.find_for(pressed.number, pressed.user, channel=pressed.channel)
    return await _question(incident, desk)


async def _question(incident: Incident, desk: Desk) -> Ask:
    form = impact_form(incident, desk.organisation, await desk.incidents.sight(incident))
    return Ask(form=form, button=controls.impact(incident))


async def impact_sent(filled: Filled, desk: Desk) -> Aside | None:
    number, given = int(filled.answers.subject), impact_in(filled.answers, desk.organisation)
    await desk.records.describe(number, given, by=filled.user, delivery=filled.delivery)
    return None
