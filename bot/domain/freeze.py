"""A freeze: for a while nothing is changed in production, of one service or of all, but what must go on in an outage."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """It holds until somebody ends it. `service` is empty when it holds for everything; people are Slack user ids."""

    service: str
    by: str
    at: datetime
    reason: str = ""

    def holds_for(self, target: str) -> bool:
        """Whether it holds for a target such as "service/billing"; a load test of a service is one of it."""
        return not self.service or target in {f"service/{self.service}", f"load-test/{self.service}"}
