"""Whether connections have grown since a deployment of the service that holds most of them, and were steady before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import fmean

from bot.domain.chart import Point
from bot.domain.evidence import Advice, CouldNotLook, NotConfigured
from bot.organisation import Service
from playbooks.evidence.blame import ROLLBACK
from playbooks.evidence.deployed import deployed
from playbooks.evidence.figure import count, short, when
from playbooks.world import World

TEN_MINUTES, HALF_AN_HOUR = timedelta(minutes=10), timedelta(minutes=30)
LATELY = timedelta(hours=6)
GROWN = 1.5
"""So many times as many as before is growth."""
STRENGTH = 0.95
"""More than to end what is idle: that makes room for some minutes, and what leaks takes it again."""
STEADY = 0.15
"""By which part the number may have moved in the half hour before."""


async def grown_since_deployment(world: World, service: Service, points: Sequence[Point]) -> Advice | None:
    """To go back, when it began with the revision that serves; nothing where that cannot be looked at."""
    try:
        stands = await deployed(world, service)
    except (NotConfigured, CouldNotLook):
        return None
    newest = next(iter(stands.serving), None)
    now, zone = world.clock.now(), world.organisation.timezone
    if newest is None or now - newest.created_at > LATELY or not grown(points, newest.created_at):
        return None
    name = short(newest.name, service.cloud_name)
    before, after = _mean(points, newest.created_at - TEN_MINUTES, newest.created_at) or 0.0, points[-1].value
    says = (
        f"{name} of {service.title} deployed {when(newest.created_at, now, zone)}, connections grew from"
        f" {count(before)} to {count(after)} since: what it leaks comes back, however often idle ones are ended"
    )
    return Advice(says=says, strength=STRENGTH, change=ROLLBACK, target=service.key)


def grown(points: Sequence[Point], at: datetime) -> bool:
    """Whether a number was steady before a moment and has grown since."""
    before = _mean(points, at - TEN_MINUTES, at)
    earlier = _mean(points, at - HALF_AN_HOUR - TEN_MINUTES, at - HALF_AN_HOUR)
    if before is None or not before or not points:
        return False
    steady = earlier is None or abs(before - earlier) <= STEADY * before
    return steady and points[-1].value >= GROWN * before


def _mean(points: Sequence[Point], since: datetime, until: datetime) -> float | None:
    within = [point.value for point in points if since < point.at <= until]
    return fmean(within) if within else None
