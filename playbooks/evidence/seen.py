"""What a look brought, before it is evidence; and looking at every service at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.chart import Chart
from bot.domain.evidence import Advice, CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.organisation import Service
from playbooks.world import World


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Findings, and what goes with them."""

    findings: tuple[Finding, ...]
    charts: tuple[Chart, ...] = ()
    advice: tuple[Advice, ...] = ()

    def evidence(self, name: str, world: World, *, until: datetime | None = None) -> Evidence:
        """What was seen, as the evidence of that name."""
        return Evidence(
            name=name,
            findings=self.findings,
            looked_at=world.clock.now(),
            until=until,
            charts=self.charts,
            advice=self.advice,
        )


def services_of(world: World, subject: Subject) -> tuple[Service, ...]:
    """The services that are looked at: those that are asked for, or all when none is.

    Raises `NotConfigured` when none of those that are asked for is in the file any more.
    """
    known = world.organisation.services
    asked = tuple(known[key] for key in subject.services if key in known)
    if subject.services and not asked:
        raise NotConfigured(_gone(subject.services))
    return asked or tuple(known.values())


def _gone(keys: Iterable[str]) -> str:
    return f"opsbot.yaml has no service {', '.join(keys)} any more."


async def every_service(world: World, subject: Subject, look: Callable[[Service], Awaitable[Seen]]) -> Seen:
    """What is seen of each service, all at the same time; one that cannot be looked at does not hide the others.

    Raises `NotConfigured` when that is so of all of them for the same reason, for then it is no service's matter.
    """
    services = services_of(world, subject)
    seen = together(await asyncio.gather(*(one(service.key, service.title, look(service)) for service in services)))
    gone = [key for key in subject.services if key not in world.organisation.services]
    if gone:
        missing = Finding(verdict=Verdict.NOT_CONFIGURED, says=_gone(gone))
        seen = replace(seen, findings=(*seen.findings, missing))
    says = {finding.says for finding in seen.findings}
    if len(says) == 1 and all(finding.verdict is Verdict.NOT_CONFIGURED for finding in seen.findings):
        raise NotConfigured(says.pop())
    return seen


async def one(subject: str, title: str, look: Awaitable[Seen]) -> Seen:
    """What is seen of one thing among several, whose charts name it; when it cannot be looked at, a finding says so."""
    try:
        seen = await look
        return replace(seen, charts=tuple(replace(chart, subject=subject) for chart in seen.charts))
    except NotConfigured as error:
        return Seen(findings=(Finding(verdict=Verdict.NOT_CONFIGURED, says=str(error), subject=subject),))
    except CouldNotLook as error:
        says = f"{title} could not be looked at: {error}"
        return Seen(findings=(Finding(verdict=Verdict.COULD_NOT_LOOK, says=says, subject=subject),))


def together(several: Iterable[Seen]) -> Seen:
    """All that was seen, in order."""
    each = tuple(several)
    return Seen(
        findings=tuple(finding for seen in each for finding in seen.findings),
        charts=tuple(chart for seen in each for chart in seen.charts),
        advice=tuple(advice for seen in each for advice in seen.advice),
    )
