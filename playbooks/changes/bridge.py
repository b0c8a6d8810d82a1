"""Makes a call for an incident alone, where the one link of all is taken or too public; source: the actions' WR-01."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.course import NO_MEETING
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from playbooks.bridging import brought, made, topic_of
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Parameters, Verified
from playbooks.hands import Hands, held
from playbooks.mistakes import unknown
from playbooks.world import Outside, World, reached

NAME = "bridge"
END, OFF = "end", "off"
TOPIC, MARK, TURN, ENDS = "topic", "mark", "turn", "ends"


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    _incident(asked)
    word = " ".join(words).strip().lower()
    if word not in {"", OFF}:
        raise Refused(f"{unknown('word', (OFF,), word)} To end it: ", Code(text=f"/ops {NAME} {OFF}"), ".", field=END)
    return {END: word}


def _incident(asked: Asked) -> Incident:
    incident = asked.incident
    if incident is None:
        raise Refused("A bridge belongs to an incident: type ", Code(text=f"/ops {NAME}"), " in its war room.")
    return incident


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    incident = _incident(asked)
    reached(world.meetings, Outside.MEETINGS)
    ends = parameters[END] == OFF
    static = world.organisation.severity(incident.severity).bridge_url or world.organisation.bridge_url
    other = "the link that all incidents share" if static else "no bridge"
    title = f"{incident.key}'s own call"
    return Plan(
        kind=NAME,
        target=f"bridge/{incident.key}",
        title=f"End {title}" if ends else f"Make {title}",
        before="its own call in Zoom" if ends else other,
        after=other if ends else "a call of its own in Zoom, which anybody with the link may join",
        risk=Risk.SAFE,
        because=("nothing of the platform is touched",),
        blast="Whoever is in the call is put out of it." if ends else "Whoever joins: they see the link in the room.",
        undo="A new one, with another link." if ends else "The call is ended; the link that all share is back.",
        press="End the call" if ends else "",
        warnings=("Its bookmark stays in the room: take it away by hand.",) if ends else (),
        wanted={
            TOPIC: topic_of(incident),
            MARK: incident.alert,
            TURN: incident.number,
            ENDS: incident.meeting if ends else "",
        },
        nothing_to_do=_so_already(incident, ends=ends),
    )


def _so_already(incident: Incident, *, ends: bool) -> str:
    own = incident.meeting not in {"", NO_MEETING}
    if ends:
        return "" if own else f"{incident.key} has no call of its own."
    if not incident.open:
        return f"{incident.key} is {incident.status}; nobody meets for it any more."
    return f"{incident.key} has one already: {incident.bridge}" if own else ""


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    wanted = plan.wanted
    if wanted[ENDS]:
        await held(hands.meetings, Outside.MEETINGS).end(str(wanted[ENDS]))
        return Done(says="The call is over.", brought=brought(None))
    turn = int(str(wanted[TURN]))
    meeting = await made(hands, str(wanted[TOPIC]), mark=str(wanted[MARK]), turn=turn, attempt=attempt)
    return Done(says="The call is open; its link is on the card and in the bookmarks.", brought=brought(meeting))


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del since
    meetings = reached(world.meetings, Outside.MEETINGS)
    found = await meetings.find(mark=str(plan.wanted[MARK]), turn=int(str(plan.wanted[TURN])))
    if plan.wanted[ENDS]:
        gone = found is None or found.id != plan.wanted[ENDS]
        return Verified(helped=gone, found=("Zoom shows it no more" if gone else "Zoom still shows it",))
    return Verified(
        helped=found is not None or None, found=("Zoom shows it" if found else "Zoom does not show it yet",)
    )


def _undo(plan: Plan) -> tuple[str, Parameters] | None:
    return NAME, {END: "" if plan.wanted[ENDS] else OFF}


BRIDGE = ChangeKind(
    name=NAME,
    title="Make a bridge",
    sentence="Makes a Zoom call for an incident alone, or ends it.",
    command="/ops bridge",
    asks=(Ask(name=END, label="End it?", hint="Empty makes one; off ends it.", optional=True),),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=_undo,
    carry_out_within=timedelta(minutes=5),
    verify_within=timedelta(minutes=2),
)
