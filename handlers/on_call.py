"""`/oncall`: who is on call now and next, when it is handed over, and how to reach people."""

from handlers.ops import look
from handlers.spoken import Answer, Desk, Said
from playbooks.glances import ON_CALL, ROTA, Wanted
from playbooks.messages.contacts import contacts_message, handoff_message


async def now(said: Said, desk: Desk) -> Answer:
    return await look(Wanted(title="On call now", evidence=ON_CALL), said, desk)


async def coming(said: Said, desk: Desk) -> Answer:
    return await look(Wanted(title="On call next", evidence=ROTA), said, desk)


async def handoff(said: Said, desk: Desk) -> Answer:
    """When it is handed over, and the playbooks by which that is done."""
    await look(Wanted(title="Handing over", evidence=(*ON_CALL, *ROTA)), said, desk)
    return handoff_message(desk.runbook.catalogue, thread=said.thread)


async def contacts(said: Said, desk: Desk) -> Answer:
    del said
    return contacts_message(desk.organisation)
