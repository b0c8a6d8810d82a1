"""What is told of mail that did not reach everybody: nobody sits and waits for it, so the alerts channel hears of it."""

from bot.domain.effect import Effect, Post, channel
from bot.domain.mail import SendMail
from bot.domain.message import Message, paragraph
from bot.organisation import Organisation
from bot.store.unit_of_work import UnitOfWork
from playbooks.messages.wording import short


async def mail_lost(unit: UnitOfWork, effect: Effect, serial: int, reason: str, organisation: Organisation) -> None:
    """Mail that somebody else tells of is left to them."""
    if type(effect) is not SendMail:
        return
    told = f"“{short(effect.subject, 100)}” did not reach everybody of {effect.group}: {short(reason, 300)}"
    message = Message(summary=told, parts=(paragraph(told),))
    slot = f"mail/{serial}/lost"
    await unit.outbox.put(Post(place=channel(organisation.channels.alerts), slot=slot, message=message), key=slot)
