"""The practice ground's platform on a clock that stands still, with words for what people do to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.metric_query import Measure
from sandbox.clock import SandboxClock
from sandbox.slack.archive import Archive
from sandbox.world.cloud_service import Target
from sandbox.world.histogram import LATENCY_BOUNDS, quantile
from sandbox.world.platform import Platform

WEDNESDAY = datetime(2026, 1, 14, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class SmallWorld:
    """A platform and its clock."""

    def __init__(self, archive: Archive | None = None, start: datetime = WEDNESDAY) -> None:
        self.clock = SandboxClock(start=start, ticking=False)
        self.platform = Platform(self.clock, archive)

    def now(self) -> datetime:
        return self.clock.now()

    def pass_minutes(self, minutes: float) -> None:
        self.clock.advance(minutes * 60)

    @property
    def broken(self) -> list[str]:
        return [each.kind for each in self.platform.broken()]

    def errors(self, service: str) -> float:
        load = self.platform.load().services[service]
        return load.errors + load.turned_away

    def p95(self, service: str, at: datetime | None = None) -> float:
        """Milliseconds, from the merged histograms of the last five minutes."""
        until = at or self.now()
        every = self.platform.series(
            Measure.REQUEST_LATENCY, service, since=until - 5 * MINUTE, until=until, step=5 * MINUTE
        )
        merged = [sum(counts) for counts in zip(*(each.points[-1].buckets for each in every), strict=True)]
        return quantile(merged, 0.95, LATENCY_BOUNDS)

    def counted(self, measure: Measure, of: str, *, minutes: int = 5) -> dict[tuple[tuple[str, str], ...], float]:
        """What was counted in the last minutes, by labels."""
        every = self.platform.series(
            measure, of, since=self.now() - minutes * MINUTE, until=self.now(), step=minutes * MINUTE
        )
        return {tuple(sorted(each.labels.items())): each.points[-1].value for each in every}

    def answered_with(self, service: str, status: str) -> float:
        """The part of requests answered with a class of statuses, such as "5xx", in the last five minutes."""
        counted = self.counted(Measure.REQUEST_COUNT, service)
        return sum(value for labels, value in counted.items() if dict(labels)["class"] == status) / sum(
            counted.values()
        )

    def texts(self, service: str, *, minutes: int = 5) -> str:
        """Everything that was written about trouble in the last minutes."""
        since = self.now() - minutes * MINUTE
        return "\n".join(each.text for each in self.platform.log(service, since=since, until=self.now(), troubles=True))

    def serving(self, service: str) -> dict[str, int]:
        shares = self.platform.service(service).serving(self.now().timestamp())
        return {share.revision.name: share.percent for share in shares}

    def roll_back(self, service: str, steps: int = 1) -> None:
        """Traffic to an older revision, and a moment for it to get there."""
        name = self.platform.revisions(service)[steps].name
        self.platform.set_traffic(service, [Target(percent=100, revision=name)])
        self.pass_minutes(0.5)

    def restart(self, service: str) -> None:
        """The serving revision once more."""
        shares = self.platform.service(service).serving(self.now().timestamp())
        template = replace(shares[0].revision.template, annotations={"restarted-at": self.now().isoformat()})
        self.platform.deploy(service, template)
        self.pass_minutes(0.5)

    def set_variable(self, service: str, name: str, value: str) -> None:
        template = self.platform.service(service).template
        self.platform.deploy(service, replace(template, environment={**template.environment, name: value}))
        self.pass_minutes(0.5)

    def succeeded(self, agent: str, tool: str, *, minutes: int = 5) -> float:
        """The part of runs that succeeded in the last minutes, from the counters."""
        before, after = (self.platform.counters(at) for at in (self.now() - minutes * MINUTE, self.now()))
        counted = {
            status: after[key] - before[key]
            for status in ("success", "error", "denied")
            for key in [("agent_runs_total", (("agent", agent), ("status", status), ("tool", tool)))]
        }
        return counted["success"] / sum(counted.values())
