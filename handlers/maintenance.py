"""What people do about maintenances: plan, list, say go, begin, say how it goes, extend, look over, end, cancel."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.maintenance import Maintenance, Stage
from bot.domain.message import Button, Code
from handlers.spoken import Answer, Aside, Ask, Desk, Filled, FilledHandler, Pressed, PressedHandler, Said, numeral
from playbooks.messages import maintenance as messages
from playbooks.mistakes import unknown
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


async def of(said: Said, desk: Desk) -> Answer:
    """`plan`, `list`, `MNT-7`, or what is to become of one."""
    verb, rest = said.rest()
    if verb in VERBS:
        number, rest = await _which(verb, rest, desk)
        return await VERBS[verb](number, rest, desk)
    match verb:
        case "plan" | "schedule":
            return await _plan(rest, desk)
        case "" | "list":
            return messages.list_message(await desk.maintenances.open(), desk.organisation)
        case _ if found := NUMBER.fullmatch(verb):
            of, against = await desk.maintenances.card(int(found[1]))
            return messages.card_message(of, desk.organisation, against)
        case _:
            raise Refused(unknown("/ops maintenance command", ("plan", "list", *VERBS), verb))


async def _plan(said: Said, desk: Desk) -> Answer:
    if not said.words:
        form = plan_form(desk.organisation, desk.catalogue.playbooks.values())
        return Ask(form=form, button=_button("maintenance-plan", "Plan a maintenance", "-"))
    window = window_of(said.words, desk.organisation, desk.clock.now())
    planned = await desk.maintenances.plan(window, by=said.user, delivery=said.delivery)
    return messages.planned_message(planned, desk.organisation)


async def _go(number: int, said: Said, desk: Desk) -> Answer:
    return messages.may_begin(await desk.maintenances.go(number, by=said.user, delivery=said.delivery))


async def _start(number: int, said: Said, desk: Desk) -> Answer:
    return messages.done_message(
        await desk.maintenances.begin(number, by=said.user, delivery=said.delivery), "has begun"
    )


async def _say(number: int, said: Said, desk: Desk) -> Answer:
    if not said.words:
        return _ask_say(await desk.maintenances.find(number))
    await desk.maintenances.say(number, said.words, by=said.user, delivery=said.delivery)
    return messages.told(desk.organisation)


async def _extend(number: int, said: Said, desk: Desk) -> Answer:
    length, _ = length_first(said.words)
    return messages.extended(await desk.maintenances.extend(number, length, by=said.user, delivery=said.delivery))


async def _done(number: int, said: Said, desk: Desk) -> Answer:
    return messages.look_now(await desk.maintenances.verify(number, by=said.user, delivery=said.delivery))


async def _end(number: int, said: Said, desk: Desk) -> Answer:
    """Of one under way the work is done first; then it is looked, and ended with the same words."""
    if (await desk.maintenances.find(number)).stage is Stage.UNDER_WAY:
        return await _done(number, said, desk)
    ended = await desk.maintenances.end(number, said.words, by=said.user, delivery=said.delivery)
    return messages.done_message(ended, "has ended")


async def _cancel(number: int, said: Said, desk: Desk) -> Answer:
    if not said.words:
        return _ask_cancel(await desk.maintenances.find(number), desk)
    cancelled = await desk.maintenances.cancel(number, said.words, by=said.user, delivery=said.delivery)
    return messages.done_message(cancelled, "is cancelled")


VERBS: Mapping[str, Callable[[int, Said, Desk], Awaitable[Answer]]] = {
    "go": _go,
    "start": _start,
    "say": _say,
    "extend": _extend,
    "done": _done,
    "end": _end,
    "cancel": _cancel,
}


async def _which(verb: str, said: Said, desk: Desk) -> tuple[int, Said]:
    """The one whose number is said first, else the only one that can be meant."""
    first, _, rest = said.words.strip().partition(" ")
    if found := NUMBER.fullmatch(first):
        return int(found[1]), replace(said, words=rest.strip())
    fitting = [each for each in await desk.maintenances.open() if each.stage in ONE_OF[verb]]
    if len(fitting) != 1:
        raise Refused("Say which: ", Code(text=f"/ops maintenance {verb} MNT-7"), ". ", LIST, " names them.")
    return fitting[0].number, said


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
