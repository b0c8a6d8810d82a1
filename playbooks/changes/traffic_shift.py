"""Where a service's traffic is to go: lists that always sum to 100 and keep every tag, and bringing one about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.cloud_service import CloudService, Share
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Superseded, Waiting
from bot.domain.plan import Plan, Wanted
from playbooks.changes.kind import Parameters
from playbooks.changes.service_words import SERVICE
from playbooks.hands import Hands, ServiceChanges, held
from playbooks.world import Outside, reached

SOON = 3.0
"""Seconds after which Cloud Run is asked again how far it has got."""
OPERATION = "operation"
"""The note under which the name of what was asked for last is kept."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A service in the cloud, as a plan names it."""

    name: str
    region: str


def target_of(plan: Plan) -> Target:
    """The service that a plan is about."""
    return Target(name=str(plan.wanted["name"]), region=str(plan.wanted["region"]))


def all_to(revision: str, cloud: CloudService, *, marked: Mapping[str, str] | None = None) -> tuple[Share, ...]:
    """Everything to one revision. Tags stay, at 0 %; `marked` revisions get another one, by revision."""
    return (Share(revision=revision, percent=100), *_tagged(cloud, marked or {}))


def all_to_latest(cloud: CloudService) -> tuple[Share, ...]:
    """Everything to whatever is latest, as services are meant to be; tags stay."""
    return (Share(revision="", percent=100, latest=True), *_tagged(cloud, {}))


def _tagged(cloud: CloudService, marked: Mapping[str, str]) -> Iterator[Share]:
    tags = {share.tag: share for share in cloud.traffic if share.tag}
    for tag, share in tags.items():
        yield Share(revision=share.revision, percent=0, tag=tag, latest=share.latest)
    for revision, tag in marked.items():
        if tag not in tags:
            yield Share(revision=revision, percent=0, tag=tag)


def written(shares: Sequence[Share]) -> Wanted:
    """Shares as a plan keeps them."""
    return [[share.revision, share.percent, share.tag, share.latest] for share in shares]


def shares_in(plan: Plan) -> tuple[Share, ...]:
    """The shares that a plan wants."""
    found = plan.wanted["traffic"]
    assert isinstance(found, Sequence)
    return tuple(_share(each) for each in found)


def _share(each: Wanted) -> Share:
    assert isinstance(each, Sequence)
    revision, percent, tag, latest = each
    return Share(revision=str(revision), percent=int(str(percent)), tag=str(tag), latest=bool(latest))


def pinned_again(plan: Plan) -> tuple[str, Parameters]:
    """The `undo` of what ends a rollback: all traffic to the revision that served, as it was."""
    return "rollback", {SERVICE: str(plan.wanted[SERVICE]), "revision": str(plan.wanted["revision"])}


async def shift(
    hands: Hands, target: Target, wanted: Sequence[Share], attempt: Attempt, *, etag: str | None
) -> CloudService:
    """Returns the service once all traffic goes where it should; until then it raises, see `ChangeKind.carry_out`.

    `etag` is how the service stood when it was planned; None when it was changed already by an earlier step.
    """
    services = reached(hands.world.services, Outside.SERVICES)
    stands = await services.service(target.name, target.region)
    if _is_so(stands, wanted):
        return stands
    await settled(held(hands.services, Outside.SERVICES), stands, attempt)
    if etag is not None and stands.etag != etag:
        raise otherwise(stands, attempt)
    operation = await held(hands.services, Outside.SERVICES).set_traffic(
        target.name, target.region, wanted, etag=stands.etag
    )
    raise Waiting("Cloud Run has been asked to shift the traffic.", after=SOON, note={OPERATION: operation})


async def settled(changes: ServiceChanges, stands: CloudService, attempt: Attempt) -> None:
    """Returns when nothing is under way any more; raises `Waiting` until then, and `GiveUp` when what was asked failed."""
    if name := attempt.note.get(OPERATION):
        found = await changes.operation(name)
        if found.error:
            raise GiveUp(f"Cloud Run could not do it: {found.error}")
        if not found.done:
            raise Waiting("Cloud Run is still at it.", after=SOON)
    if stands.reconciling:
        raise Waiting("Cloud Run is still at it.", after=SOON)


def otherwise(stands: CloudService, attempt: Attempt) -> Exception:
    """What it means that a service is neither as it was planned for nor as it is wanted."""
    by = f" by {stands.last_modifier}" if stands.last_modifier else ""
    if attempt.note.get(OPERATION):
        return GiveUp(f"{stands.name} was changed again meanwhile{by}; look what it is like now")
    return Superseded(f"{stands.name} was changed meanwhile{by}")


def _is_so(stands: CloudService, wanted: Sequence[Share]) -> bool:
    """Whether both what is asked for and what is so are as wanted."""
    asked = sorted(map(_sorting, stands.traffic))
    return asked == sorted(map(_sorting, wanted)) and not stands.reconciling


def _sorting(share: Share) -> tuple[str, int, str, bool]:
    return share.revision, share.percent, share.tag, share.latest
