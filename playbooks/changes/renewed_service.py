"""What restarts, new limits and variables do alike: a revision like the one that serves, and the traffic to it.

Where traffic follows the latest revision it moves by itself; where it is pinned it is moved there, and stays pinned.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.cloud_service import CloudService, Condition, Revision
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Waiting
from bot.domain.evidence import Subject
from bot.domain.plan import Plan, Wanted
from bot.domain.template_edit import TemplateEdit
from bot.organisation import Service
from playbooks.changes.finalize import the_one_that_serves
from playbooks.changes.kind import Done, Parameters, Verified
from playbooks.changes.renewal import made_for, renewed
from playbooks.changes.served_well import served_well
from playbooks.changes.service_words import SERVICE, service_of
from playbooks.changes.traffic_shift import SOON, all_to, shift, target_of
from playbooks.evidence.deployed import Deployed, deployed, region_of
from playbooks.evidence.figure import short
from playbooks.evidence.gather import look
from playbooks.hands import Hands
from playbooks.world import Outside, World, reached

REVISION, PINNED = "revision", "pinned"
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a new revision of a service is planned on."""

    service: Service
    stands: Deployed
    serving: Revision
    """The one with all the traffic."""

    @property
    def pinned(self) -> bool:
        return self.stands.cloud.pinned

    def short(self, revision: Revision) -> str:
        return short(revision.name, self.service.cloud_name)

    @property
    def failed(self) -> Revision | None:
        """The newest revision, when it was deployed after the one that serves and did not start."""
        newest = self.stands.latest
        after = newest is not None and newest.created_at > self.serving.created_at
        return newest if newest and after and newest.condition is Condition.FAILED else None

    @property
    def where(self) -> str:
        """The service as a command names it."""
        return f"{self.service.cloud_name} --region {region_of(self.service)}"

    def wanted(self, base: Revision, more: Mapping[str, Wanted]) -> Mapping[str, Wanted]:
        """What every plan of this sort wants, and something of its own."""
        return {
            "name": self.service.cloud_name,
            "region": region_of(self.service),
            SERVICE: self.service.key,
            REVISION: base.name,
            "back": self.serving.name,
            PINNED: self.pinned,
            **more,
        }

    @property
    def way_of_traffic(self) -> str:
        """How the new revision gets its traffic."""
        if self.pinned:
            return f"the pin of {self.service.title} moves to the new revision"
        return "traffic follows the new revision by itself, once it is ready"


async def ground(world: World, service: Service) -> Ground:
    """How a service stands; refused while Cloud Run is at work, or several revisions share the traffic."""
    stands = await deployed(world, service)
    return Ground(service=service, stands=stands, serving=the_one_that_serves(service, stands))


def hints(ground: Ground) -> Iterator[str]:
    """What somebody should know before the revision that serves is made anew."""
    if ground.pinned:
        yield (
            f"{ground.service.title} is pinned: later deployments get no traffic until "
            f"/rollback finalize {ground.service.key}."
        )
    newest = ground.stands.latest
    if newest and newest.image != ground.serving.image and newest.created_at > ground.serving.created_at:
        yield f"The code of {ground.short(newest)}, which does not serve, is not in it."


async def troubles(world: World, service: Service, *names: str) -> tuple[str, ...]:
    """What is not well of a service just now, as far as it can be seen."""
    now = world.clock.now()
    subject = Subject(services=(service.key,), since=now - AN_HOUR, until=now)
    found = [finding for name in names for finding in (await look(world, name, subject)).findings]
    return tuple(finding.says for finding in found if finding.verdict.unhealthy)


async def put_to_work(hands: Hands, plan: Plan, attempt: Attempt, *, edit: TemplateEdit) -> Done:
    """Makes the plan's revision and gives it the traffic; raises until that is so, see `ChangeKind.carry_out`."""
    target = target_of(plan)
    made = await renewed(hands, plan, attempt, base=str(plan.wanted[REVISION]), edit=edit)
    stands = await reached(hands.world.services, Outside.SERVICES).service(target.name, target.region)
    if not _serves(stands, made):
        _refuse_other_hands(plan, stands, made)
        if not plan.wanted[PINNED]:
            raise Waiting("Traffic is still moving to the new revision.", after=SOON)
    if plan.wanted[PINNED]:
        await shift(hands, target, all_to(made.name, stands), attempt, etag=None)
    return Done(says=f"{short(made.name, target.name)} has all the traffic.")


def _serves(stands: CloudService, made: Revision) -> bool:
    """Whether all the traffic goes there."""
    shares = [share for share in stands.serving if share.percent]
    return bool(shares) and {share.revision or stands.latest_ready for share in shares} == {made.name}


def _refuse_other_hands(plan: Plan, stands: CloudService, made: Revision) -> None:
    """What somebody did meanwhile is not undone."""
    if stands.pinned != plan.wanted[PINNED]:
        raise GiveUp(f"the traffic of {stands.name} was moved by somebody meanwhile, and stays where it is")
    if not stands.pinned and stands.latest_ready != made.name:
        raise GiveUp(f"{stands.latest_ready} was deployed meanwhile, so traffic was left where it is")
    elsewhere = {share.revision for share in stands.traffic if share.percent} - {made.name, str(plan.wanted["back"])}
    if stands.pinned and elsewhere:
        raise GiveUp(f"the traffic of {stands.name} was moved by somebody meanwhile, and stays where it is")


async def works(world: World, plan: Plan, since: datetime) -> Verified:
    """Whether the plan's revision does well."""
    service = service_of({SERVICE: str(plan.wanted[SERVICE])}, world.organisation)
    made = await made_for(world, plan)
    if made is None:
        return Verified(helped=False, found=("the new revision is gone",))
    return await served_well(world, service, made.name, since)


def back(plan: Plan) -> tuple[str, Parameters]:
    """All traffic to the revision that served before."""
    return "rollback", {SERVICE: str(plan.wanted[SERVICE]), REVISION: str(plan.wanted["back"])}
