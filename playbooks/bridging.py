"""The bridge of an incident: a meeting made for it alone, once."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.domain.bridge import MEETING, URL, EndBridge, Meeting, OpenBridge
from bot.domain.course import NO_MEETING
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Retry
from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.incident import Incident
from playbooks.hands import Hands, held
from playbooks.world import Outside, reached

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]

BRIDGE = "Bridge"
AGAIN = 2.0


class Bridging:
    """Carries out `OpenBridge`, whose receipt says where people join, and `EndBridge`."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {OpenBridge: self.open, EndBridge: self.end}

    async def open(self, effect: OpenBridge, attempt: Attempt) -> Receipt:
        try:
            meeting = await made(self._hands, effect.topic, mark=effect.mark, turn=effect.incident, attempt=attempt)
        except NotConfigured as error:
            raise GiveUp(str(error)) from error
        except CouldNotLook as error:
            raise Retry(str(error), after=AGAIN) from error
        return Receipt(facts=brought(meeting))

    async def end(self, effect: EndBridge, _attempt: Attempt) -> Receipt:
        """One that is over already is as good."""
        try:
            await held(self._hands.meetings, Outside.MEETINGS).end(effect.meeting)
        except NotConfigured as error:
            raise GiveUp(str(error)) from error
        return Receipt()


async def made(hands: Hands, topic: str, *, mark: str, turn: int, attempt: Attempt) -> Meeting:
    """The meeting of a mark; where one may have been made unseen, it is looked for first."""
    meetings = held(hands.meetings, Outside.MEETINGS)
    if attempt.look:
        found = await reached(hands.world.meetings, Outside.MEETINGS).find(mark=mark, turn=turn)
        if found:
            return found
    return await meetings.make(topic, mark=mark, turn=turn)


def brought(meeting: Meeting | None) -> dict[str, str]:
    """The facts of a receipt: the meeting that is the bridge from now on, or none."""
    return {MEETING: meeting.id if meeting else NO_MEETING, URL: meeting.url if meeting else ""}


def bridge_for(incident: Incident) -> OpenBridge:
    """Makes the bridge of an incident. The title of a private one stays here."""
    return OpenBridge(incident=incident.number, topic=topic_of(incident), mark=incident.alert)


def topic_of(incident: Incident) -> str:
    """What the meeting is called."""
    return incident.key if incident.private else f"{incident.key}: {incident.title}"
