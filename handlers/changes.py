"""What people do about changes to production: the commands that ask for one, its card's buttons, freezes, who can."""

from collections.abc import Sequence

from bot.domain.message import Button
from handlers.spoken import Answer, Aside, Ask, Desk, Filled, Pressed, Said, SaidHandler, numeral
from handlers.verbs import Verb
from handlers.words import mentioned
from playbooks.approvals import Token
from playbooks.beginning import Somewhere
from playbooks.changes.kind import ChangeKind, Lacking
from playbooks.messages import change as messages
from playbooks.messages.audit import audit_message
from playbooks.messages.controls import ask_change
from playbooks.messages.freeze import freezes_message, told_frozen, told_thawed
from playbooks.messages.who_can import all_changes, explained
from playbooks.questions.change import REASON, TYPED, alone_form, change_form, typing_form, wanted_of, words_of


def asking(name: str) -> SaidHandler:
    """What a command does that asks for a kind of change; what its words do not say is asked in a form."""

    async def ask(said: Said, desk: Desk) -> Answer:
        where = Somewhere(channel=said.channel, thread=said.thread)
        return await _ask(desk.changes.kind(name), tuple(said.words.split()), where, said, desk)

    return ask


async def ask_pressed(pressed: Pressed, desk: Desk) -> Answer:
    """A button that offers a change: `rollback/control-plane`."""
    name, *words = pressed.value.split("/")
    where = Somewhere(channel=pressed.channel)
    return await _ask(desk.changes.kind(name), tuple(filter(None, words)), where, pressed, desk)


async def ask_sent(filled: Filled, desk: Desk) -> Aside | None:
    name, where = wanted_of(filled.answers)
    kind = desk.changes.kind(name)
    parameters = kind.read(words_of(kind, filled.answers), await desk.changes.asked(where, filled.user))
    change = await desk.changes.ask(kind, parameters, where, by=filled.user, delivery=filled.delivery)
    return Aside(message=messages.asked(change), channel=where.channel) if where.channel else None


async def agree_pressed(pressed: Pressed, desk: Desk) -> Answer:
    token = _token(pressed)
    if change := await desk.approvals.must_type(token, by=pressed.user):
        return Ask(form=typing_form(change, pressed.value), button=_again(pressed))
    change = await desk.approvals.agree(token, by=pressed.user, delivery=pressed.delivery)
    return messages.agreed(change) if change.missing else None


async def agree_sent(filled: Filled, desk: Desk) -> Aside | None:
    typed = filled.answers.text(TYPED)
    token = _token_of(filled.answers.subject.split("/"))
    await desk.approvals.agree(token, by=filled.user, delivery=filled.delivery, typed=typed)
    return None


async def alone_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.approvals.let_alone(_token(pressed), by=pressed.user)
    return Ask(form=alone_form(pressed.value), button=_again(pressed))


async def alone_sent(filled: Filled, desk: Desk) -> Aside | None:
    reason = filled.answers.text(REASON)
    token = _token_of(filled.answers.subject.split("/"))
    await desk.approvals.go_alone(token, reason, by=filled.user, delivery=filled.delivery)
    return None


async def cancel_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.approvals.cancel(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def by_hand_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.approvals.done_by_hand(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def keep_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.approvals.keep_longer(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def stop_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.approvals.stop(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def review_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.approvals.review(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def again_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.changes.again(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def undo_pressed(pressed: Pressed, desk: Desk) -> Answer:
    await desk.changes.undo(pressed.number, by=pressed.user, delivery=pressed.delivery)
    return None


async def _ask(kind: ChangeKind, words: Sequence[str], where: Somewhere, by: Said | Pressed, desk: Desk) -> Answer:
    await desk.changes.let_ask(kind, by.user)
    asked = await desk.changes.asked(where, by.user)
    try:
        parameters = kind.read(words, asked)
    except Lacking as lacking:
        known = "/".join(words)
        return Ask(form=change_form(kind, lacking.known, asked, where), button=ask_change(kind, known))
    change = await desk.changes.ask(kind, parameters, where, by=by.user, delivery=by.delivery)
    return messages.asked(change)


def _token(pressed: Pressed) -> Token:
    return _token_of(pressed.parts(3))


def _token_of(parts: Sequence[str]) -> Token:
    number, round_, mark = parts
    return Token(change=numeral(number), round=numeral(round_), mark=mark)


def _again(pressed: Pressed) -> Button:
    """Where no form can be opened, the same button opens it."""
    return Button(action=pressed.action, label="Go on", value=pressed.value)


async def freeze_begun(said: Said, desk: Desk) -> Answer:
    service, reason = _service_and_reason(said.words, desk)
    begun = await desk.freezing.begin(service, reason, by=said.user, delivery=said.delivery)
    return told_frozen(begun, desk.organisation)


async def freeze_ended(said: Said, desk: Desk) -> Answer:
    service = said.words.strip()
    await desk.freezing.end(service, by=said.user, delivery=said.delivery)
    return told_thawed(service, desk.organisation)


async def freezes(said: Said, desk: Desk) -> Answer:
    del said
    return freezes_message(await desk.freezing.all(), desk.organisation)


async def who_can(said: Said, desk: Desk) -> Answer:
    """`rollback control-plane`; alone it lists all that can be changed."""
    words = said.words.lower().split()
    return explained(await desk.who_can.explain(words, by=said.user)) if words else all_changes()


def _service_and_reason(words: str, desk: Desk) -> tuple[str, str]:
    first, _, rest = words.strip().partition(" ")
    return (first, rest.strip()) if first in desk.organisation.services else ("", words.strip())


async def audit(said: Said, desk: Desk) -> Answer:
    """`CHG-12`, `INC-4`, `@ben` or `me`; alone, what happened in the last week."""
    word = said.words.strip()
    member = desk.organisation.person(word.lower())
    person = mentioned(word) or (said.user if word.lower() == "me" else member.slack if member else "")
    return audit_message(await desk.looking_back.entries(person or word.upper(), by=said.user))


FREEZE_VERBS = (
    Verb("on", "[SERVICE] [why]", "Stop them", freeze_begun),
    Verb("off", "[SERVICE]", "Allow them again", freeze_ended, most=1),
    Verb("status", "", "See what is stopped", freezes),
)
