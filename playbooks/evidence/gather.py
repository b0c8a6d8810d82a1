"""Gathers evidence: all looks at the same time, each with its deadline, and none that fails holds up another.

What is not configured and what could not be looked at are findings too: people see them, and neither is ever green.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

import structlog

from bot.domain.evidence import CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from playbooks.evidence import EVIDENCE
from playbooks.evidence.kind import Kind
from playbooks.world import World

log = structlog.get_logger(__name__)

Found = Finding | Sequence[Finding]


async def gather(world: World, names: Iterable[str], subject: Subject) -> Sequence[Evidence]:
    """The evidence of these names, in their order; it never raises."""
    return await asyncio.gather(*(look(world, name, subject) for name in names))


async def look(world: World, name: str, subject: Subject) -> Evidence:
    """The evidence of one name; of one that this version does not know any more, that it cannot be looked at."""
    kind = EVIDENCE.get(name)
    if kind is None:
        gone = Finding(verdict=Verdict.COULD_NOT_LOOK, says=f"opsbot knows no evidence called {name} any more.")
        return _evidence(world, name, (gone,))
    return await looked(world, name, kind, subject)


async def looked(world: World, name: str, kind: Kind, subject: Subject) -> Evidence:
    """What a kind of evidence brings within its deadline."""
    found: list[Evidence] = []

    async def bring() -> tuple[Finding, ...]:
        async with asyncio.timeout(kind.deadline):
            found.append(await kind.look(world, subject))
        return ()

    failed = await _failing(bring, what=kind.title, deadline=kind.deadline)
    return replace(found[0], name=name) if found else _evidence(world, name, failed)


async def each(keys: Iterable[str], look_at: Callable[[str], Awaitable[Found]]) -> tuple[Finding, ...]:
    """What is found of each key (a service, an agent), all at the same time.

    What could not be looked at of one is a finding about that one, among those of the others.
    """

    async def one(key: str) -> tuple[Finding, ...]:
        async def bring() -> tuple[Finding, ...]:
            found = await look_at(key)
            return (found,) if isinstance(found, Finding) else tuple(found)

        return await _failing(bring, what=key, subject=key)

    return tuple(finding for several in await asyncio.gather(*map(one, keys)) for finding in several)


async def _failing(
    bring: Callable[[], Awaitable[tuple[Finding, ...]]], *, what: str, subject: str = "", deadline: float | None = None
) -> tuple[Finding, ...]:
    """What was found, or one finding that says of `what` nothing was, and why."""
    try:
        return await bring()
    except NotConfigured as error:
        return (Finding(verdict=Verdict.NOT_CONFIGURED, says=str(error), subject=subject),)
    except CouldNotLook as error:
        return (_unseen(str(error), subject),)
    except TimeoutError:
        within = f"within {deadline:g} s" if deadline else "in time"
        return (_unseen(f"{what}: no answer {within}; look again.", subject),)
    except Exception as error:
        log.exception("evidence could not be gathered", subject=subject)
        return (_unseen(f"{what}: what came cannot be read ({type(error).__name__}); the log has more.", subject),)


def _unseen(says: str, subject: str) -> Finding:
    return Finding(verdict=Verdict.COULD_NOT_LOOK, says=says, subject=subject)


def _evidence(world: World, name: str, findings: tuple[Finding, ...]) -> Evidence:
    return Evidence(name=name, findings=findings, looked_at=world.clock.now())
