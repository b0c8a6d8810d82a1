"""Whether the bot really gets on: the relay turns, the clock ticks, and the database answers. A process may live and do neither."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.store.unit_of_work import DatabaseDown, Store
from bot.store.waiting import load

RELAY_WITHIN = timedelta(seconds=90)
"""The relay turns at least with every poll, and a poll is a minute at most."""
CLOCK_WITHIN = timedelta(seconds=120)
"""The clock looks every thirty seconds, however little there is to do."""
LAG_WITHIN = timedelta(minutes=10)
"""What is due for longer is not being sent."""
Since = Callable[[], timedelta]
"""How long ago something last went well."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Looks at a running bot. One that stands by does nothing, and that is well."""

    store: Store
    leads: Callable[[], bool]
    turned: Since
    ticked: Since

    async def troubles(self) -> list[str]:
        """A sentence for each thing that does not get on."""
        try:
            async with self.store.look() as unit:
                lag = (await load(unit.connection, unit.now)).lag
        except DatabaseDown:
            return ["The database does not answer."]
        if not self.leads():
            return []
        found = [
            (self.turned() > RELAY_WITHIN, "The relay has stopped: nothing is sent. Restart opsbot."),
            (self.ticked() > CLOCK_WITHIN, "The clock has stopped: nothing starts by itself. Restart opsbot."),
            (lag > LAG_WITHIN, f"What is due has been waiting for {round(lag.total_seconds() / 60)} minutes."),
        ]
        return [sentence for so, sentence in found if so]
