"""The forms about maintenances: when one is and what it touches, how it goes, what was done, why it is cancelled."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.errors import Refused
from bot.domain.form import Answers, ChoiceField, Explanation, Form, Option, TextField
from bot.domain.maintenance import Maintenance
from bot.domain.playbook import Kind, Playbook
from bot.organisation import Organisation
from playbooks.dates import appointment_first
from playbooks.maintenances import Window
from playbooks.messages.maintenance_told import window_words
from playbooks.messages.wording import short
from playbooks.service_words import services_named

TITLE, STARTS, LENGTH, SERVICES, WHY, PLAYBOOK, TEXT = (
    "title",
    "starts",
    "length",
    "services",
    "why",
    "playbook",
    "text",
)
MOST_CHOICES = 100
LENGTHS = re.compile(r"(?P<count>\d{1,4})\s*(?P<unit>m|min|h)(?=\s|$)\s*(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
WORDS = re.compile(r"(?P<services>[^:]+):\s*(?P<title>.+)", re.DOTALL)
EXAMPLE = "/ops maintenance plan 2026-12-06 02:00 UTC 2h control-plane: Move to the new cache"


def plan_form(organisation: Organisation, playbooks: Iterable[Playbook]) -> Form:
    """When, how long, what it touches, and what is done."""
    fitting = sorted((each for each in playbooks if each.kind is Kind.MAINTENANCE), key=lambda each: each.title)
    options = tuple(Option(value=each.name, label=short(each.title, 70)) for each in fitting[:MOST_CHOICES])
    zone = organisation.timezone.key
    keys = ", ".join(organisation.services)
    fields = (
        TextField(name=TITLE, label="What is done", placeholder="Move to the new cache", longest=120),
        TextField(
            name=STARTS,
            label="When it begins",
            placeholder="2026-12-06 02:00 UTC",
            hint=f"In {zone}, unless UTC follows.",
        ),
        TextField(name=LENGTH, label="How long it takes", initial="2h", hint="30m, 2h"),
        TextField(name=SERVICES, label="What it touches", hint=short(keys, 140)),
        TextField(name=WHY, label="What customers should know", multiline=True, optional=True, longest=500),
    )
    playbook = ChoiceField(name=PLAYBOOK, label="Playbook to work through", options=options, optional=True)
    return Form(
        name="maintenance-plan",
        title="Plan a maintenance",
        submit="Plan it",
        fields=(*fields, *((playbook,) if options else ())),
    )


def window_in(answers: Answers, organisation: Organisation, now: datetime) -> Window:
    """What was filled in; refused at the field that cannot be read."""
    starts_at, rest = appointment_first(answers.text(STARTS), now=now, timezone=organisation.timezone)
    if starts_at is None or rest:
        raise Refused("Write a time ahead, like 2026-12-06 02:00 UTC.", field=STARTS)
    length, rest = length_first(answers.text(LENGTH), field=LENGTH)
    if rest:
        raise Refused("Write it like 2h or 90m.", field=LENGTH)
    services = services_named(answers.text(SERVICES), organisation, field=SERVICES)
    return Window(
        title=answers.text(TITLE),
        starts_at=starts_at,
        length=length,
        services=services,
        why=answers.text(WHY),
        playbook=answers.text(PLAYBOOK),
    )


def window_of(words: str, organisation: Organisation, now: datetime) -> Window:
    """The same on one line: `2026-12-06 02:00 UTC 2h control-plane: Move to the new cache`."""
    starts_at, rest = appointment_first(words, now=now, timezone=organisation.timezone)
    if starts_at is None:
        raise Refused(f"Begin with when it begins: {EXAMPLE}")
    length, rest = length_first(rest)
    found = WORDS.fullmatch(rest.strip())
    if not found:
        raise Refused(f"Name what it touches, then what is done: {EXAMPLE}")
    services = services_named(found["services"], organisation)
    return Window(title=found["title"].strip(), starts_at=starts_at, length=length, services=services)


def length_first(words: str, *, field: str | None = None) -> tuple[timedelta, str]:
    """A length of time at the beginning, and the rest."""
    found = LENGTHS.fullmatch(words.strip())
    if not found:
        raise Refused("Say how long: 30m, 2h.", field=field)
    unit = timedelta(hours=1) if found["unit"].lower() == "h" else timedelta(minutes=1)
    return int(found["count"]) * unit, found["rest"].strip()


def say_form(of: Maintenance) -> Form:
    """How it goes, for those who wait for its end."""
    text = TextField(name=TEXT, label="How does it go?", hint=READ_BY, multiline=True, longest=500)
    return Form(
        name="maintenance-say", title="Say how it goes", submit="Say it", fields=(text,), subject=str(of.number)
    )


def end_form(of: Maintenance) -> Form:
    """What was done, once somebody has looked whether all is well."""
    initial = " ".join(of.said)[:500]
    text = TextField(
        name=TEXT, label="What was done", hint=READ_BY, initial=initial, multiline=True, optional=True, longest=500
    )
    looked = Explanation(lines=(("End it when all is as before: look at the thread of its message.",),))
    return Form(name="maintenance-end", title="End it", submit="End it", fields=(looked, text), subject=str(of.number))


def cancel_form(of: Maintenance, organisation: Organisation) -> Form:
    """Why it does not take place."""
    about = Explanation(lines=((f"{of.key} {short(of.title, 100)}: {window_words(of, organisation)}",),))
    hint = "Whoever was told of it is told this, too." if of.public else ""
    text = TextField(name=TEXT, label="Why?", hint=hint, multiline=True, longest=500)
    return Form(
        name="maintenance-cancel", title="Cancel it", submit="Cancel it", fields=(about, text), subject=str(of.number)
    )


READ_BY = "In words for customers: they read it."
