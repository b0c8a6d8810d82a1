"""What the bot does by itself (`auto:`): for each name, the effects that do it for an incident.

To do one again changes nothing: what an incident has already is left out. So a change of severity simply has all of
them done again, and whatever the new severity adds is added.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.auto_effect import ANYWHERE
from bot.domain.effect import AddBookmark, Invite, OpenRoom, Pin, Priority, SetTopic, channel, direct, room
from bot.domain.page import Page, Paging
from bot.domain.paging import PageOnCall, PageTarget
from bot.domain.playbook import Step
from bot.domain.run import State
from bot.domain.timeline import Happening
from playbooks.anywhere import do_anywhere
from playbooks.bridging import BRIDGE, bridge_for
from playbooks.decision import Decision, RunDecision
from playbooks.errand import errand

PAGING_PATIENCE = timedelta(seconds=30)
"""How long PagerDuty may be unreachable before the room is told; it is tried on."""


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """There was nothing to do: it is so already, or `why` it is not done here."""

    why: str
    already: bool = False


Automatic = Callable[[Decision], Nothing | None]
"""Puts the effects, or says why there are none."""


def perform(decision: RunDecision, step: Step) -> None:
    """Do what a step says; it ends with the last of its effects, or at once when there is nothing to do.

    Most of it is about incidents: in a run that is not an incident's own, people do it.
    """
    assert step.auto
    if step.auto in ANYWHERE:
        do_anywhere(decision, step)
        return
    if not isinstance(decision, Decision):
        return
    before = len(decision.effects)
    nothing = AUTOMATIC[step.auto](decision)
    if nothing is None:
        decision.run.undertake(step.key, (errand(effect) for effect, _ in decision.effects[before:]))
    elif not decision.run.progress(step.key).state.ended:
        state = State.DONE if nothing.already else State.SKIPPED
        decision.run.end(step.key, state, by="", now=decision.now, note=nothing.why)


def page_effect(decision: Decision, target: str = "") -> PageOnCall | PageTarget:
    """Wakes the on-call, or a target of the escalation; again, it wakes nobody twice who was woken.

    PagerDuty drops a page that finds nobody on call, so that one is sent again until somebody is. The title of a
    private incident stays here.
    """
    incident = decision.incident
    title = f"{incident.key}: {'private incident' if incident.private else incident.title}"
    number, severity = incident.number, incident.severity.value
    if not target:
        return PageOnCall(incident=number, alert=incident.alert, title=title, severity=severity)
    alert = f"{incident.alert}/{target}"
    return PageTarget(incident=number, target=target, alert=alert, title=title, severity=severity)


def _page_on_call(decision: Decision) -> Nothing | None:
    incident = decision.incident
    if incident.drill:
        return Nothing(why="A drill pages nobody.")
    if incident.page.state not in {Paging.NONE, Paging.FAILED}:
        return Nothing(why="The on-call engineer was paged already.", already=True)
    page_on_call(decision)
    return None


def page_on_call(decision: Decision) -> None:
    """Wake the on-call engineer."""
    incident = decision.incident
    incident.page = Page(state=Paging.SENDING, at=decision.now)
    incident.paging_due = decision.now + PAGING_PATIENCE
    decision.put(page_effect(decision))
    decision.tell(Happening.PAGE, "Paging the on-call engineer.")


def _announce(decision: Decision) -> Nothing | None:
    incident = decision.incident
    if "announcement" in incident.shown:
        return Nothing(why="It is announced already.", already=True)
    if incident.private:
        return Nothing(why="Private incidents are not announced.")
    if not decision.policy.announce:
        return Nothing(why=f"Incidents of severity {incident.severity} are not announced.")
    decision.show("announcement", channel(decision.organisation.channels.critical_incidents), Priority.DECLARE)
    return None


def open_war_room(decision: Decision) -> Nothing | None:
    """The room, with the card, the topic, the bridge and the people; also in place of one that was left."""
    incident, place = decision.incident, room(decision.incident.number)
    if "card" in incident.shown:
        return _invite_responders(decision) and Nothing(why="The war room is open already.", already=True)
    name = decision.organisation.war_room.channel_name(
        number=incident.number, title=f"{'drill ' * incident.drill}{incident.title}", severity=incident.severity
    )
    private = incident.private or decision.organisation.war_room.private
    key = f"{place}/open" if incident.rooms == 1 else f"{place}/open/{incident.rooms}"
    decision.put(OpenRoom(incident=incident.number, name=name, private=private), key=key)
    decision.show("card", place, Priority.DECLARE)
    decision.put(Pin(slot=decision.slot("card")))
    incident.shown.add("topic")
    decision.put(SetTopic(incident=incident.number))
    _open_bridge(decision)
    _invite_responders(decision)
    return None


def _open_bridge(decision: Decision) -> Nothing | None:
    incident = decision.incident
    url = decision.policy.bridge_url or decision.organisation.bridge_url
    meets = decision.organisation.war_room.zoom and not incident.drill
    if not (url or meets):
        return Nothing(why="No bridge is configured.")
    if "bridge" in incident.shown:
        return Nothing(why="The bridge is in the room already.", already=True)
    incident.shown.add("bridge")
    decision.put(
        bridge_for(incident) if meets else AddBookmark(place=room(incident.number), title=BRIDGE, url=url or "")
    )
    return None


def _invite_responders(decision: Decision) -> Nothing | None:
    incident, organisation = decision.incident, decision.organisation
    targets = (*decision.policy.responders, *(organisation.private_inform if incident.private else ()))
    people = (member.slack for member in organisation.members(targets))
    users = dict.fromkeys((incident.declared_by, *people, *organisation.user_groups(targets)))
    new = incident.invite(filter(None, users))
    if not new:
        return Nothing(why="Everybody was invited already.", already=True)
    decision.put(Invite(place=room(incident.number), users=new))
    return None


def inform_stakeholders(decision: Decision) -> Nothing | None:
    """A direct message to each of those who are to know, once."""
    if decision.incident.drill:
        return Nothing(why="A drill informs no stakeholders.")
    targets = decision.organisation.private_inform if decision.incident.private else decision.policy.inform
    new = decision.incident.inform(_others(decision, targets))
    if not new:
        already = bool(decision.incident.informed)
        why = "Everybody was told already." if already else "Nobody is to be told of it."
        return Nothing(why=why, already=already)
    for user in new:
        decision.show(f"inform/{user}", direct(user), Priority.UPDATE)
    return None


def _others(decision: Decision, targets: Iterable[str]) -> list[str]:
    """The people behind targets, without the one who declared it."""
    users = [member.slack for member in decision.organisation.members(targets)]
    return [user for user in users if user != decision.incident.declared_by]


AUTOMATIC: Mapping[str, Automatic] = {
    "page-on-call": _page_on_call,
    "announce": _announce,
    "open-war-room": open_war_room,
    "open-bridge": _open_bridge,
    "invite-responders": _invite_responders,
    "inform-stakeholders": inform_stakeholders,
}
"""Every name of `bot.domain.auto_effect.AUTO_EFFECTS` that is about an incident."""
