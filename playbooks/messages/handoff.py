"""What is said of a handoff: to whoever takes over, to whoever hands over, and to both when it is not accepted."""

import re
from datetime import datetime

from bot.domain.handoff import Handoff
from bot.domain.message import Bold, Button, Code, Controls, Line, Message, Part, Person, Room, Span, Text, plain
from bot.domain.playbook import Step
from bot.domain.run import Run
from bot.organisation import Member
from playbooks.messages import controls
from playbooks.messages.wording import capitalised, moment, short

PRESS = Bold(text="I have it")
CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{6,}")


def who_to_whom(handoff: Handoff) -> str:
    """What the step says of who was told."""
    if not handoff.changes_hands:
        return f"{handoff.incoming_name or 'nobody'} stays on call"
    told = f"{handoff.outgoing_name or 'nobody'} to {handoff.incoming_name or 'nobody'}"
    strangers = [name for name, user in _people(handoff) if name and not user]
    return f"{told}; not told, because not in opsbot.yaml: {', '.join(strangers)}" if strangers else told


def soon_yours(handoff: Handoff, at: datetime) -> Message:
    """To the incoming person, an hour before."""
    line: Line = ("You take over the on-call from ", _outgoing(handoff), " at ", moment(at), ".")
    return _message(handoff, line, None)


def soon_from_you(handoff: Handoff, at: datetime) -> Message:
    """To the outgoing person, an hour before."""
    to: Line = (
        (_incoming(handoff),) if handoff.incoming_name else (Bold(text="nobody"), ": put somebody on in PagerDuty")
    )
    line: Line = (
        "You hand over the on-call at ",
        moment(at),
        " to ",
        *to,
        ". What waits for you: ",
        Code(text="/ops due"),
    )
    return _message(handoff, line, None)


def taking_over(run: Run, step: Step | None, handoff: Handoff) -> Message:
    """To the incoming person, as it begins."""
    from_whom: Line = (" from ", _outgoing(handoff)) if handoff.changes_hands else ()
    verb = "take over" if handoff.changes_hands else "stay on call"
    line: Line = (f"You {verb}", *from_whom, ". Read the handoff in ", _where(run), ", then press ", PRESS, ".")
    return _message(handoff, line, controls.accept(run, step) if step else None)


def nobody_takes_over(run: Run, handoff: Handoff) -> Message:
    """To whoever was on call, and whoever owns the playbook."""
    whose: Line = (" after ", _outgoing(handoff)) if handoff.outgoing_name else ()
    line: Line = (
        "Nobody is on call",
        *whose,
        f" ({short(run.playbook.title, 80)}): a page wakes nobody. Put somebody on in PagerDuty now; until then ",
        _outgoing(handoff) if handoff.outgoing_name else "somebody",
        " stays reachable.",
    )
    return _message(handoff, line, None)


def handing_over(run: Run, handoff: Handoff) -> Message:
    """To the outgoing person, as it begins."""
    notes = next((step for step in run.open_steps() if step.ask), None)
    ask = " Write what they should know:" if notes else ""
    line: Line = ("You hand over to ", _incoming(handoff), ", in ", _where(run), f".{ask}")
    return _message(handoff, line, controls.step_answer(run, notes) if notes else None)


def not_accepted_yet(run: Run, step: Step, handoff: Handoff) -> Message:
    """To the incoming person, once more."""
    whose: Line = (" from ", _outgoing(handoff)) if handoff.changes_hands else ()
    line: Line = ("The handoff", *whose, " waits for you since ", moment(handoff.since), ", in ", _where(run), ".")
    return _message(handoff, line, controls.accept(run, step))


def not_accepted(handoff: Handoff, incoming: Member | None, fallback: str) -> Message:
    """To the outgoing person, and whoever owns the playbook."""
    number = incoming.phone if incoming and incoming.phone else ""
    line: Line = (
        _incoming(handoff),
        " has not accepted the handoff since ",
        moment(handoff.since),
        f". Call them: {number}. Until they press " if number else f". Call them ({fallback}) Until they press ",
        PRESS,
        ", ",
        _outgoing(handoff) if handoff.changes_hands else "somebody else",
        " stays reachable; PagerDuty wakes ",
        _incoming(handoff),
        " all the same.",
    )
    return _message(handoff, line, None)


def accepted(handoff: Handoff, by: str) -> Message:
    """To the one, or the two, who did not press."""
    instead: Line = (" instead of ", _incoming(handoff)) if by != handoff.incoming and handoff.incoming_name else ()
    return _message(handoff, (Person(user=by), " has accepted the handoff", *instead, "."), None)


def _message(handoff: Handoff, line: Line, button: Button | None) -> Message:
    """A line and perhaps a press; the notification has names, where Slack would show ids."""
    presses: tuple[Part, ...] = (Controls(controls=(button,)),) if button else ()
    names = {user: name for name, user in _people(handoff) if user}
    named = tuple(names.get(span.user, "somebody") if isinstance(span, Person) else span for span in line)
    return Message(summary=plain(capitalised(named)), parts=(Text(lines=(line,)), *presses))


def _where(run: Run) -> Span:
    """The channel in which it stands, by its name, or linked where only its id is known."""
    name = run.start.place.partition("/")[2] if run.start else ""
    return Room(channel=name) if CHANNEL_ID.fullmatch(name) else short(name, 80)


def _people(handoff: Handoff) -> tuple[tuple[str, str], ...]:
    return (handoff.outgoing_name, handoff.outgoing), (handoff.incoming_name, handoff.incoming)


def _outgoing(handoff: Handoff) -> Span:
    return Person(user=handoff.outgoing) if handoff.outgoing else handoff.outgoing_name or "nobody"


def _incoming(handoff: Handoff) -> Span:
    return Person(user=handoff.incoming) if handoff.incoming else handoff.incoming_name or "Nobody"
