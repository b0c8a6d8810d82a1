"""The verbs of `/ops`: what is not about one incident."""

from handlers.spoken import Answer, Desk, Said
from playbooks.messages.examined import examining


async def doctor(said: Said, desk: Desk) -> Answer:
    await desk.doctor.examine(by=said.user, channel=said.channel, thread=said.thread, delivery=said.delivery)
    return examining()
