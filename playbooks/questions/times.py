"""The form that corrects when an incident started, was detected, declared, acknowledged, mitigated, resolved."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.form import Answers, Explanation, Field, Form, TextField
from bot.domain.incident import Incident
from bot.domain.milestone import FREE, Milestone
from bot.organisation import Organisation
from playbooks.dates import read_moment

LABELS = {
    Milestone.STARTED: "When did it start?",
    Milestone.DETECTED: "When was it detected?",
    Milestone.DECLARED: "When was it declared?",
    Milestone.ACKNOWLEDGED: "When was it acknowledged?",
    Milestone.MITIGATED: "When was it mitigated?",
    Milestone.RESOLVED: "When was it resolved?",
}
NEARBY = timedelta(hours=12)
"""A time without a day is looked for around the one on record."""


def times_form(incident: Incident, organisation: Organisation) -> Form:
    """Asks for all times that are known, and those that only people know."""
    zone = organisation.timezone.key
    fields: tuple[Field, ...] = (
        Explanation(lines=((f"Metrics are computed from these alone. Times of {zone}: 14:05, or with the day.",),)),
        *(_field(incident, each, organisation) for each in Milestone if each in FREE or incident.at(each)),
        TextField(
            name="reason",
            label="Why?",
            hint="Kept on the timeline with the old times.",
            placeholder="The dashboard shows errors since 13:58.",
            longest=500,
        ),
    )
    title = f"Times of {incident.key}"
    return Form(name="times", title=title, submit="Correct", fields=fields, subject=str(incident.number))


def times_of(
    answers: Answers, incident: Incident, organisation: Organisation, now: datetime
) -> Mapping[Milestone, datetime]:
    """The times that were changed; a field that was left alone, or emptied, changes nothing."""
    given = {each: answers.text(each) for each in Milestone}
    return {
        each: read_moment(text, now=around(incident, each, now), timezone=organisation.timezone, field=each.value)
        for each, text in given.items()
        if text and text != _shown(incident.at(each), organisation)
    }


def around(incident: Incident, milestone: Milestone, now: datetime) -> datetime:
    """The latest that a time without a day may mean."""
    known = incident.at(milestone) or incident.declared_at
    return min(now, known + NEARBY)


def _field(incident: Incident, milestone: Milestone, organisation: Organisation) -> TextField:
    return TextField(
        name=milestone.value,
        label=LABELS[milestone],
        initial=_shown(incident.at(milestone), organisation),
        placeholder="Not known" if milestone in FREE else "",
        optional=True,
        longest=40,
    )


def _shown(at: datetime | None, organisation: Organisation) -> str:
    return f"{at.astimezone(organisation.timezone):%Y-%m-%d %H:%M}" if at else ""
