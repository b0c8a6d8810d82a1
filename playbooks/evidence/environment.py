"""What the newest revision's environment lacks or has otherwise than the last good one: names only, never values."""

from collections.abc import Iterator, Mapping
from functools import partial

from bot.domain.cloud_service import Condition, Revision
from bot.domain.evidence import Advice, CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.organisation import Service
from playbooks.evidence.deployed import Deployed, deployed
from playbooks.evidence.figure import short
from playbooks.evidence.good_revision import choose
from playbooks.evidence.seen import Seen, every_service
from playbooks.world import World

NAME = "environment"
UNFIT = frozenset(
    {
        "HEALTH_CHECK_CONTAINER_ERROR",
        "CONTAINER_EXITED",
        "SECRETS_ACCESS_CHECK_FAILED",
        "CONTAINER_MISSING",
        "CONTAINER_PERMISSION_DENIED",
    }
)
"""Reasons for not starting that a variable may be behind."""
FLOATING = "@latest"
NAMED = 6


async def environment(world: World, subject: Subject) -> Evidence:
    """The variables of each service's newest revision against those of the last good one."""
    seen = await every_service(world, subject, partial(_of, world))
    return seen.evidence(NAME, world, until=world.clock.now())


async def _of(world: World, service: Service) -> Seen:
    stands = await deployed(world, service)
    newest = stands.latest
    if newest is None:
        says = f"{service.title} has no revision"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, subject=service.key),))
    before = await _last_good(world, service, stands, newest)
    if before is None:
        says = f"{service.title}: nothing to compare {short(newest.name, service.cloud_name)} with"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, subject=service.key),))
    difference = Difference.between(before, newest)
    findings = (_finding(service, before, newest, difference), *_floating(service, newest))
    return Seen(findings=findings, advice=tuple(_advice(service, before, newest, difference)))


async def _last_good(world: World, service: Service, stands: Deployed, newest: Revision) -> Revision | None:
    """What serves while the newest does not; else what would be gone back to; else the one before that was ready."""
    others = [each for each in stands.serving if each.name != newest.name]
    if others:
        return others[0]
    ready = [each for each in stands.revisions if each.condition is Condition.READY and each.name != newest.name]
    if newest.condition is Condition.READY:
        return next(iter(ready), None)
    try:
        choice = await choose(world, service)
    except (NotConfigured, CouldNotLook):
        choice = None
    return choice.good.revision if choice and choice.good else next(iter(ready), None)


class Difference:
    """Names of variables that are gone, new, or otherwise than before."""

    def __init__(self, *, gone: list[str], new: list[str], other: list[str]) -> None:
        self.gone, self.new, self.other = gone, new, other

    @classmethod
    def between(cls, before: Revision, after: Revision) -> "Difference":
        old, new = _variables(before), _variables(after)
        return cls(
            gone=sorted(old.keys() - new.keys()),
            new=sorted(new.keys() - old.keys()),
            other=sorted(name for name in old.keys() & new.keys() if old[name] != new[name]),
        )

    def __bool__(self) -> bool:
        return bool(self.gone or self.new or self.other)

    def __str__(self) -> str:
        parts = (("without", self.gone), ("with new", self.new), ("with other", self.other))
        return "; ".join(f"{how} {_listed(names)}" for how, names in parts if names)


def _variables(revision: Revision) -> Mapping[str, tuple[str, str]]:
    return {each.name: (each.source, each.digest) for each in revision.environment}


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _finding(service: Service, before: Revision, newest: Revision, difference: Difference) -> Finding:
    name, good = (short(each.name, service.cloud_name) for each in (newest, before))
    if not difference:
        says = f"{service.title}: {name} has the variables of {good}"
        return Finding(verdict=Verdict.GREEN, says=says, subject=service.key)
    failed = newest.condition is Condition.FAILED
    verdict = Verdict.RED if failed and difference.gone else Verdict.AMBER if failed else Verdict.GREEN
    says = f"{service.title}: {name} is {difference} (against {good})"
    return Finding(verdict=verdict, says=says, subject=service.key)


def _floating(service: Service, newest: Revision) -> Iterator[Finding]:
    floating = sorted(each.name for each in newest.environment if each.source.endswith(FLOATING))
    if floating:
        says = f"{service.title}: {_listed(floating)} follow the latest secret, so a new one comes without a deployment"
        yield Finding(verdict=Verdict.GREEN, says=says, subject=service.key)


def _advice(service: Service, before: Revision, newest: Revision, difference: Difference) -> Iterator[Advice]:
    if newest.condition is not Condition.FAILED or newest.reason not in UNFIT or not difference:
        return
    name, good = (short(each.name, service.cloud_name) for each in (newest, before))
    lacks = f"it lacks {_listed(difference.gone)}, which {good} has" if difference.gone else f"it is {difference}"
    says = f"{name} of {service.title} did not start, and {lacks}"
    strength = 0.9 if difference.gone else 0.7
    words = tuple(f"{each}=revision:{good}" for each in difference.gone or difference.other)
    yield Advice(
        says=says, strength=strength, change="env", target=service.key, words=words, playbook="service-wont-start"
    )
