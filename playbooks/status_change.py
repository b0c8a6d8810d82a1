"""What was agreed to as a change goes to customers like every other notice of the incident."""

from bot.domain.audit import Record
from bot.domain.changing import CarryOut
from bot.domain.customer_words import WORDS, read_words
from bot.domain.effect import Effect, Receipt
from bot.domain.errors import Refused
from bot.domain.timeline import Happening
from bot.store.unit_of_work import UnitOfWork
from playbooks.deciding import Deciding
from playbooks.public_words import Words
from playbooks.status_page import approve


async def tell_customers(unit: UnitOfWork, deciding: Deciding, effect: Effect, receipt: Receipt) -> None:
    """Approves what people agreed to, in the name of whoever asked; when it cannot be any more, the room hears why."""
    if not isinstance(effect, CarryOut) or WORDS not in receipt.facts:
        return
    change = await unit.changes.get(effect.change)
    if change is None or change.incident is None or not await unit.incidents.has(change.incident):
        return
    said = read_words(receipt.facts[WORDS])
    words = Words(text=said.text, stage=said.stage, components=said.components, title=said.title, seen=said.seen)
    async with deciding.within(unit, change.incident) as decision:
        try:
            await approve(decision, words, by=change.requested_by)
        except Refused as refused:
            decision.tell(Happening.TROUBLE, f"Customers were not told: {refused}")
            await unit.audit.append(
                Record(deed="not published", by=change.requested_by, about=change.key, detail={"why": str(refused)})
            )
