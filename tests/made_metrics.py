"""Cloud Monitoring as a test makes it up: numbers of any measure, by a rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.chart import Point, Series
from bot.domain.metric_query import Aggregation, Measure


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """What was asked for: the end of each step from `since` to `until`."""

    since: datetime
    until: datetime
    step: timedelta

    def points(self, value: float) -> tuple[Point, ...]:
        """The same number at the end of each step."""
        count = int((self.until - self.since) / self.step)
        return tuple(Point(at=self.until - self.step * back, value=value) for back in range(count - 1, -1, -1))


class MadeMetrics:
    """Answers by its rule, whatever service is asked about and however the numbers are to be put together."""

    def __init__(self, rule: Callable[[Measure, Stretch], Sequence[Series]]) -> None:
        self._rule = rule

    async def read(
        self,
        measure: Measure,
        of: str,
        *,
        since: datetime,
        until: datetime,
        step: timedelta,
        aggregation: Aggregation,
        by: Sequence[str] = (),
    ) -> Sequence[Series]:
        del of, aggregation, by
        return self._rule(measure, Stretch(since=since, until=until, step=step))
