"""Lets a new revision have the traffic bit by bit, and takes it away again as soon as it does worse than it may.

How far it has got is read off the traffic itself, so that it goes on after a crash where it was. Source: the actions'
CR-08; traffic that follows the latest revision is pinned first, or the new one would have all of it at once.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.domain.bounds import Bounds
from bot.domain.cloud_service import CloudService, Condition, Revision, Share
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Waiting
from bot.domain.plan import Plan
from bot.domain.template_edit import TemplateEdit
from bot.organisation import Service
from playbooks.changes.kind import Progress
from playbooks.changes.renewal import MADE_BY, made_for, mark_of
from playbooks.changes.served_well import ENOUGH, counted
from playbooks.changes.service_words import SERVICE, service_of
from playbooks.changes.traffic_shift import OPERATION, SOON, all_to, all_to_latest, otherwise, settled, shift, target_of
from playbooks.evidence.figure import count, percent, short
from playbooks.evidence.judge import judge
from playbooks.hands import Hands, held
from playbooks.world import Outside, World, reached

STEPS = (5, 25)
"""Percent of the traffic that a new revision is tried with, before it gets all of it."""
AT_LEAST, AT_MOST = timedelta(minutes=10), timedelta(minutes=30)
"""How long each step takes: fewer than five minutes tell nothing, because numbers are late. Source: CR-08."""
LOOK_EVERY = 30.0
ALL = 100
STEP, SINCE, HELD = "step", "since", "held"


@dataclass(frozen=True, kw_only=True)
class Canary:
    """A new revision on its way to all of the traffic, beside the one that serves."""

    hands: Hands
    plan: Plan
    attempt: Attempt
    service: Service

    @property
    def base(self) -> str:
        """The revision that serves, and goes on doing so if the new one does not do."""
        return str(self.plan.wanted["revision"])

    @property
    def tag(self) -> str:
        return str(self.plan.wanted["tag"])

    async def stands(self) -> CloudService:
        target = target_of(self.plan)
        return await reached(self.hands.world.services, Outside.SERVICES).service(target.name, target.region)

    def shares(self, stands: CloudService, made: str, part: int) -> tuple[Share, ...]:
        """So much to the new revision and the rest to the one that serves; at 0 % it can be asked by its tag."""
        others = tuple(share for share in all_to(self.base, stands)[1:] if share.tag != self.tag)
        rest = (Share(revision=self.base, percent=ALL - part),)
        return (*rest, Share(revision=made, percent=part, tag=self.tag), *others)

    async def shift(self, shares: Sequence[Share]) -> CloudService:
        """Returns once the traffic is so; what was noted is kept while it is waited for."""
        return await self._noting(lambda: shift(self.hands, target_of(self.plan), shares, self.attempt, etag=None))

    async def _noting(self, do: Callable[[], Awaitable[CloudService]]) -> CloudService:
        try:
            return await do()
        except Waiting as waiting:
            raise Waiting(
                str(waiting), after=waiting.after, note={**self.attempt.note, **(waiting.note or {})}
            ) from None


async def candidate(on: Canary, edit: TemplateEdit) -> Revision:
    """The plan's revision once it is ready; it has no traffic, because what serves is pinned before it is made."""
    made = await made_for(on.hands.world, on.plan)
    stands = await on.stands()
    if made and made.condition is Condition.READY and not stands.reconciling:
        return made
    if made and made.condition is Condition.FAILED:
        raise GiveUp(f"{made.name} did not start, and got no traffic: {made.says or made.reason}")
    await settled(held(on.hands.services, Outside.SERVICES), stands, on.attempt)
    if made:
        raise Waiting("The new revision is still starting.", after=SOON)
    await _pinned(on, stands)
    target, marked = target_of(on.plan), {**edit.annotations, MADE_BY: mark_of(on.plan)}
    operation = await held(on.hands.services, Outside.SERVICES).make_revision(
        target.name,
        target.region,
        base=on.base,
        edit=TemplateEdit(image=edit.image, annotations=marked),
        etag=stands.etag,
    )
    raise Waiting("Cloud Run has been asked for the new revision.", after=SOON, note={OPERATION: operation})


async def _pinned(on: Canary, stands: CloudService) -> None:
    """Returns when what serves is pinned, as it was planned for or by us since; else asks for that."""
    if stands.etag == on.plan.fingerprint:
        if not stands.pinned:
            await shift(on.hands, target_of(on.plan), all_to(on.base, stands), on.attempt, etag=stands.etag)
        return
    ours = not on.plan.wanted["pinned"] and {each.revision for each in stands.traffic if each.percent} == {on.base}
    if not ours or stands.latest_created != on.plan.wanted["newest"]:
        raise otherwise(stands, on.attempt)


