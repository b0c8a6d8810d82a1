"""The forms about changes to production: what one has to know, whose name has to be typed, why somebody goes alone."""

from bot.domain.change import SHORTEST_REASON, Change
from bot.domain.form import Answers, ChoiceField, Explanation, Field, Form, TextField
from bot.domain.message import Bold
from playbooks.beginning import Somewhere
from playbooks.changes.kind import Ask, Asked, ChangeKind, Parameters
from playbooks.messages.change import name_of
from playbooks.messages.wording import short

MOST_CHOICES = 100
REASON, TYPED = "reason", "typed"


def change_form(kind: ChangeKind, known: Parameters, asked: Asked, where: Somewhere) -> Form:
    """Asks for what a change has to know; what was told already is there to be changed."""
    fields: tuple[Field, ...] = (
        Explanation(lines=((short(kind.sentence, 200),),)),
        *(_field(ask, known.get(ask.name, ""), asked) for ask in kind.asks),
    )
    subject = f"{kind.name}/{where.channel}/{where.thread}"
    return Form(name="ask-change", title=kind.title, submit="Plan it", fields=fields, subject=subject)


def words_of(kind: ChangeKind, answers: Answers) -> tuple[str, ...]:
    """The answers in the order in which they would be typed; trailing ones that were left out are left out."""
    words = [answers.text(ask.name) for ask in kind.asks]
    while words and not words[-1]:
        words.pop()
    return tuple(words)


def wanted_of(answers: Answers) -> tuple[str, Somewhere]:
    """The name of the kind, and where it was asked for."""
    name, channel, thread = answers.subject.split("/")
    return name, Somewhere(channel=channel, thread=thread)


def typing_form(change: Change, token: str) -> Form:
    """Whoever agrees to something destructive types the name of what it destroys."""
    about = Explanation(lines=((Bold(text=short(name_of(change))),), ("This cannot be undone.",)))
    typed = TextField(name=TYPED, label=f"Type {change.target_name}", longest=200)
    return Form(name="change-agree", title="Agree", submit="Agree", fields=(about, typed), subject=token)


def alone_form(token: str) -> Form:
    """Whoever goes ahead alone says why."""
    hint = (
        f"At least {SHORTEST_REASON} characters. The leads are told at once, and somebody else reviews it in 24 hours."
    )
    reason = TextField(name=REASON, label="Why can this not wait for a second person?", hint=hint, multiline=True)
    return Form(name="change-alone", title="Go ahead alone", submit="Go ahead", fields=(reason,), subject=token)


def _field(ask: Ask, known: str, asked: Asked) -> Field:
    options = tuple(ask.choices(asked)) if ask.choices else ()
    if options and len(options) <= MOST_CHOICES:
        initial = known if known in {option.value for option in options} else None
        return ChoiceField(
            name=ask.name, label=ask.label, options=options, initial=initial, hint=ask.hint, optional=ask.optional
        )
    return TextField(
        name=ask.name,
        label=ask.label,
        initial=known,
        hint=ask.hint,
        optional=ask.optional,
        multiline=ask.long,
        longest=3000 if ask.long else 1000,
    )
