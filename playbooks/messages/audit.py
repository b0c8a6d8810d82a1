"""The audit in Slack: who did what, when, about which change."""

from collections.abc import Sequence

from bot.domain.audit import Entry
from bot.domain.message import Line, Message, Small, Text, sentence
from playbooks.messages.wording import command, day_and_time, short, who

TELLING = ("why", "reason", "says", "found", "title")
"""What of an entry's details is worth a line, the first that is there."""
ALL = Small(line=("All of it, and whether it is whole: ", command("opsbot audit verify"), " and ", command("export")))


def audit_message(entries: Sequence[Entry]) -> Message:
    """The entries, oldest first."""
    if not entries:
        return sentence("Nothing was asked of production there.")
    return Message(summary="Audit of changes", parts=(Text(lines=tuple(map(_line, entries))), ALL))


def _line(entry: Entry) -> Line:
    record = entry.record
    told = next((record.detail[name] for name in TELLING if record.detail.get(name)), "")
    more = f": {short(told, 120)}" if told else ""
    what = f"{record.about} {record.deed}" + (f" ({record.target})" if record.target else "")
    return day_and_time(entry.at), f" {what} by ", who(record.by), more