async def try_out(on: Canary, made: Revision) -> None:
    """Returns once the new revision has all of the traffic, and later deployments do; it raises until then.

    It gives up when the new one does worse than it may, after taking its share away.
    """
    if why := on.attempt.note.get(HELD):
        await on.shift(on.shares(await on.stands(), made.name, 0))
        raise GiveUp(why)
    stands = await on.stands()
    if not stands.pinned:
        await _all_of_it(on, made, stands)
        return
    _refuse_other_hands(on, stands, made)
    part = sum(share.percent for share in stands.traffic if share.revision == made.name)
    if part:
        await on.shift(on.shares(stands, made.name, part))
        await _step(on, made, part)
    else:
        await _smoke(on, made)
    following = next((step for step in STEPS if step > part), ALL)
    if following == ALL:
        await _all_of_it(on, made, stands)
        return
    await on.shift(on.shares(stands, made.name, following))
    raise Waiting("The new revision is being tried.", after=LOOK_EVERY)


async def _all_of_it(on: Canary, made: Revision, stands: CloudService) -> None:
    """Traffic follows the latest revision again, which is the new one."""
    if stands.latest_ready != made.name:
        raise GiveUp(f"{stands.latest_ready} was deployed meanwhile, so traffic was left where it is")
    await on.shift(tuple(share for share in all_to_latest(stands) if share.tag != on.tag))


def _refuse_other_hands(on: Canary, stands: CloudService, made: Revision) -> None:
    """Whoever moved the traffic meanwhile meant it."""
    elsewhere = {share.revision for share in stands.traffic if share.percent} - {made.name, on.base}
    if elsewhere:
        raise GiveUp(f"the traffic of {stands.name} was moved by somebody meanwhile, and stays where it is")


async def _smoke(on: Canary, made: Revision) -> None:
    """Asks the new revision at its tag's own address, before anybody else meets it."""
    stands = await on.shift(on.shares(await on.stands(), made.name, 0))
    url = next((share.url for share in stands.serving if share.tag == on.tag), "")
    if not (on.service.health_url and url):
        return
    answer = await on.hands.world.probe.health(f"{url}{_path(on.service.health_url, stands.url)}")
    if not answer.healthy:
        name = short(made.name, on.service.cloud_name)
        raise GiveUp(f"{name} does not answer that it is well ({answer.says}), so it got no traffic: {_left(on)}")


def _path(health_url: str, url: str) -> str:
    """Where below its address a service says how it is."""
    return health_url.removeprefix(url) if url and health_url.startswith(url) else urlsplit(health_url).path


async def _step(on: Canary, made: Revision, part: int) -> None:
    """Returns when the new revision did well for long enough with its part; holds when it does not, or nobody can tell."""
    since = _since(on, part)
    now = on.hands.world.clock.now()
    total, failed = await counted(on.hands.world, on.service, made.name, since)
    name = short(made.name, on.service.cloud_name)
    if total >= ENOUGH and judge(failed / total, _bounds(on.hands.world)).unhealthy:
        raise _hold(on, made, f"{name} fails {percent(failed / total)} of {count(total, 'request')} at {part} %")
    if now - since < AT_LEAST:
        raise Waiting(f"{name} is tried with {part} % of the traffic.", after=LOOK_EVERY)
    if total < ENOUGH:
        if now - since >= AT_MOST:
            raise _hold(on, made, f"at {part} % {name} got {count(total, 'request')}: nobody can tell how it does")
        raise Waiting(f"Too few requests met {name} yet.", after=LOOK_EVERY)


def _bounds(world: World) -> Bounds:
    return world.organisation.thresholds["error-ratio"]


def _since(on: Canary, part: int) -> datetime:
    """Since when the new revision has had this part; noted when that is seen for the first time."""
    note = on.attempt.note
    if note.get(STEP) == str(part) and note.get(SINCE):
        return datetime.fromisoformat(note[SINCE])
    now = on.hands.world.clock.now()
    raise Progress(
        f"{part} % of the traffic goes to the new revision, for {AT_LEAST.seconds // 60} min or until it can be told.",
        after=LOOK_EVERY,
        note={STEP: str(part), SINCE: now.isoformat()},
    )


def _hold(on: Canary, made: Revision, why: str) -> Waiting:
    """It goes no further, and its share is taken away; later attempts see that through."""
    name = short(made.name, on.service.cloud_name)
    return Waiting(
        "The new revision is taken out of the traffic.",
        after=0.0,
        note={HELD: f"{why}. {name} has no traffic any more: {_left(on)}"},
    )


def _left(on: Canary) -> str:
    """How a deployment that was stopped leaves the service."""
    return (
        f"{short(on.base, on.service.cloud_name)} serves and is pinned, so later deployments get no traffic until "
        f"/rollback finalize {on.service.key}"
    )


def canary_of(hands: Hands, plan: Plan, attempt: Attempt) -> Canary:
    """What is being tried under a plan."""
    service = service_of({SERVICE: str(plan.wanted[SERVICE])}, hands.world.organisation)
    return Canary(hands=hands, plan=plan, attempt=attempt, service=service)
