"""Has everything opsbot depends on looked at, for somebody who asked."""

from bot.domain.delivery import Delivery
from bot.domain.examine import Examine
from bot.store.unit_of_work import Store


class Doctor:
    """`/ops doctor`; the looks are calls to the outside, so they are an effect, and what was found is whispered."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def examine(self, *, by: str, channel: str, thread: str, delivery: Delivery) -> None:
        """Look, and tell this person alone."""
        async with self._store.decide(delivery) as unit:
            await unit.outbox.put(Examine(user=by, channel=channel, thread=thread))
