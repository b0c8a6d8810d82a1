"""What is said of freezes: that one began or ended, and which hold."""

from collections.abc import Sequence

from bot.domain.freeze import Freeze
from bot.domain.message import Bold, Line, Message, Small, Text, plain, sentence
from bot.organisation import Organisation
from playbooks.messages.wording import command, day_and_time, short, who

EXEMPT = "Rollbacks, paging and the status page go on."


def frozen_message(freeze: Freeze, organisation: Organisation) -> Message:
    """For everybody who changes things."""
    line: Line = (
        "🧊 ",
        Bold(text=f"Changes of {_what(freeze.service, organisation)} are frozen"),
        " by ",
        who(freeze.by),
    )
    why: Line = (f": {short(freeze.reason, 300)}",) if freeze.reason else (".",)
    end = command(f"/ops freeze off {freeze.service}".strip())
    return Message(
        summary=plain((*line, *why)), parts=(Text(lines=((*line, *why),)), Small(line=(f"{EXEMPT} It ends with ", end)))
    )


def thawed_message(service: str, by: str, organisation: Organisation) -> Message:
    line: Line = ("▶️ ", Bold(text=f"Changes of {_what(service, organisation)} go on"), ", says ", who(by), ".")
    return Message(summary=plain(line), parts=(Text(lines=(line,)),))


def freezes_message(freezes: Sequence[Freeze], organisation: Organisation) -> Message:
    """Which freezes hold."""
    if not freezes:
        return sentence("Nothing is frozen.")
    lines = tuple(_line(each, organisation) for each in freezes)
    return Message(summary=f"{len(freezes)} freezes hold.", parts=(Text(lines=lines), Small(line=(EXEMPT,))))


def told_frozen(freeze: Freeze, organisation: Organisation) -> Message:
    """For whoever began it."""
    return sentence(f"Changes of {_what(freeze.service, organisation)} are frozen. {EXEMPT}")


def told_thawed(service: str, organisation: Organisation) -> Message:
    return sentence(f"Changes of {_what(service, organisation)} go on.")


def _line(freeze: Freeze, organisation: Organisation) -> Line:
    why = f": {short(freeze.reason, 300)}" if freeze.reason else ""
    what = Bold(text=_what(freeze.service, organisation))
    return "🧊 ", what, " since ", day_and_time(freeze.at), " by ", who(freeze.by), why


def _what(service: str, organisation: Organisation) -> str:
    known = organisation.service(service)
    return known.title if known else service or "everything"
