"""What people do about maintenances: plan, list, say go, begin, say how it goes, extend, look over, end, cancel."""

import re
from collections.abc import Mapping

from bot.domain.errors import Refused
from bot.domain.maintenance import Maintenance, Stage
from bot.domain.message import Button, Code
from handlers.spoken import Answer, Aside, Ask, Desk, Filled, FilledHandler, Pressed, PressedHandler, Said, numeral
from handlers.verbs import Verb
from playbooks.messages import maintenance as messages
from playbooks.questions.maintenance import (
    TEXT,
    cancel_form,
    end_form,
    length_first,
    plan_form,
    say_form,
    window_in,
    window_of,
)

NUMBER = re.compile(r"(?:MNT-)?(\d{1,9})", re.IGNORECASE)
ONE_OF: Mapping[str, tuple[Stage, ...]] = {
    "go": (Stage.PLANNED,),
    "start": (Stage.PLANNED,),
    "cancel": (Stage.PLANNED,),
    "say": (Stage.UNDER_WAY, Stage.VERIFYING),
    "extend": (Stage.UNDER_WAY, Stage.VERIFYING),
    "done": (Stage.UNDER_WAY,),
    "end": (Stage.UNDER_WAY, Stage.VERIFYING),
}
"""The stages of which one is meant when no number is said."""


async def every(_: Said, desk: Desk) -> Answer:
    """All that are not over."""
    return messages.list_message(await desk.maintenances.open())


async def plan(said: Said, desk: Desk) -> Answer:
    if not said.words:
        form = plan_form(desk.organisation, desk.catalogue.playbooks.values())
        return Ask(form=form, button=_button("maintenance-plan", "Plan a maintenance", "-"))
    window = window_of(said.words, desk.organisation, desk.clock.now())
    planned = await desk.maintenances.plan(window, by=said.user, delivery=said.delivery)
    return messages.planned_message(planned, desk.organisation)


async def go(said: Said, desk: Desk) -> Answer:
    number, _ = await _which("go", said, desk)
    return messages.may_begin(await desk.maintenances.go(number, by=said.user, delivery=said.delivery))


async def start(said: Said, desk: Desk) -> Answer:
    number, _ = await _which("start", said, desk)
    begun = await desk.maintenances.begin(number, by=said.user, delivery=said.delivery)
    return messages.done_message(begun, "has begun")


async def say(said: Said, desk: Desk) -> Answer:
    number, words = await _which("say", said, desk)
    if not words:
        return _ask_say(await desk.maintenances.find(number))
    await desk.maintenances.say(number, words, by=said.user, delivery=said.delivery)
    return messages.told(desk.organisation)


async def extend(said: Said, desk: Desk) -> Answer:
    number, words = await _which("extend", said, desk)
    length, _ = length_first(words)
    return messages.extended(await desk.maintenances.extend(number, length, by=said.user, delivery=said.delivery))


async def done(said: Said, desk: Desk) -> Answer:
    number, _ = await _which("done", said, desk)
    return messages.look_now(await desk.maintenances.verify(number, by=said.user, delivery=said.delivery))


async def end(said: Said, desk: Desk) -> Answer:
    """Of one under way the work is done first; then it is looked, and ended with the same words."""
    number, words = await _which("end", said, desk)
    if (await desk.maintenances.find(number)).stage is Stage.UNDER_WAY:
        return messages.look_now(await desk.maintenances.verify(number, by=said.user, delivery=said.delivery))
    ended = await desk.maintenances.end(number, words, by=said.user, delivery=said.delivery)
    return messages.done_message(ended, "has ended")


async def cancel(said: Said, desk: Desk) -> Answer:
    number, words = await _which("cancel", said, desk)
    if not words:
        return _ask_cancel(await desk.maintenances.find(number), desk)
    cancelled = await desk.maintenances.cancel(number, words, by=said.user, delivery=said.delivery)
    return messages.done_message(cancelled, "is cancelled")


async def show(said: Said, desk: Desk) -> Answer:
    """The card of one, wherever somebody is."""
    number, _ = await _which("show", said, desk)
    found, against = await desk.maintenances.card(number)
    return messages.card_message(found, desk.organisation, against)


