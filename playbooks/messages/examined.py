"""What the doctor found, for whoever asked in Slack."""

import json

from bot.domain.effect import Receipt, Whisper
from bot.domain.examine import Examine
from bot.domain.message import Bold, Code, Line, Message, Small, Text, sentence
from playbooks.messages.wording import short


def examining() -> Message:
    """It takes a moment."""
    return sentence("Looking at database, Slack, paging and the rest; what is found shows here in a moment.")


def examined(effect: Examine, receipt: Receipt) -> Whisper:
    """What was found, to whoever asked, where they asked."""
    findings = [(subject, remedy) for subject, remedy in json.loads(receipt.facts["findings"])]
    return Whisper(
        channel=effect.channel, user=effect.user, message=found_message(findings), thread_ts=effect.thread or None
    )


def found_message(findings: list[tuple[str, str]]) -> Message:
    """What is wrong comes first, each with its remedy; what is right follows in one line."""
    wrong = [(subject, remedy) for subject, remedy in findings if remedy]
    right = [subject for subject, remedy in findings if not remedy]
    count = f"{len(wrong)} thing{'s' if len(wrong) != 1 else ''} to mend" if wrong else "Everything is right"
    lines: tuple[Line, ...] = tuple((f"✗ {short(subject, 80)}: {short(remedy, 500)}",) for subject, remedy in wrong)
    parts = (
        Text(lines=((Bold(text=f"{count}."),), *lines)),
        *((Small(line=(f"✓ {'; '.join(right)}",)),) if right else ()),
        Small(line=("The same at a terminal: ", Code(text="opsbot doctor"))),
    )
    return Message(summary=f"Doctor: {count.lower()}.", parts=parts)
