"""Errors that were not there the day before: the first thing a bad deployment says of itself."""

import asyncio
from collections.abc import Sequence

from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from playbooks.evidence.blame import blamed
from playbooks.evidence.error_groups import drawn, finding
from playbooks.evidence.error_log import error_log
from playbooks.evidence.figure import count
from playbooks.evidence.log_groups import Group
from playbooks.evidence.seen import Seen
from playbooks.evidence.window import Window, window_of
from playbooks.world import World

NAME = "new-errors"
NAMED = 5
UNCOMPARED = Finding(
    verdict=Verdict.COULD_NOT_LOOK,
    says="Which errors are new is not known: the day before had more than could be read; look at less time",
)


async def new_errors(world: World, subject: Subject) -> Evidence:
    """The troubles in the log that the day before did not have, and the deployment that brought them."""
    log = await error_log(world, subject)
    if log.unknown:
        return Seen(findings=(UNCOMPARED,)).evidence(NAME, world, until=log.until)
    new = [group for group in log.groups if group.new]
    if not new:
        known = f"; {count(len(log.groups), 'kind')} of errors were there before" if log.groups else ""
        seen = Seen(findings=(log.none(f"No new errors{known}"),), charts=drawn(world, log))
        return seen.evidence(NAME, world, until=log.until)
    findings = tuple(finding(world, log, group) for group in new[:NAMED])
    window = window_of(world, subject)
    loud = [group for group, each in zip(new, findings, strict=False) if each.verdict.unhealthy and _alone(group, new)]
    advice = await asyncio.gather(*(_advice(world, group, window) for group in loud))
    told = tuple(each for several in advice for each in several)
    seen = Seen(findings=findings, charts=drawn(world, log), advice=told)
    return seen.evidence(NAME, world, until=log.until)


def _alone(group: Group, new: Sequence[Group]) -> bool:
    """Whether no other service says the same: what several begin to say comes from what they share."""
    return not any(each.title == group.title and each.service != group.service for each in new)


async def _advice(world: World, group: Group, window: Window) -> tuple[Advice, ...]:
    service = world.organisation.service_in_cloud(group.service)
    blame = await blamed(world, service, group.first, window) if service else None
    # What other revisions say too did not come with this one.
    if blame is None or any(name != blame.revision.name for name in group.revisions):
        return ()
    return (blame.advice(group.title, world),)
