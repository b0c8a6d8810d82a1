"""Who can change what, as it is told to whoever asks."""

from collections.abc import Iterator

from bot.domain.message import Bold, Line, Message, Small, Text
from bot.domain.plan import Risk
from playbooks.changes import CHANGES
from playbooks.messages.wording import OBSERVING, command, who
from playbooks.who_can import Explained


def explained(found: Explained) -> Message:
    """Who may ask and agree, and what stands in the way now."""
    head: Line = (Bold(text=found.kind.title), f"  {found.kind.sentence}")
    return Message(
        summary=f"Who can: {found.kind.title}",
        parts=(Text(lines=(head, *_people(found))), Text(lines=tuple(_now(found))), Small(line=(RULES,))),
    )


def all_changes() -> Message:
    """Everything that can be changed, and how it is asked for."""
    lines: tuple[Line, ...] = tuple(
        (Bold(text=kind.name), f"  {kind.sentence} ", command(kind.command)) for kind in CHANGES.values()
    )
    more = Small(line=("Who may do one: ", command("/ops whocan rollback")))
    return Message(summary="What can be changed", parts=(Text(lines=lines), more))


RULES = (
    "The plan of each change says how risky it is. Whoever asked never is the second person. Names are of opsbot.yaml "
    "(changes)."
)


def _people(found: Explained) -> Iterator[Line]:
    yield "Ask, and do what is safe: ", *found.rules.who_could(found.askers)
    yield "Agree, where users may feel it: ", *found.rules.who_could(found.targets(Risk.DISRUPTIVE))
    if found.rules.organisation.changes.destructive:
        yield "Agree, where data may be lost: two of ", *found.rules.who_could(found.targets(Risk.DESTRUCTIVE))
    else:
        yield ("Where data may be lost: nobody; the command is shown, and a person runs it",)


def _now(found: Explained) -> Iterator[Line]:
    abilities = [word for word, may in (("ask", found.may_ask), ("agree", found.may_agree)) if may]
    yield "You may ", Bold(text=" and ".join(abilities) or "do neither")
    if found.rules.organisation.observing:
        yield (OBSERVING,)
    if found.freeze:
        yield "🧊 Frozen by ", who(found.freeze.by), f": {found.freeze.reason}" if found.freeze.reason else ""
    elif found.kind.freeze_exempt:
        yield ("A freeze does not stop it",)
    if found.busy:
        yield (f"{found.busy.key} is changing {found.target} now",)
