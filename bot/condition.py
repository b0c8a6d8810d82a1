"""How the bot is: what keeps it from being ready, and its figures."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.progress import Progress
from bot.store.lane_load import LaneLoad, lane_loads
from bot.store.unit_of_work import Store
from bot.store.waiting import load as load_of


class Condition:
    """Looks at a running bot. `hears` says whether Slack reaches it, `refused` how many webhooks were refused."""

    def __init__(
        self, store: Store, *, progress: Progress, hears: Callable[[], bool], refused: Callable[[], int]
    ) -> None:
        self._store = store
        self._progress = progress
        self._hears = hears
        self._refused = refused

    async def troubles(self) -> list[str]:
        """A sentence for each thing that keeps it from being ready."""
        deaf = [] if self._hears() else ["Slack is not connected."]
        return [*deaf, *await self._progress.troubles()]

    async def figures(self) -> Mapping[str, float | Mapping[str, float]]:
        """Its figures by name; those of lanes by the kind of lane."""
        async with self._store.look() as unit:
            load = await load_of(unit.connection, unit.now)
            lanes = await lane_loads(unit.connection, unit.now)
        return {
            "outbox_pending": load.pending,
            "outbox_sending": load.sending,
            "outbox_buried": load.buried,
            "outbox_lag_seconds": load.lag.total_seconds(),
            "lane_pending": _by_lane(lanes, lambda each: each.states.get("pending", 0)),
            "lane_sending": _by_lane(lanes, lambda each: each.states.get("sending", 0)),
            "lane_buried": _by_lane(lanes, lambda each: each.states.get("buried", 0)),
            "lane_lag_seconds": _by_lane(lanes, lambda each: each.lag.total_seconds()),
            "lane_age_seconds": _by_lane(lanes, lambda each: each.age.total_seconds()),
            "lane_failures": _by_lane(lanes, lambda each: each.failures),
            "relay_turned_seconds_ago": _seconds(self._progress.turned()),
            "clock_ticked_seconds_ago": _seconds(self._progress.ticked()),
            "leads": self._progress.leads(),
            "slack_connected": self._hears(),
            "webhooks_refused": self._refused(),
        }


def _by_lane(lanes: Mapping[str, LaneLoad], figure: Callable[[LaneLoad], float]) -> Mapping[str, float]:
    return {kind: figure(each) for kind, each in lanes.items()}


def _seconds(since: timedelta) -> float:
    return round(since.total_seconds(), 1)
