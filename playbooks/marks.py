"""What a message of the room becomes on the timeline: as it was read, a line that is added, changed or taken away."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.effect import Receipt
from bot.domain.marked import ReadMessage
from bot.domain.timeline import Attachment, Entry, Happening
from playbooks.decision import Decision


async def learn_message(decision: Decision, effect: ReadMessage, receipt: Receipt) -> None:
    """Brings the line of a message up to date with what was read of it."""
    timeline = decision.unit.timeline
    known = await timeline.from_source(decision.incident.number, effect.source)
    read = _entry(effect, receipt) if receipt.facts.get("marked") else None
    if read and known:
        await timeline.change(replace(read, serial=known.serial))
    elif read:
        decision.entries.append(read)
    elif known:
        await timeline.remove(known.serial)


def _entry(effect: ReadMessage, receipt: Receipt) -> Entry:
    """The facts are those of `bot.slack.reading`."""
    facts = receipt.facts
    files = tuple(Attachment(**each) for each in json.loads(facts.get("files", "[]")))
    return Entry(
        incident=effect.incident,
        at=datetime.fromtimestamp(float(effect.ts), UTC),
        happening=Happening.MESSAGE,
        text=facts.get("text", ""),
        by=facts.get("user", ""),
        source=effect.source,
        name=facts.get("name", ""),
        link=facts.get("link", ""),
        files=files,
    )
