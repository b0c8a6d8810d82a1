"""How the bot is: what keeps it from being ready, and its figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.store.unit_of_work import Store
from bot.store.waiting import load as load_of
from scheduler.relay import Relay


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Looks at a running bot. `hears` says whether Slack reaches it, `refused` how many webhooks were refused."""

    store: Store
    relay: Relay
    hears: Callable[[], bool]
    refused: Callable[[], int]

    async def troubles(self) -> list[str]:
        """A sentence for each thing that keeps it from being ready."""
        return [] if self.hears() else ["Slack is not connected."]

    async def figures(self) -> Mapping[str, float]:
        """Its figures by name."""
        async with self.store.look() as unit:
            load = await load_of(unit.connection, unit.now)
        return {
            "outbox_pending": load.pending,
            "outbox_sending": load.sending,
            "outbox_buried": load.buried,
            "outbox_lag_seconds": load.lag.total_seconds(),
            "leads": self.relay.leads,
            "slack_connected": self.hears(),
            "webhooks_refused": self.refused(),
        }
