"""The small platform: what it is like at any moment, and what can be done to it from outside.

Everything follows from the log of events and the time, so any past moment can be asked and never changes.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from bot.domain.metric_query import Measure
from sandbox.clock import SandboxClock
from sandbox.slack.archive import Archive
from sandbox.world.breakages import BREAKAGES
from sandbox.world.breakages.hand import Hand
from sandbox.world.chronicle import Chronicle
from sandbox.world.cloud_service import ServiceState, Target, Template, WorldRevision
from sandbox.world.database_side import OPERATOR, CannotBeDone, DatabaseSide
from sandbox.world.journal import EVERY, Journal
from sandbox.world.load import Load
from sandbox.world.log_count import log_counts
from sandbox.world.log_entry import WorldLogEntry
from sandbox.world.past import Past
from sandbox.world.runs import Counters, Meters
from sandbox.world.series import Stretch, WorldSeries, series_of
from sandbox.world.spec import DATABASE, PROJECT, REGION, SERVICES, DatabaseSpec, ServiceSpec
from sandbox.world.state import Broken, WorldState
from sandbox.world.ticket import SupportTicket, Tickets

MENDER = "dee@example.com"
"""Who is said to have put everything right."""


class Platform(DatabaseSide):
    """The platform, live. Moments are datetimes; `at` is the present when it is left out."""

    project = PROJECT
    region = REGION
    services: Mapping[str, ServiceSpec] = SERVICES
    database: DatabaseSpec = DATABASE

    def __init__(self, clock: SandboxClock, archive: Archive | None = None) -> None:
        """With an `archive` a restart finds it as it was."""
        chronicle = Chronicle(clock, archive or Archive())
        super().__init__(clock, chronicle, Past(chronicle))
        self._journal = Journal(self.past)
        self._tickets = Tickets(self.past)
        self._meters = Meters(self.past)

    def state(self, at: datetime | None = None) -> WorldState:
        """Everything that stays the same until something happens again."""
        return self.chronicle.state(at.timestamp() if at else None)

    def load(self, at: datetime | None = None) -> Load:
        """How busy, slow, failing and full everything is at a moment."""
        return self.past.load((at or self.now()).timestamp())

    def service(self, name: str, at: datetime | None = None) -> ServiceState:
        """A service as it is; raises KeyError for one there is not."""
        found = self.state(at).service(name)
        if found is None:
            raise KeyError(name)
        return found

    def revisions(self, service: str, at: datetime | None = None) -> list[WorldRevision]:
        """Newest first."""
        moment = (at or self.now()).timestamp()
        return [each for each in self.service(service, at).revisions if each.created_at <= moment]

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
        if measure is Measure.LOG_ENTRIES:
            return log_counts(self._journal, of, steps=steps)
        return series_of(self.past, measure, of, steps=steps)

    def log(
        self,
        service: str = "",
        *,
        since: datetime,
        until: datetime,
        logs: Collection[str] = EVERY,
        troubles: bool = False,
    ) -> Iterator[WorldLogEntry]:
        """What was written from `since` to before `until`, newest first; of everything without a service.

        With `troubles` requests that were not answered 5xx are left out, which is much faster.
        """
        return self._journal.entries(
            [service] if service else [],
            since=since.timestamp(),
            until=until.timestamp(),
            logs=logs,
            troubles=troubles,
        )

    def counters(self, at: datetime | None = None) -> Counters:
        """The application's own metrics: agent_runs_total, active_users, revenue_total, cache_hits_total, …"""
        return self._meters.counters((at or self.now()).timestamp())

    def tickets(self) -> list[SupportTicket]:
        """What customers wrote in the last five weeks, in the order in which they wrote."""
        return list(self._tickets.all())

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

    def break_(self, breakage: str, of: str = "") -> None:
        """Breaks something, of what its breakage names unless somebody else is named; refused if it cannot be."""
        known = BREAKAGES.get(breakage)
        if known is None:
            raise CannotBeDone(f"There is no breakage {breakage!r}; there are {', '.join(BREAKAGES)}.")
        hit = of or known.of
        if hit not in known.choices:
            raise CannotBeDone(f"{known.title} can hit {', '.join(known.choices)}, not {hit!r}.")
        self.chronicle.happen("broke", of=hit, detail={"kind": breakage})
        known.strike(Hand(self.chronicle), hit)

    def broken(self, at: datetime | None = None) -> list[Broken]:
        """What is broken, and neither healed nor over, in the order in which it broke."""
        moment = self._moment(at)
        found = {(each.kind, each.of): each for each in self.past.state(moment).broken}
        return [each for each in found.values() if BREAKAGES[each.kind].lasts(self.past, each.of, moment)]

    def relieve(self, cause: str, of: str = "") -> None:
        """Something outside the platform stops, such as a surge, a provider's outage or a missing permission."""
        self.chronicle.happen("relieved", of=of, detail={"name": cause})

    def mend_all(self) -> None:
        """Puts everything right at once."""
        self.chronicle.happen("mended", by=MENDER)
