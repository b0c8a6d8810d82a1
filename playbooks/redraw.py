"""What must be redrawn after a decision: every message of the incident that would read differently now.

This is the one place that edits what is shown. Nobody says "and update the card": the messages are made before and
after a decision, and those that differ are edited.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from bot.domain.effect import Delete, Edit, Priority, SetTopic, channel, direct, room
from bot.domain.incident import Incident, Status
from bot.domain.message import Message
from bot.domain.run import Run
from bot.organisation import Organisation
from playbooks.decision import Decision
from playbooks.due_now import Due, due_now
from playbooks.messages.alert import needs_commander
from playbooks.messages.announcement import announcement_message
from playbooks.messages.card import card_message
from playbooks.messages.due import due_message
from playbooks.messages.impact import impact_lines
from playbooks.messages.inform import room_failed
from playbooks.messages.page import page_message, paged_message
from playbooks.messages.phase import phase_message
from playbooks.messages.report import published
from playbooks.messages.task import tasks_message
from playbooks.messages.topic import topic

Picture = Mapping[str, Message | str | None]
"""What each shown message of an incident says, by the name in `Incident.shown`; None when it says nothing any more.

Of a direct message only the room and the impact count: it tells how things stood when somebody was informed.
"""


def picture(decision: Decision) -> Picture:
    """What the incident's messages say as things stand."""
    return {name: _said(decision, name) for name in decision.incident.shown}


def redraw(decision: Decision, before: Picture) -> None:
    """Have everything shown that is new, and everything edited that reads differently than before."""
    _show_phases(decision)
    _show_page(decision)
    _show_tasks(decision)
    _show_due(decision)
    now = picture(decision)
    for name in sorted(before):
        overtaken = decision.newly_late and name.startswith("due/")
        if name in now and (now[name] != before[name] or overtaken) and not _out_of_reach(decision, name):
            decision.put(_edit(decision, name))


def _said(decision: Decision, name: str) -> Message | str | None:
    incident, organisation = decision.incident, decision.organisation
    kind, _, rest = name.partition("/")
    if say := _SAYINGS.get(kind):
        return say(incident, organisation)
    match kind:
        case "card":
            return card_message(incident, organisation, decision.sight)
        case "announcement":
            return announcement_message(incident, organisation, room=incident.room or None)
        case "page":
            return page_message(incident, organisation, again=buried_page(decision.run))
        case "paged":
            return paged_message(incident, rest, organisation)
        case "phase":
            return _phase(decision, rest)
        case "due":
            return due_message(incident, decision.run, _due(decision), organisation)
        case "inform" if rest.endswith("/room"):
            return room_failed(incident, organisation)
        case "inform":
            return f"{incident.room}: {list(impact_lines(incident, organisation))}"
        case _:
            return None


TOLD: Mapping[str, Callable[[Incident, Organisation], Message | None]] = MappingProxyType(
    {
        "leader": lambda incident, _: needs_commander(incident),
        "report": published,
        "tasks": lambda incident, _: tasks_message(incident),
    }
)
"""Messages about an incident and the organisation alone."""
_SAYINGS: Mapping[str, Callable[[Incident, Organisation], Message | str | None]] = MappingProxyType(
    {**TOLD, "topic": topic}
)


def buried_page(run: Run) -> int | None:
    """The buried effect of a page that failed, to be tried again."""
    pages = (step for step in run.open_steps() if step.auto == "page-on-call")
    return next((effect for step in pages if (effect := run.progress(step.key).effect)), None)


def _phase(decision: Decision, slug: str) -> Message | None:
    """None for a phase of an earlier run."""
    found = (phase for phase in decision.run.phases if phase.slug == slug)
    return next((phase_message(decision.incident, decision.run, phase, decision.sight) for phase in found), None)


def _due(decision: Decision) -> Due:
    return due_now(decision.incident, decision.run, decision.policy, decision.now)


def _edit(decision: Decision, name: str) -> Edit | SetTopic:
    if name == "topic":
        return SetTopic(incident=decision.incident.number)
    return Edit(place=_place(decision, name), slot=decision.slot(name))


def _out_of_reach(decision: Decision, name: str) -> bool:
    """Whether it stands in a room that is archived or lost; when opsbot is let in again, everything there is redrawn."""
    return bool(decision.incident.room_lost) and (name == "topic" or _place(decision, name).startswith("room/"))


def _place(decision: Decision, name: str) -> str:
    kind, _, rest = name.partition("/")
    match kind:
        case "announcement":
            return channel(decision.organisation.channels.critical_incidents)
        case "inform":
            return direct(rest.partition("/")[0])
        case _:
            return room(decision.incident.number)


def _show_phases(decision: Decision) -> None:
    """A phase that has something left to do is shown, as soon as there is a room for it."""
    if "card" not in decision.incident.shown:
        return
    for phase in decision.run.phases:
        if not decision.run.ended(phase):
            decision.show(f"phase/{phase.slug}", room(decision.incident.number), Priority.ANSWER)


def _show_page(decision: Decision) -> None:
    """Paging is answered in the room as soon as there is something to tell."""
    if "card" in decision.incident.shown and decision.incident.page.state.told:
        decision.show("page", room(decision.incident.number), Priority.ANSWER)


def _show_tasks(decision: Decision) -> None:
    """The tasks are listed as soon as there is one, for as long as the room is used."""
    incident = decision.incident
    if incident.tasks.all and "card" in incident.shown and incident.status is not Status.CLOSED:
        decision.show("tasks", room(incident.number), Priority.UPDATE)


def _show_due(decision: Decision) -> None:
    """The "due now" message: posted when something is due or due again, taken away when nothing is.

    A new one is posted only so often; until then the old one says it, without notifying anybody.
    """
    incident = decision.incident
    if not _due(decision) or "card" not in incident.shown:
        incident.notify_at = None
        _take_due_away(decision)
        return
    if decision.notify or not incident.due_message:
        incident.notify_at = incident.notify_at or _next_chance(decision)
    if incident.notify_at and incident.notify_at <= decision.now:
        _take_due_away(decision)
        incident.notify_at = None
        incident.posted_at = decision.now
        incident.due_messages += 1
        incident.due_message = incident.due_messages
        decision.show(f"due/{incident.due_message}", room(incident.number), Priority.REMINDER)


def _next_chance(decision: Decision) -> datetime:
    """When the bot may next post into the room by itself."""
    last = decision.incident.posted_at
    return max(decision.now, last + decision.organisation.minimum_gap) if last else decision.now


def _take_due_away(decision: Decision) -> None:
    incident = decision.incident
    if incident.due_message:
        name = f"due/{incident.due_message}"
        incident.shown.discard(name)
        incident.due_message = 0
        decision.put(Delete(place=room(incident.number), slot=decision.slot(name)))