VERBS = (
    Verb("plan", "[WHEN] [2h] [SERVICES: what is done]", "Plan one", plan),
    Verb("list", "", "See what is planned", every, ("schedule",)),
    Verb("show", "[MNT-7]", "See one", show, most=1),
    Verb("go", "[MNT-7]", "Say that it may begin", go, most=1),
    Verb("start", "[MNT-7]", "Begin it", start, ("begin",), most=1),
    Verb("say", "[MNT-7] [text]", "Say how it goes", say, ("update",)),
    Verb("extend", "[MNT-7] [30m]", "Take longer", extend),
    Verb("done", "[MNT-7]", "Say that the work is done", done, ("verify",), most=1),
    Verb("end", "[MNT-7] [what was done]", "End it", end, ("finish",)),
    Verb("cancel", "[MNT-7] [why]", "Cancel it", cancel),
)


async def _which(verb: str, said: Said, desk: Desk) -> tuple[int, str]:
    """The one whose number is said first, else the only one that can be meant."""
    first, _, rest = said.words.strip().partition(" ")
    if found := NUMBER.fullmatch(first):
        return int(found[1]), rest.strip()
    wanted = ONE_OF.get(verb, tuple(Stage))
    fitting = [each for each in await desk.maintenances.open() if each.stage in wanted]
    if len(fitting) != 1:
        raise Refused("Say which: ", Code(text=f"/ops maintenance {verb} MNT-7"), ". ", LIST, " names them.")
    return fitting[0].number, said.words.strip()


LIST = Code(text="/ops maintenance")


async def plan_pressed(_: Pressed, desk: Desk) -> Answer:
    form = plan_form(desk.organisation, desk.catalogue.playbooks.values())
    return Ask(form=form, button=_button("maintenance-plan", "Plan a maintenance", "-"))


async def plan_sent(filled: Filled, desk: Desk) -> Aside | None:
    window = window_in(filled.answers, desk.organisation, desk.clock.now())
    await desk.maintenances.plan(window, by=filled.user, delivery=filled.delivery)
    return None


async def go_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.maintenances.go(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def verify_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.maintenances.verify(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def extend_pressed(pressed: Pressed, desk: Desk) -> Answer:
    number, words = pressed.parts(2)
    length, _ = length_first(words)
    await desk.maintenances.extend(numeral(number), length, by=pressed.user, delivery=pressed.delivery)
    return None


async def say_pressed(pressed: Pressed, desk: Desk) -> Answer:
    return _ask_say(await desk.maintenances.find(pressed.number))


async def say_sent(filled: Filled, desk: Desk) -> Aside | None:
    number, text = numeral(filled.answers.subject), filled.answers.text(TEXT)
    await desk.maintenances.say(number, text, by=filled.user, delivery=filled.delivery)
    return None


async def end_pressed(pressed: Pressed, desk: Desk) -> Answer:
    of = await desk.maintenances.find(pressed.number)
    return Ask(form=end_form(of), button=_button("maintenance-end", "End it", pressed.value))


async def end_sent(filled: Filled, desk: Desk) -> Aside | None:
    number, summary = numeral(filled.answers.subject), filled.answers.text(TEXT)
    await desk.maintenances.end(number, summary, by=filled.user, delivery=filled.delivery)
    return None


async def cancel_pressed(pressed: Pressed, desk: Desk) -> Answer:
    return _ask_cancel(await desk.maintenances.find(pressed.number), desk)


async def cancel_sent(filled: Filled, desk: Desk) -> Aside | None:
    number, reason = numeral(filled.answers.subject), filled.answers.text(TEXT)
    await desk.maintenances.cancel(number, reason, by=filled.user, delivery=filled.delivery)
    return None


def _ask_say(of: Maintenance) -> Ask:
    return Ask(form=say_form(of), button=_button("maintenance-say", "Say how it goes", str(of.number)))


def _ask_cancel(of: Maintenance, desk: Desk) -> Ask:
    form = cancel_form(of, desk.organisation)
    return Ask(form=form, button=_button("maintenance-cancel", "Cancel it", str(of.number)))


def _button(action: str, label: str, value: str) -> Button:
    return Button(action=action, label=label, value=value)


BUTTONS: Mapping[str, PressedHandler] = {
    "maintenance-cancel": cancel_pressed,
    "maintenance-end": end_pressed,
    "maintenance-extend": extend_pressed,
    "maintenance-go": go_pressed,
    "maintenance-plan": plan_pressed,
    "maintenance-say": say_pressed,
    "maintenance-verify": verify_pressed,
}
FORMS: Mapping[str, FilledHandler] = {
    "maintenance-cancel": cancel_sent,
    "maintenance-end": end_sent,
    "maintenance-plan": plan_sent,
    "maintenance-say": say_sent,
}
