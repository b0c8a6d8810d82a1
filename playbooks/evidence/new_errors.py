"""Errors that were not there the day before: the first thing a bad deployment says of itself."""

from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from playbooks.evidence.error_groups import drawn, finding
from playbooks.evidence.error_log import error_log
from playbooks.evidence.figure import count
from playbooks.evidence.fresh_errors import deployed_with
from playbooks.evidence.seen import Seen
from playbooks.evidence.window import window_of
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
    loud = [group for group, each in zip(new, findings, strict=False) if each.verdict.unhealthy]
    advice = await deployed_with(world, loud, new, window_of(world, subject))
    seen = Seen(findings=findings, charts=drawn(world, log), advice=tuple(advice))
    return seen.evidence(NAME, world, until=log.until)
