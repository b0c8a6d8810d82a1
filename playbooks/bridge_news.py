"""What is learnt about bridges: a meeting is put where people look; where none could be made, the organisation's link is."""

from bot.domain.bridge import MEETING, URL, EndBridge, OpenBridge
from bot.domain.changing import CarryOut
from bot.domain.course import NO_MEETING
from bot.domain.effect import AddBookmark, Effect, Receipt, SetTopic, room
from bot.domain.timeline import Happening
from bot.store.unit_of_work import UnitOfWork
from playbooks.bridging import BRIDGE
from playbooks.deciding import Deciding
from playbooks.decision import Decision

OWN = "Bridge (Zoom)"


def put_up(decision: Decision, receipt: Receipt) -> None:
    """The bridge is another from now on: it is put on the card, into the topic and among the bookmarks."""
    if URL not in receipt.facts:
        return
    incident, url = decision.incident, receipt.facts[URL]
    incident.bridge, incident.meeting = url, receipt.facts[MEETING]
    if url:
        decision.put(AddBookmark(place=room(incident.number), title=OWN, url=url))
        decision.tell(Happening.STEP, "There is a bridge of its own.")
    else:
        decision.tell(Happening.STEP, "The bridge of its own was taken away.")
    decision.put(SetTopic(incident=incident.number))


def over(decision: Decision, effect: Effect) -> None:
    """The meeting of a closed incident was ended; nobody is told a link any more that leads nowhere."""
    if isinstance(effect, EndBridge) and decision.incident.meeting == effect.meeting:
        decision.incident.bridge, decision.incident.meeting = "", NO_MEETING


def no_meeting(decision: Decision, effect: Effect) -> None:
    """None could be made in time: the organisation's own link is the bridge."""
    if not isinstance(effect, OpenBridge) or decision.incident.bridge:
        return
    incident = decision.incident
    incident.meeting = NO_MEETING
    if url := decision.policy.bridge_url or decision.organisation.bridge_url:
        decision.put(AddBookmark(place=room(incident.number), title=BRIDGE, url=url))
    decision.put(SetTopic(incident=incident.number))


async def bridge_changed(unit: UnitOfWork, deciding: Deciding, effect: Effect, receipt: Receipt) -> None:
    """A change brought a bridge, or took it away."""
    if not isinstance(effect, CarryOut) or URL not in receipt.facts:
        return
    change = await unit.changes.get(effect.change)
    if change and change.incident and await unit.incidents.has(change.incident):
        async with deciding.within(unit, change.incident) as decision:
            put_up(decision, receipt)
