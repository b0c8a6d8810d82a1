"""What the owner of a check is told when it has found something that is not well."""

from collections.abc import Sequence

from bot.domain.evidence import Finding
from bot.domain.message import Bold, Line, Message, Text
from bot.domain.run import Run
from playbooks.messages.evidence import MARKS
from playbooks.messages.wording import short

MOST = 3


def trouble_message(run: Run, news: Sequence[Finding]) -> Message:
    """The worst of it, and where the rest stands."""
    title = short(run.playbook.title, 80)
    where = run.start.place.partition("/")[2] if run.start else ""
    lines: tuple[Line, ...] = tuple((f"{MARKS[each.verdict]} {short(each.says, 200)}",) for each in news[:MOST])
    head: Line = (Bold(text=title), f", in {short(where, 80)}:")
    return Message(summary=f"{title}: {short(news[0].says, 150)}", parts=(Text(lines=(head, *lines)),))
