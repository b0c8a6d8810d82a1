"""What is told about changes beside their cards: what has to follow one, and what keeps an incident from being closed."""

from collections.abc import Sequence

from bot.domain.change import Change
from bot.domain.deployment import Shipment
from bot.domain.errors import Refused
from bot.domain.message import Code, Controls, Line, Message, Text, plain
from playbooks.changes.kind import ChangeKind
from playbooks.messages.change import name_of
from playbooks.messages.controls import ask_change
from playbooks.messages.wording import day_and_time, listed, moment


def follow_up_owed(change: Change, kind: ChangeKind) -> Message:
    """Once a day to whoever asked for the change: it is not over yet."""
    began = change.begun_at or change.requested_at
    line: Line = (f"{change.key} {name_of(change)}, ", day_and_time(began), f": {kind.sentence} Do it now: ")
    words: Line = (*line, Code(text=f"{kind.command} {change.target_name}"))
    button = ask_change(kind, change.target_name)
    return Message(summary=plain(words), parts=(Text(lines=(words,)), Controls(controls=(button,))))


def turned_away(change: Change, refused: Refused) -> Message:
    """To whoever asked and may not: nothing was planned, and who may."""
    line: Line = (f"{change.key} {name_of(change)}: ", *refused.sentence)
    return Message(summary=plain(line), parts=(Text(lines=(line,)),))


def unrecorded(change: Change, shipment: Shipment, reason: str) -> Message:
    """Below its card: GitHub was not told of the deployment, which is as it is all the same."""
    where, why = f"{shipment.repository}, {shipment.environment}", reason.rstrip(".")
    line: Line = (
        f"{change.key} is not recorded as a deployment at GitHub ({where}), because {why}. The change itself is as its card says.",
    )
    return Message(summary=plain(line), parts=(Text(lines=(line,)),))


def expiring(change: Change, user: str) -> Message:
    """To whoever could agree, and whoever asked: it will soon be too late."""
    assert change.expires_at
    head: Line = (f"{change.key} {name_of(change)} expires at ", moment(change.expires_at), " and waits for ")
    if user != change.requested_by:
        line: Line = (*head, "you: press Agree on its card, above.")
    elif change.needed:
        line = (*head, "1 more person" if change.missing == 1 else f"{change.missing} more people", " to agree.")
    else:
        line = (*head, "your press on its card.")
    return Message(summary=plain(line), parts=(Text(lines=(line,)),))


def unreviewed(changes: Sequence[Change]) -> Refused:
    """Why an incident cannot be closed yet."""
    keys = listed([change.key for change in changes])
    verb = "was" if len(changes) == 1 else "were"
    return Refused(f"{keys} {verb} done alone and nobody else has reviewed it yet; press Reviewed on its card first.")
