"""Alerts in the alerts channel: one message for all of one cause, edited in place, with what can be made of it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.domain.alert import Alert, Source, Suggestion
from bot.domain.incident import Duty, Incident
from bot.domain.message import Bold, Button, Controls, Line, Link, Message, Part, Small, Style, Text, plain, sentence
from bot.organisation import Organisation
from playbooks.messages.controls import claim, start_playbook
from playbooks.messages.evidence import LONGEST, finding_lines
from playbooks.messages.wording import (
    SEPARATOR,
    between,
    command,
    day_and_time,
    label,
    length_words,
    listed,
    services_line,
    short,
    who,
)
from playbooks.sight import NOTHING_SEEN, Sight

NAMES = {Source.PAGERDUTY: "PagerDuty", Source.ALERTMANAGER: "Alertmanager"}
MOST_WAITING = 10
LISTED = 5
"""Different alerts that are named one by one; a storm of them is only counted."""


def suggestion_message(
    suggestion: Suggestion,
    organisation: Organisation,
    *,
    alike: Sequence[Incident] = (),
    sight: Sight = NOTHING_SEEN,
) -> Message:
    """What happened, since when, how many alerts there are, and what can be done or was; `alike` are open incidents."""
    heading: Line = (Bold(text=f"{_mark(suggestion)} {_called(suggestion)}"),)
    lines = (heading, *_lines(suggestion, organisation), *_before(suggestion, alike))
    buttons = tuple(_buttons(suggestion))
    parts: tuple[Part, ...] = (
        Text(lines=lines),
        *_seen(suggestion, sight),
        *((Controls(controls=buttons),) if buttons else ()),
        Small(line=(f"Rule {suggestion.rule}", SEPARATOR, "this message is kept up to date")),
    )
    return Message(summary=f"{_called(suggestion)}: {plain(_standing(suggestion))}", parts=parts)


def told_directly(suggestion: Suggestion, organisation: Organisation, why: str) -> Message:
    """To somebody who would respond, because the alerts channel cannot be reached; `why` says so after a colon."""
    told = f"You are told because {organisation.channels.alerts} does not work: {why}."
    shown = suggestion_message(suggestion, organisation)
    parts = (*(part for part in shown.parts if not isinstance(part, Small)), Small(line=(told,)))
    return Message(summary=shown.summary, parts=parts)


def title_of(suggestion: Suggestion) -> str:
    return short(suggestion.title) or "(an alert without a title)"


def joined(suggestion: Suggestion, alerts: Sequence[Alert]) -> Message:
    """What fires besides, for the thread of a message on which somebody has decided already."""
    titles = [short(title) or "an alert without a title" for title in dict.fromkeys(each.title for each in alerts)]
    rest = [f"{len(titles) - LISTED} more"] if len(titles) > LISTED else []
    known = "Somebody takes care of it" if suggestion.private else f"It is on the timeline of INC-{suggestion.incident}"
    return sentence(f"🔔 Fires now: {listed([*titles[:LISTED], *rest])}. {known}.")


def suggestions_message(waiting: Sequence[Suggestion], organisation: Organisation) -> Message:
    """The suggestions that nobody has decided on, by their numbers."""
    if not waiting:
        return sentence("No alert waits for a decision.")
    lines = tuple(line for each in waiting[:MOST_WAITING] for line in _waits(each, organisation))
    rest = len(waiting) - MOST_WAITING
    more = (Small(line=(f"And {rest} more.",)),) if rest > 0 else ()
    declare, dismiss = (command(f"/incident alerts {waiting[0].number} {what}") for what in ("declare", "dismiss"))
    how = Small(line=(declare, " or ", dismiss, " decides."))
    count = "1 suggestion waits" if len(waiting) == 1 else f"{len(waiting)} suggestions wait"
    return Message(summary=f"{count} for a decision.", parts=(Text(lines=lines), *more, how))


def dismissed(suggestion: Suggestion) -> Message:
    return sentence(f"Dismissed: {title_of(suggestion)}.")


def declare_alert(suggestion: Suggestion) -> Button:
    """Declare what alerts suggest; it opens a form with what they say."""
    style = Style.PRIMARY if suggestion.firing and suggestion.undecided else Style.PLAIN
    return Button(action="declare-alert", label="Declare", value=str(suggestion.number), style=style)


def reopen_for(suggestion: Suggestion) -> Button:
    """Go on with the incident that the same alerts made before; it opens a form."""
    return Button(action="reopen-alert", label=f"Reopen INC-{suggestion.follows}", value=str(suggestion.number))


def needs_commander(incident: Incident) -> Message | None:
    """In the war room that no person asked for: somebody has to lead; nothing once somebody does, or it is over."""
    if incident.commander or not incident.open:
        return None
    words = f"Rule {incident.rule} declared this, not a person. Somebody please take command."
    return Message(
        summary=words,
        parts=(Text(lines=((words,),)), Controls(controls=(claim(incident, Duty.COMMANDER),))),
    )


def began(alert: Alert) -> str:
    """For the timeline: it fires, or fires again."""
    return f"Alert of {NAMES[alert.source]}: {short(alert.title)}"


def _lines(suggestion: Suggestion, organisation: Organisation) -> Iterator[Line]:
    sources = listed(sorted({NAMES[alert.source] for alert in suggestion.alerts.values()}))
    count = f"{_count(suggestion)} from {sources}"
    yield between(SEPARATOR, ((count,), ("since ", day_and_time(suggestion.since)), _standing(suggestion)))
    if suggestion.maintained:
        yield (f"🛠️ {suggestion.maintained} goes on there: this may be its doing",)
    if services := services_line(suggestion.services, organisation):
        yield label("Services:"), " ", *services
    alike = Counter(map(_alert, suggestion.firing or suggestion.alerts.values()))
    for line, times in list(alike.items())[:LISTED]:
        yield (*line, f" × {times}") if times > 1 else line
    if len(alike) > LISTED:
        yield (f"… and {len(alike) - LISTED} more",)


def _seen(suggestion: Suggestion, sight: Sight) -> Iterator[Part]:
    """What is worst of what was looked at, what is likeliest to help, and the playbook that treats it."""
    if not suggestion.waits or not sight.unhealthy:
        return
    lines = list(finding_lines(sight.unhealthy, private=sight.private))
    if sight.advice:
        lines.append(("👉 ", short(sight.advice.says, LONGEST)))
    yield Text(lines=tuple(lines))
    for each in suggestion.suggested[:1]:
        yield Text(lines=(("📖 ", Bold(text=short(each.title, 80)), " treats this"),), beside=start_playbook(each.name))


def _waits(suggestion: Suggestion, organisation: Organisation) -> Iterator[Line]:
    severity = (f" ({suggestion.severity})",) if suggestion.severity else ()
    yield (Bold(text=f"{suggestion.number}. {title_of(suggestion)}"), *severity)
    services = services_line(suggestion.services, organisation)
    yield between(SEPARATOR, ((_count(suggestion),), ("since ", day_and_time(suggestion.since)), services))


def _count(suggestion: Suggestion) -> str:
    known = len(suggestion.alerts)
    if suggestion.beyond:
        return f"More than {known} alerts"
    return f"{known} alert{'s' if known != 1 else ''}"


def _standing(suggestion: Suggestion) -> Line:
    if suggestion.ended_at:
        took = length_words(suggestion.ended_at - suggestion.since)
        return "stopped ", day_and_time(suggestion.ended_at), f" after {took}"
    firing, known = len(suggestion.firing), len(suggestion.alerts)
    return (f"{firing} of {known} firing" if firing < known else "firing",)


def _alert(alert: Alert) -> Line:
    title = short(alert.title) or alert.key
    named: Line = ("• ", Link(url=alert.link, label=title)) if alert.link else ("• ", title)
    answered = f", acknowledged in {NAMES[alert.source]} by {short(alert.answered_by, 60)}" if alert.answered_by else ""
    severity = f" ({short(alert.severity, 40)})" if alert.severity else ""
    return (*named, f"{severity}{answered}")


def _before(suggestion: Suggestion, alike: Sequence[Incident]) -> Iterator[Line]:
    """What people made of it, else what they should know before they do."""
    if suggestion.incident is not None:
        yield _taken(suggestion)
    elif suggestion.dismissed_by:
        yield "Dismissed by ", who(suggestion.dismissed_by), "."
    else:
        if suggestion.follows is not None:
            yield (f"INC-{suggestion.follows} was declared for this before; it is over.",)
        if alike:
            names = listed([f"{each.key} {short(each.title, 60)}" for each in alike[:3]])
            yield "Looks like ", Bold(text=names), ", which is open."


def _taken(suggestion: Suggestion) -> Line:
    if suggestion.private:
        return "Being taken care of by ", who(suggestion.declared_by), "."
    by = who(suggestion.declared_by) if suggestion.declared_by else f"rule {suggestion.rule}"
    done = "reopened" if suggestion.reopened else "declared"
    return Bold(text=f"INC-{suggestion.incident}"), f" was {done} for this by ", by, "."


def _buttons(suggestion: Suggestion) -> Iterator[Button]:
    """What has stopped asks for nothing any more; whoever needs an incident of it still can by its number."""
    if suggestion.incident is not None or not suggestion.firing:
        return
    if suggestion.follows is not None:
        yield reopen_for(suggestion)
    yield declare_alert(suggestion)
    if suggestion.undecided:
        yield Button(action="dismiss-alert", label="Dismiss", value=str(suggestion.number))


def _called(suggestion: Suggestion) -> str:
    """Its title, and how many others fire."""
    others = len({alert.title for alert in suggestion.firing}) - 1
    return title_of(suggestion) + (f" and {others} more" if others > 0 else "")


def _mark(suggestion: Suggestion) -> str:
    if suggestion.ended_at:
        return "✅"
    return "⚠️" if suggestion.undecided else "🔔"
