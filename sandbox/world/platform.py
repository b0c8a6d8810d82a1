"""The small platform: what it is like at any moment, and what can be done to it from outside.

Everything follows from the log of events and the time, so any past moment can be asked and never changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from bot.domain.metric_query import Measure
from sandbox.clock import SandboxClock
from sandbox.slack.archive import Archive
from sandbox.world.chronicle import Chronicle
from sandbox.world.load import Load
from sandbox.world.past import Past
from sandbox.world.pool import WorldConnection, forgotten, pooled, reports
from sandbox.world.series import Stretch, WorldSeries, series_of
from sandbox.world.service import ServiceState, Target, Template, WorldRevision
from sandbox.world.spec import DATABASE, PROJECT, REGION, SERVICES, DatabaseSpec, ServiceSpec
from sandbox.world.state import WorldState

OPERATOR = "opsbot@agent-marketplace.iam.gserviceaccount.com"
"""Who does what is done from outside, unless somebody else is named."""


class Platform:
    """The platform, live. Moments are datetimes; `at` is the present when it is left out."""

    project = PROJECT
    region = REGION
    services: Mapping[str, ServiceSpec] = SERVICES
    database: DatabaseSpec = DATABASE

    def __init__(self, clock: SandboxClock, archive: Archive | None = None) -> None:
        """With an `archive` a restart finds it as it was."""
        self._clock = clock
        self.chronicle = Chronicle(clock, archive or Archive())
        self.past = Past(self.chronicle)

    def now(self) -> datetime:
        return self._clock.now()

    def state(self, at: datetime | None = None) -> WorldState:
        """Everything that stays the same until something happens again."""
        return self.chronicle.state(at.timestamp() if at else None)

    def load(self, at: datetime | None = None) -> Load:
        """How busy, slow, failing and full everything is at a moment."""
        return self.past.load((at or self.now()).timestamp())

    def service(self, name: str, at: datetime | None = None) -> ServiceState:
        """A service as it is; raises KeyError for one there is not."""
        return self.state(at).services[name]

    def revisions(self, service: str, at: datetime | None = None) -> list[WorldRevision]:
        """Newest first."""
        moment = (at or self.now()).timestamp()
        return [each for each in self.service(service, at).revisions if each.created_at <= moment]

    def connections(self, at: datetime | None = None) -> list[WorldConnection]:
        """Everybody who is connected to the platform's database."""
        load = self.load(at)
        state = self.chronicle.state(load.at)
        used = {name: (count, load.services[name].instances) for name, count in load.database.pools.items()}
        return [*pooled(state, used, load.at), *forgotten(list(load.database.leaked)), *reports(state, load.at)]

    def series(
        self, measure: Measure, of: str, *, since: datetime, until: datetime, step: timedelta
    ) -> list[WorldSeries]:
        """What was measured of a service or a database instance, with every label there is; see `series`.

        Steps end at `until` and at whole steps before it; nothing is measured in the future.
        """
        length, last = step.total_seconds(), min(until.timestamp(), self.past.now())
        number = int((until.timestamp() - since.timestamp()) / length)
        ends = [until.timestamp() - length * back for back in range(number - 1, -1, -1)]
        steps = [Stretch(since=end - length, until=end) for end in ends if end <= last]
        return series_of(self.past, measure, of, steps=steps)

    def deploy(self, service: str, template: Template, *, name: str = "", by: str = OPERATOR) -> ServiceState:
        """A new revision of this template; which gets traffic is another matter."""
        self.chronicle.happen("deployed", of=service, by=by, detail={"template": asdict(template), "name": name})
        return self.service(service)

    def set_traffic(self, service: str, targets: Sequence[Target], *, by: str = OPERATOR) -> ServiceState:
        """Asks for traffic to go there; the list replaces what was."""
        detail = {"targets": [asdict(target) for target in targets]}
        self.chronicle.happen("shifted", of=service, by=by, detail=detail)
        return self.service(service)

    def scale(self, service: str, *, least: int, most: int, by: str = OPERATOR) -> ServiceState:
        """Sets the fewest and the most instances."""
        self.chronicle.happen("scaled", of=service, by=by, detail={"least": least, "most": most})
        return self.service(service)

    def set_ingress(self, service: str, ingress: str, *, by: str = OPERATOR) -> ServiceState:
        """Says from where a service may be reached, in the platform's word (INGRESS_TRAFFIC_…)."""
        self.chronicle.happen("closed off", of=service, by=by, detail={"ingress": ingress})
        return self.service(service)

    def kill_connections(self, pids: Sequence[int], *, by: str = OPERATOR) -> int:
        """Ends connections; how many of them there were."""
        there = sorted({each.pid for each in self.connections()} & set(pids))
        if there:
            self.chronicle.happen("killed", by=by, detail={"pids": there})
        return len(there)
