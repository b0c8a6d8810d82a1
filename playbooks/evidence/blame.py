"""Whether a deployment of a service is likely to have brought a trouble about, and what to go back to then.

Only what changed the very service, shortly before the trouble began, and serves since is blamed: a deployment
that came afterwards or belongs to another service is innocent, however recent.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.chart import Marker
from bot.domain.cloud_service import Revision
from bot.domain.evidence import Advice, CouldNotLook, NotConfigured
from bot.organisation import Service
from playbooks.evidence.cold_cache import cold_since
from playbooks.evidence.crowd import crowd_came, turned_away
from playbooks.evidence.deployed import Deployed, deployed
from playbooks.evidence.figure import short, when
from playbooks.evidence.good_revision import Choice, choose
from playbooks.evidence.window import Window
from playbooks.world import World

LATELY = timedelta(minutes=30)
"""A trouble that began within this time of a deployment began with it; source: the runbook's actions, §3.15."""
SOON_AFTER = timedelta(minutes=10)
"""A trouble that began within this time is surer to have begun with it."""
PROVEN = timedelta(minutes=20)
"""What did well for so long is not to blame where people are turned away, for slow answers take their room too."""
SETTLED = timedelta(minutes=3)
"""What did well for so long is not to blame for what a cold cache or a crowd does; times are known to the minute."""
ROLLBACK = "rollback"


@dataclass(frozen=True, kw_only=True)
class Blame:
    """A revision that is likely to be the cause, and the choice of what to go back to, where that could be looked at."""

    service: Service
    revision: Revision
    began: datetime
    choice: Choice | None

    @property
    def at_once(self) -> bool:
        """Whether the trouble was there as soon as the revision served, as what is wrong with code mostly is."""
        return self.began - self.revision.created_at <= SETTLED

    def advice(self, trouble: str, world: World) -> Advice:
        """What is likely to help: "00042 deployed 13:58, errors since 14:02; go back to 00041"."""
        now, zone = world.clock.now(), world.organisation.timezone
        name = short(self.revision.name, self.service.cloud_name)
        since = max(self.began, self.revision.created_at)
        story = f"{name} deployed {when(self.revision.created_at, now, zone)}, {trouble} since {when(since, now, zone)}"
        strength = 0.9 if self.began - self.revision.created_at <= SOON_AFTER else 0.75
        if self.choice is None or self.choice.good is None:
            says = f"{story}; pick what to go back to"
            return Advice(says=says, strength=strength - 0.1, change=ROLLBACK, target=self.service.key)
        good = self.choice.good.revision.name
        return Advice(
            says=f"{story}; {short(good, self.service.cloud_name)} was healthy",
            strength=strength,
            change=ROLLBACK,
            target=self.service.key,
            command=self._command(good),
        )

    def _command(self, good: str) -> str:
        """What sends all traffic to a revision, by hand."""
        region = f" --region {self.service.region}" if self.service.region else ""
        return f"gcloud run services update-traffic {self.service.cloud_name}{region} --to-revisions {good}=100"


async def blamed(world: World, service: Service, began: datetime | None, window: Window) -> Blame | None:
    """The deployment to blame for a trouble that began at a moment, if there is one.

    Where it cannot be looked at, nothing is blamed: what was found stands without it.
    """
    if began is None:
        return None
    try:
        suspect = culprit(await deployed(world, service), began, window.step)
        if suspect is None or await _proven(world, service, suspect, began, window):
            return None
        return await _blame(world, service, suspect, began)
    except (NotConfigured, CouldNotLook):
        return None


def culprit(stands: Deployed, began: datetime, resolution: timedelta) -> Revision | None:
    """The newest serving revision, when it was deployed shortly before. A beginning is known to the `resolution` only."""
    newest = stands.serving[:1]
    return next((each for each in newest if -resolution <= began - each.created_at <= LATELY), None)


async def _proven(world: World, service: Service, suspect: Revision, began: datetime, window: Window) -> bool:
    """Whether a revision had done well for a while, and a crowd or a cold cache brought the trouble."""
    served = began - suspect.created_at
    if served < SETTLED:
        return False
    cold, crowd = await asyncio.gather(cold_since(world, window), crowd_came(world, service, began, window))
    if crowd or (cold and cold - suspect.created_at >= SETTLED and cold <= began + window.step):
        return True
    return served >= PROVEN and bool(await turned_away(world, (service,)))


async def markers(world: World, service: Service, window: Window, began: datetime | None = None) -> Sequence[Marker]:
    """Vertical lines for a chart: what was deployed within its time, and when the trouble is thought to have begun."""
    told = [Marker(at=began, label="began")] if began and window.since <= began <= window.until else []
    try:
        stands = await deployed(world, service)
    except (NotConfigured, CouldNotLook):
        return told
    made = stands.created_between(window.since, window.until)
    return [Marker(at=each.created_at, label=short(each.name, service.cloud_name)) for each in made] + told


async def _blame(world: World, service: Service, suspect: Revision, began: datetime) -> Blame:
    try:
        choice = await choose(world, service)
    except (NotConfigured, CouldNotLook):
        choice = None
    return Blame(service=service, revision=suspect, began=began, choice=choice)
